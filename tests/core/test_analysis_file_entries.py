"""Pid files that are checked and written under a lock on another file: who wrote one keeps the others out until it is removed."""

from __future__ import annotations

from pathlib import Path

import pytest
from causeway_core.analysis import examine
from causeway_core.storage import Recording

from tests.corpus.record import record

JOBS = """\
import fcntl
import multiprocessing
import os
import time
from pathlib import Path

PID, STATE = Path("job.pid"), Path("state")

def alive(owner):
    try:
        os.kill(owner, 0)
    except ProcessLookupError:
        return False
    return True

def owner():
    try:
        return int(PID.read_text() or 0)
    except FileNotFoundError:
        return 999999999

def acquire():
    with open("job.guard", "a") as guard:
        LOCK
        if PID.exists() and alive(owner()):
            REFUSE
        PID.write_text(str(os.getpid()))
        return True

def job():
    while not acquire():
        time.sleep(0.001)
    number = int(STATE.read_text())
    STATE.write_text(str(number + 1))
    PID.unlink(missing_ok=True)

def main():
    STATE.write_text("0")
    PID.write_text("999999999")
    jobs = [multiprocessing.get_context("fork").Process(target=job) for _ in range(2)]
    for each in jobs:
        each.start()
    for each in jobs:
        each.join()

main()
"""
FLOCK = "fcntl.flock(guard, fcntl.LOCK_EX)"


@pytest.mark.parametrize(
    ("lock", "refuse", "quiet"),
    [(FLOCK, "return False", True), ("pass", "return False", False), (FLOCK, "print('busy')", False)],
    ids=["locked", "no lock", "goes on anyway"],
)
def test_a_pid_file_written_where_its_check_lets_one_in_protects_what_follows(lock: str, refuse: str, quiet: bool, tmp_path: Path) -> None:
    (tmp_path / "jobs.py").write_text(JOBS.replace("LOCK\n", f"{lock}\n").replace("REFUSE", refuse))
    record(["jobs.py"], tmp_path / "run.causeway", root=tmp_path)
    with Recording.open(tmp_path / "run.causeway") as recording:
        found = examine(recording).findings
    firm = [each.title for each in found if each.tier != "hint" and each.resource.endswith("state")]
    assert (not firm) is quiet, firm
