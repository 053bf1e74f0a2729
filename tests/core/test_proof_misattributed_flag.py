"""A flag that one thread sets for itself, and that another takes for its own; beside it, the same code mended."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.proofs import judged, record

DRAFTS = """\
import threading

class Drafts:
    def __init__(self):
        self.lock = threading.RLock()
        self.lines, self.saved = [], []
        self.changed = False

    def add(self, line):
        self.lines = [*self.lines, line]
        self.changed = True

    def save(self):
        if self.changed:
            self.saved = list(self.lines)
            self.changed = False

    def undo(self):
        if self.changed:
            self.lines = list(self.saved)
            self.changed = False

drafts = Drafts()

def write():
    with GUARD:
        drafts.add("tea")
        drafts.save()

def fail():
    with GUARD:
        drafts.LEAVES()

threads = [threading.Thread(target=each) for each in (write, fail)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(drafts.lines, drafts.saved)
"""


@pytest.mark.parametrize(("guard", "leaves", "wrong"), [
    ("threading.Lock()", "undo", True), ("drafts.lock", "undo", False), ("threading.Lock()", "save", False),
])  # fmt: skip
def test_what_one_marks_for_itself_another_must_not_act_on(tmp_path: Path, guard: str, leaves: str, wrong: bool) -> None:
    (tmp_path / "app.py").write_text(DRAFTS.replace("GUARD", guard).replace("LEAVES", leaves))
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    found = judged(tmp_path / "run.causeway")
    told = [each for each in found if "take it for its own" in each.title]
    assert [each.tier for each in told] == (["confirmed"] if wrong else []), [(each.tier, each.title, each.proof) for each in found]
