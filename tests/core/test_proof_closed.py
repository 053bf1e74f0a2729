"""An object of a library that one closes and another uses; beside it, the same code mended."""

from __future__ import annotations

from pathlib import Path

import pytest
from causeway_core.analysis import examine
from causeway_core.proof import plan, verify
from causeway_core.storage import Recording

from tests.corpus.record import record

RECORDER = """\
import asyncio

class Recorder:
    def __init__(self, path):
        self.file = open(path, "w")

    async def note(self, text):
        await asyncio.sleep(0.001)
        NOTE

    def close(self):
        self.file.close()

async def talk(recorder):
    for text in "ab":
        await recorder.note(text)

async def hang_up(recorder, talking):
    await asyncio.sleep(0.1)
    HANG_UP

async def main():
    recorder = Recorder("notes.txt")
    talking = asyncio.create_task(talk(recorder))
    await asyncio.gather(talking, hang_up(recorder, talking))

asyncio.run(main())
"""
WRITE, CLOSE = "self.file.write(text)", "recorder.close()"
LOOK = "if not self.file.closed:\n            self.file.write(text)"
WAIT = "await talking\n    recorder.close()"


@pytest.mark.parametrize(("note", "hang_up", "wrong"), [(WRITE, CLOSE, True), (LOOK, CLOSE, False), (WRITE, WAIT, False)])
def test_a_file_that_is_closed_while_others_may_still_write(tmp_path: Path, note: str, hang_up: str, wrong: bool) -> None:
    (tmp_path / "app.py").write_text(RECORDER.replace("NOTE", note).replace("HANG_UP", hang_up))
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    with Recording.open(tmp_path / "run.causeway") as recording:
        found = verify(recording, plan(recording, examine(recording)))[0]
    assert [(each.kind, each.tier) for each in found] == ([("order_violation", "confirmed")] if wrong else [])
