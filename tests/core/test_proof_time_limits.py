"""A time limit that ends anywhere below it, so that others wait for ever; beside it, the same code mended."""

from __future__ import annotations

from pathlib import Path

import pytest
from causeway_core.analysis import examine
from causeway_core.model.order import Constraint, Order, OrderPlace
from causeway_core.proof.judge import Judge
from causeway_core.proof.planning.anchors import Anchors
from causeway_core.proof.planning.time_limits import interruptions
from causeway_core.proof.running.rerun import Reruns
from causeway_core.storage import Recording

from tests.support.proofs import ZYGOTES, judged, record

DESKS = """\
import asyncio

free = asyncio.Queue()

async def serve(client):
    await asyncio.sleep(0.001)

async def tidy(desk):
    await asyncio.sleep(0.001)
    free.put_nowait(desk)

async def visit(client, patience):
    try:
        async with asyncio.timeout(patience):
            desk = await free.get()
            try:
                await serve(client)
            finally:
                await TIDY
    except TimeoutError:
        print(client, "left")

async def main():
    free.put_nowait("desk-1")
    await visit("ann", 0.5)
    await visit("bob", None)

asyncio.run(main())
"""


@pytest.mark.parametrize(("tidy", "lost"), [("tidy(desk)", True), ("asyncio.shield(asyncio.ensure_future(tidy(desk)))", False)])
def test_what_is_given_back_after_an_await_is_lost_when_the_limit_ends_there(tmp_path: Path, tidy: str, lost: bool) -> None:
    (tmp_path / "app.py").write_text(DESKS.replace("TIDY", tidy))
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    with Recording.open(tmp_path / "run.causeway") as recording:
        analysis, judge = examine(recording), Judge(Reruns(recording, zygotes=ZYGOTES))
        judged = [judge.judge(each) for each in interruptions(analysis, Anchors(recording, analysis))]
    assert [each.title.partition(" awaits")[0] for each in judged if each.tier == "confirmed"] == (["`tidy`"] if lost else []), judged
    assert judged


PRESS = """\
import asyncio
from contextlib import asynccontextmanager

class Press:
    def __init__(self):
        self.free = KIND

    @asynccontextmanager
    async def turn(self):
        BEFORE
        try:
            WITHIN
            yield
        finally:
            self.free.release()

async def print_page(press, page):
    try:
        async with asyncio.timeout(60):
            async with press.turn():
                await asyncio.sleep(0.002)
    except TimeoutError:
        print(page, "is given up")

async def main():
    press = Press()
    await asyncio.gather(*(print_page(press, page) for page in range(3)), return_exceptions=True)

asyncio.run(main())
"""


@pytest.mark.parametrize("kind", ["asyncio.Semaphore(1)", "asyncio.Lock()"])
@pytest.mark.parametrize("held", [True, False])
def test_a_lock_is_released_without_being_acquired_when_the_time_limit_expires(tmp_path: Path, kind: str, held: bool) -> None:
    takes = "await self.free.acquire()"
    before, within = (takes, "pass") if held else ("pass", takes)
    (tmp_path / "app.py").write_text(PRESS.replace("KIND", kind).replace("BEFORE", before).replace("WITHIN", within))
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    with Recording.open(tmp_path / "run.causeway") as recording:
        analysis, judge = examine(recording), Judge(Reruns(recording, zygotes=ZYGOTES))
        judged = [judge.judge(each) for each in interruptions(analysis, Anchors(recording, analysis))]
    assert judged
    assert [each.title.partition(" awaits")[0] for each in judged if each.tier == "confirmed"] == ([] if held else ["`turn`"]), judged


REPLIES = """\
import asyncio

class Connection:
    def __init__(self):
        self.replies = asyncio.Queue()

    async def ask(self, text):
        asyncio.get_running_loop().call_later(0.002, self.replies.put_nowait, text)
        return await self.replies.get()

class Client:
    def __init__(self):
        self.connection = Connection()

    async def ask(self, text):
        async with asyncio.timeout(60):
            try:
                return await self.connection.ask(text)
            except BaseException:
                KEEP
                raise

async def ask(client, text):
    try:
        return await client.ask(text)
    except TimeoutError:
        return "late"

async def main():
    client = Client()
    print([await ask(client, text) for text in ("one", "two")])
    await asyncio.sleep(0.01)

asyncio.run(main())
"""


