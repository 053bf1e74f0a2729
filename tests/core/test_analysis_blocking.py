"""Waits that stop an event loop, in recordings of small programs."""

from __future__ import annotations

from pathlib import Path

import pytest
from causeway_core.analysis import examine
from causeway_core.storage import Recording

from tests.support.proofs import record

JOIN = """\
import asyncio, threading, time

class Work(threading.Thread):
    def __init__(self, loop, done):
        super().__init__()
        self.loop, self.done = loop, done

    def run(self):
        tell = self.loop.call_soon_threadsafe
        ENDS

async def main():
    done = asyncio.Event()
    work = Work(asyncio.get_running_loop(), done)
    work.start()
    await done.wait()
    work.join()

asyncio.run(main())
"""


@pytest.mark.parametrize(("ends", "told"), [
    ("tell(self.done.set)\n        time.sleep(0.2)", True), ("tell(self.done.set)\n        time.sleep(0.01)", False),
    ("list(map(time.sleep, [tell(self.done.set) and 0.2]))", False),
])  # fmt: skip
def test_a_join_that_waits_only_for_the_threads_exit_is_not_reported(tmp_path: Path, ends: str, told: bool) -> None:
    (tmp_path / "app.py").write_text(JOIN.replace("ENDS", ends))
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    with Recording.open(tmp_path / "run.causeway") as recording:
        assert [each.kind for each in examine(recording).findings] == (["blocking_call"] if told else [])
