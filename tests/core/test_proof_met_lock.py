"""A pid file that is met before its owner is in it; beside it, the same code mended."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.proofs import judged, record

SERVICE = """\
import os
import threading
import time
from pathlib import Path

PID, STARTED = Path("service.pid"), []

def claim(name):
    for _ in range(2):
        try:
            MAKE
        except FileExistsError:
            if PID.read_text() UNOWNED:
                PID.unlink(missing_ok=True)
                continue
            return False
        WRITE
        return True
    return False

def serve(name, after, stop):
    time.sleep(after)
    if claim(name):
        STARTED.append(name)
    stop.wait(0.2)

def main():
    stop = threading.Event()
    threads = [threading.Thread(target=serve, args=(name, after, stop)) for name, after in (("first", 0), ("second", 0.05))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(len(STARTED))

main()
"""
EXCLUSIVE, WRITTEN = "made = os.open(PID, os.O_CREAT | os.O_EXCL | os.O_WRONLY)", "os.write(made, name.encode()); os.close(made)"
COMPLETE = "Path(name).write_text(name); os.link(name, PID)"


@pytest.mark.parametrize(
    ("make", "write", "unowned", "tier"),
    [(EXCLUSIVE, WRITTEN, '== ""', "confirmed"), (EXCLUSIVE, WRITTEN, '== "dead"', None), (COMPLETE, "pass", '== ""', None)],
    ids=["taken over while it is empty", "left to its owner while it is empty", "linked when it is complete"],
)
def test_a_pid_file_that_is_met_empty(tmp_path: Path, make: str, write: str, unowned: str, tier: str | None) -> None:
    source = SERVICE.replace("MAKE", make).replace("WRITE", write).replace("UNOWNED", unowned)
    (tmp_path / "app.py").write_text(source)
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    found = judged(tmp_path / "run.causeway")
    above = [(each.tier, each.title) for each in found if each.tier != "hint"]
    assert [tier for tier, title in above if "writes its owner into it" in title] == ([tier] if tier else []), found
    assert tier or not above, above