@pytest.mark.parametrize(("keep", "lost"), [("pass", True), ("self.connection = Connection()", False)])
def test_a_late_reply_stays_for_whoever_asks_next_unless_its_connection_is_thrown_away(tmp_path: Path, keep: str, lost: bool) -> None:
    (tmp_path / "app.py").write_text(REPLIES.replace("KEEP", keep))
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    with Recording.open(tmp_path / "run.causeway") as recording:
        analysis, judge = examine(recording), Judge(Reruns(recording, zygotes=ZYGOTES))
        judged = [judge.judge(each) for each in interruptions(analysis, Anchors(recording, analysis))]
    assert judged
    assert any(each.tier == "confirmed" for each in judged) == lost, judged


LINKS = """\
import asyncio

class Link:
    async def shake_hands(self):
        await asyncio.sleep(0.01)

class Client:
    def __init__(self):
        self.links = [Link()]
        self.freed = asyncio.Event()

    async def take(self, patience):
        async with asyncio.timeout(patience):
            while not self.links:
                self.freed.clear()
                await self.freed.wait()
        return self.links.pop()

    def give_back(self, link):
        self.links.append(link)
        self.freed.set()

    async def ask(self):
        link = await self.take(0.5)
        HANDSHAKE
        try:
            await asyncio.sleep(0.05)
        finally:
            self.give_back(link)

async def main():
    client = Client()
    leaving = asyncio.create_task(client.ask())
    await asyncio.sleep(0.03)
    leaving.cancel()
    await asyncio.wait([leaving])
    try:
        await client.ask()
    except TimeoutError:
        print("nobody answers")

asyncio.run(main())
"""
CAREFUL = """try:
            await link.shake_hands()
        except BaseException:
            self.give_back(link)
            raise
"""


@pytest.mark.parametrize(("handshake", "lost"), [("await link.shake_hands()", True), (CAREFUL, False)])
def test_a_time_limit_that_begins_when_nobody_is_held_any_more_and_expires_is_harm(tmp_path: Path, handshake: str, lost: bool) -> None:
    (tmp_path / "app.py").write_text(LINKS.replace("HANDSHAKE", handshake))
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    found = [each for each in judged(tmp_path / "run.causeway") if each.tier != "hint"]
    assert [(each.tier, each.kind) for each in found] == ([("confirmed", "atomicity_violation")] if lost else [])


HELD = """\
import asyncio

async def first(seen):
    seen.append("first")
    await asyncio.sleep(0.001)
    seen.append("again")

async def patient(seen):
    async with asyncio.timeout(LIMIT):
        await asyncio.sleep(0.001)
        await asyncio.sleep(MORE)

async def main():
    await asyncio.gather(first([]), patient([]), return_exceptions=True)

asyncio.run(main())
"""


@pytest.mark.parametrize(("held", "own"), [(True, 0), (False, 1)])
def test_a_limit_that_began_while_somebody_was_held_is_not_the_programs_own(tmp_path: Path, held: bool, own: int) -> None:
    (tmp_path / "app.py").write_text(HELD.replace("LIMIT", "0.05").replace("MORE", "60"))
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    waits, goes_on = (OrderPlace("main/main/patient", what, "app.py", 10, "patient", "await asyncio.sleep(0.001)") for what in ("await", "resume"))
    places = (("a", OrderPlace("main/main/first", "end")), ("b", goes_on), ("c", waits))
    order = Order("bad", "forced", places, (Constraint("a", "b", "c" if held else None),))
    with Recording.open(tmp_path / "run.causeway") as recording:
        run = Reruns(recording, zygotes=ZYGOTES).run(order)
    assert run.result.feasible and run.result.free_ns is not None
    assert (run.outcome.timeouts, run.outcome.own_timeouts) == (1, own)
