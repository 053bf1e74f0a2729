"""A time limit that ends anywhere below it, so that others wait for ever; beside it, the same code mended."""

from __future__ import annotations

from pathlib import Path

import pytest
from causeway_core.analysis import examine
from causeway_core.proof.anchors import Anchors
from causeway_core.proof.interrupted import interruptions
from causeway_core.proof.judge import Judge
from causeway_core.proof.rerun import Reruns
from causeway_core.storage import Recording

from tests.corpus.record import record

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
        analysis, judge = examine(recording), Judge(Reruns(recording))
        judged = [judge.judge(each) for each in interruptions(analysis, Anchors(recording, analysis))]
    assert [each.title.partition(" awaits")[0] for each in judged if each.tier == "confirmed"] == (["`tidy`"] if lost else []), judged
    assert judged
