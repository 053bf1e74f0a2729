"""Requests that were served one after another, on one connection or by one thread, and would race on two; beside them, the same code mended."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.proofs import judged, record

SHOP = """\
import asyncio
import sqlite3

from aiohttp import ClientSession, web

db = sqlite3.connect(":memory:", isolation_level=None)
db.execute("CREATE TABLE seat (number INTEGER PRIMARY KEY, owner TEXT)")
db.execute("INSERT INTO seat VALUES (1, NULL)")
guard = asyncio.Lock()

async def free_seat():
    return db.execute("SELECT number FROM seat WHERE owner IS NULL").fetchone()

async def book(request):
    async with GUARD:
        seat = await free_seat()
        if seat is None:
            return web.Response(text="none left")
        await asyncio.sleep(0.001)
        db.execute("UPDATE seat SET owner = ? WHERE number = ?", (request.query["name"], seat[0]))
    return web.Response(text="yours")

async def main():
    app = web.Application()
    app.router.add_get("/", book)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/"

    async def ask(session, name, after):
        await asyncio.sleep(after)
        async with session.get(url, params={"name": name}) as response:
            return await response.text()

    async with ClientSession() as session:
        answers = await asyncio.gather(ask(session, "ann", 0), ask(session, "bob", 0.1))
    await runner.cleanup()
    print(sorted(answers))

asyncio.run(main())
"""


@pytest.mark.parametrize(("guard", "tier"), [("asyncio.Semaphore(8)", "confirmed"), ("guard", None)])
def test_requests_of_one_connection_are_tried_on_two(tmp_path: Path, guard: str, tier: str | None) -> None:
    pytest.importorskip("aiohttp")
    (tmp_path / "app.py").write_text(SHOP.replace("GUARD", guard))
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    findings = judged(tmp_path / "run.causeway")
    firm = [each.tier for each in findings if each.tier != "hint"]
    assert firm == ([tier] if tier else []), [(each.tier, each.title, each.proof) for each in findings]


LIMIT = """\
import asyncio
from collections import defaultdict

from aiohttp import ClientSession, web


class Visit:
    def __init__(self, user, status):
        self.user, self.status = user, status


visits, locks, requests = [], defaultdict(asyncio.Lock), iter(range(9))

async def hand_in(request):
    user, form = request.query["user"], next(requests)
    async with locks[KEY]:
        seen = sum(visit.user == user for visit in visits)
        await asyncio.sleep(0.001)
        if seen >= 2:
            status = "over the limit"
        else:
            status = "counted"
        visits.append(Visit(user, status))
    return web.Response()

async def main():
    app = web.Application()
    app.router.add_get("/", hand_in)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/"

    async def ask(session, after):
        await asyncio.sleep(after)
        async with session.get(url, params={"user": "ann"}) as response:
            return response.status

    async with ClientSession() as session:
        await asyncio.gather(*(ask(session, after) for after in (0, 0.1, 0.2)))
    await runner.cleanup()
    print(sorted(visit.status for visit in visits))

asyncio.run(main())
"""


@pytest.mark.parametrize(("key", "tier"), [("form", "confirmed"), ("user", None)])
def test_requests_under_locks_of_their_own_do_not_keep_each_other_out(tmp_path: Path, key: str, tier: str | None) -> None:
    """The last two of three come together; each appends in either case, and what it counted decides a constant in what it appends."""
    pytest.importorskip("aiohttp")
    (tmp_path / "app.py").write_text(LIMIT.replace("KEY", key))
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    findings = judged(tmp_path / "run.causeway")
    firm = [each.tier for each in findings if each.tier != "hint"]
    assert firm == ([tier] if tier else []), [(each.tier, each.title, each.proof) for each in findings]


LOOKS = SHOP.replace('ask(session, "ann", 0), ask(session, "bob", 0.1)', 'ask(session, "ann", 0.01), bob(session)').replace(
    """    async with ClientSession() as session:
""",
    """    async def bob(session):
        for _ in range(3):
            async with session.get(url + "seats") as response:
                await response.text()
            await asyncio.sleep(0.05)
        return await ask(session, "bob", 0)

    async with ClientSession() as session:
