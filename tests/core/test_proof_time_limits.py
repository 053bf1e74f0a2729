"""A time limit that ends anywhere below it, so that others wait for ever; beside it, the same code mended."""

from __future__ import annotations

from pathlib import Path

import pytest
from causeway_core.analysis import examine
from causeway_core.proof.judge import Judge
from causeway_core.proof.planning.anchors import Anchors
from causeway_core.proof.planning.time_limits import interruptions
from causeway_core.proof.running.rerun import Reruns
from causeway_core.storage import Recording

from tests.support.proofs import ZYGOTES, record

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
