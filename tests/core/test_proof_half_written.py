"""A file that one call empties and writes, while another thread may read it; beside it, the same code mended."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.proofs import judged, record

NOTES = """\
import os, threading, time
from pathlib import Path

notes, fresh = Path("notes.txt"), Path("notes.new")

def refresh():
    seen = notes.read_text()
    WRITE

notes.write_text("old")
writer = threading.Thread(target=refresh)
writer.start()
time.sleep(0.05)  # no order: nothing but time lets the writer be done
print(bool(notes.read_text()))
writer.join()
"""
AT_ONCE = "notes.write_text(seen + ', new')"
MOVED = "fresh.write_text(seen + ', new')\n    os.replace(fresh, notes)"


@pytest.mark.parametrize(("write", "tiers"), [(AT_ONCE, {"confirmed"}), (MOVED, set())])
def test_a_file_is_read_after_write_text_has_emptied_it(tmp_path: Path, write: str, tiers: set[str]) -> None:
    (tmp_path / "app.py").write_text(NOTES.replace("WRITE", write))
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    found = judged(tmp_path / "run.causeway")
    assert {each.tier for each in found if each.tier != "hint"} == tiers, [(each.tier, each.title, each.proof) for each in found]