""",
).replace(
    """    app.router.add_get("/", book)
""",
    """    app.router.add_get("/", book)
    app.router.add_get("/seats", seats)
""",
).replace(
    """async def main():
""",
    """async def seats(request):
    await asyncio.sleep(0.02)
    return web.Response(text="one")

async def main():
""",
)


@pytest.mark.parametrize(("guard", "tier"), [("asyncio.Semaphore(8)", "confirmed"), ("guard", None)])
def test_requests_of_a_client_that_sent_others_before_may_come_on_any_connection(tmp_path: Path, guard: str, tier: str | None) -> None:
    pytest.importorskip("aiohttp")
    (tmp_path / "app.py").write_text(LOOKS.replace("GUARD", guard))
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    findings = judged(tmp_path / "run.causeway")
    firm = [each.tier for each in findings if each.tier != "hint"]
    assert firm == ([tier] if tier else []), [(each.tier, each.title, each.proof) for each in findings]


WORKERS = """\
import contextlib
import sqlite3
import threading

import anyio

guard = GUARD
path = "bank.db"

def withdraw(amount):
    with guard, contextlib.closing(sqlite3.connect(path, timeout=5, isolation_level=None)) as db:
        (balance,) = db.execute("SELECT balance FROM account WHERE name = 'ann'").fetchone()
        db.execute("UPDATE account SET balance = ? WHERE name = 'ann'", (balance - amount,))

async def serve(amount, begins):
    await anyio.sleep(begins)
    await anyio.to_thread.run_sync(withdraw, amount)

async def main():
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("DROP TABLE IF EXISTS account")
        db.execute("CREATE TABLE account (name TEXT PRIMARY KEY, balance INTEGER)")
        db.execute("INSERT INTO account VALUES ('ann', 100)")
        async with anyio.create_task_group() as group:
            group.start_soon(serve, 10, 0)
            group.start_soon(serve, 20, 0.1)
        print(db.execute("SELECT balance FROM account").fetchone())

anyio.run(main)
"""


@pytest.mark.parametrize(("guard", "tier"), [("contextlib.nullcontext()", "confirmed"), ("threading.Lock()", None)])
def test_calls_in_a_worker_thread_of_anyio_are_work_items(tmp_path: Path, guard: str, tier: str | None) -> None:
    pytest.importorskip("anyio")
    (tmp_path / "app.py").write_text(WORKERS.replace("GUARD", guard))
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    findings = judged(tmp_path / "run.causeway")
    firm = [(each.kind, each.tier) for each in findings if each.tier != "hint"]
    assert firm == ([("lost_update", tier)] if tier else []), [(each.tier, each.title, each.proof) for each in findings]


GREETER = """\
import asyncio

from aiohttp import ClientSession, web

class Desk:
    guest = None

desk = Desk()

@web.middleware
async def ask_name(request, handler):
    WRITES = request.query["name"]
    return await handler(request)

async def greet(request):
    await asyncio.sleep(0.001)
    return web.Response(text="hello " + READS)

async def main():
    app = web.Application(middlewares=[ask_name])
    app.router.add_get("/", greet)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/"

    async def ask(session, name, after):
        await asyncio.sleep(after)
        async with session.get(url, params={"name": name}) as response:
            return await response.text()

    async with ClientSession() as session:
        answers = await asyncio.gather(ask(session, "ann", 0), ask(session, "bob", 0.1))
    await runner.cleanup()
    print(sorted(answers), desk.guest is None)

asyncio.run(main())
"""


@pytest.mark.parametrize(("place", "shared"), [("desk.guest", True), ("request['guest']", False)])
def test_what_middleware_leaves_for_a_handler_in_a_place_of_all_requests(tmp_path: Path, place: str, shared: bool) -> None:
    pytest.importorskip("aiohttp")
    (tmp_path / "app.py").write_text(GREETER.replace("WRITES", place).replace("READS", place))
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    findings = judged(tmp_path / "run.causeway")
    firm = [each.tier for each in findings if each.tier != "hint"]
    assert firm == (["confirmed"] if shared else []), [(each.tier, each.title, each.proof) for each in findings]
