"""A temporary file whose name follows from that of the file it is moved to; beside it, the same code mended."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.proofs import judged, record

THUMBNAILS = """\
import os
import pathlib
import tempfile
import threading
import time

def thumbnail(path, after):
    time.sleep(after)
    if not after:
        draw(path.with_name("pot.png"))
    if not path.exists():
        draw(path)

def draw(path):
    temporary = NAME
    with open(temporary, "w") as file:
        file.write("tea")
    os.replace(temporary, path)

with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder) / "cup.png"
    threads = [threading.Thread(target=thumbnail, args=(path, after)) for after in (0, 0.15)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(sorted(os.listdir(folder)))
"""


@pytest.mark.parametrize(("name", "shared"), [('f"{path}.tmp"', True), ("tempfile.mkstemp(dir=path.parent)[1]", False)])
def test_who_would_write_the_same_temporary_file_could_move_it_too(tmp_path: Path, name: str, shared: bool) -> None:
    (tmp_path / "app.py").write_text(THUMBNAILS.replace("NAME", name))
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    found = judged(tmp_path / "run.causeway")
    same = [each for each in found if "would do the same if it did not find" in each.title]
    assert [each.tier for each in same] == (["confirmed"] if shared else []), [(each.tier, each.title, each.proof) for each in found]
