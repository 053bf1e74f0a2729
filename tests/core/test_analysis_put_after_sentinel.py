"""Items that could be put into a queue after the one with which its reader ends; beside them, queues that nobody has yet who could put that."""

from __future__ import annotations

from pathlib import Path

import pytest
from causeway_core.analysis import analyze
from causeway_core.storage import Recording

from tests.support.proofs import record

DESK = """\
import asyncio
import queue
import threading

class Desk:
    def __init__(self):
        self.letters = queue.Queue()
        self.clerk = threading.Thread(target=self.work)
        self.clerk.start()

    def work(self):
        while (letter := self.letters.get()) is not None:
            letter.upper()

    def shut(self):
        self.letters.put(None)

desks = []

async def post():
    desk = Desk()
    desks.append(desk)
    GIVES_WAY
    desk.letters.put("a")

async def shut_all():
    await asyncio.sleep(0.1)
    for desk in desks:
        desk.shut()
        desk.clerk.join()

async def main():
    await asyncio.gather(post(), shut_all())

asyncio.run(main())
"""


@pytest.mark.parametrize(("gives_way", "late"), [("await asyncio.sleep(0.001)", True), ("pass", False)])
def test_a_queue_is_not_closed_by_an_actor_that_does_not_have_it_yet(tmp_path: Path, gives_way: str, late: bool) -> None:
    (tmp_path / "app.py").write_text(DESK.replace("GIVES_WAY", gives_way))
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    with Recording.open(tmp_path / "run.causeway") as recording:
        assert any("nothing makes that the last item" in each.title for each in analyze(recording)) == late
