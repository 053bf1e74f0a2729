"""A lock file of an owner that has ended, taken over by two; beside it, the same code mended."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.proofs import judged, record

SERVICE = """\
import os
import threading
import time
from pathlib import Path

GUARD = threading.Lock()
LOCK, COUNT = Path("service.pid"), Path("count")

def alive(owner):
    return owner != "dead"

def take_over():
    LOCK.unlink(missing_ok=True)

def attempt():
    try:
        os.symlink("me", LOCK)
    except FileExistsError:
        try:
            owner = os.readlink(LOCK)
        except FileNotFoundError:
            return False
        if not alive(owner):
            take_over()
        return False
    return True

def acquire():
    while True:
        with HELD:
            mine = attempt()
        if mine:
            return
        time.sleep(0.001)

def serve(after):
    time.sleep(after)
    acquire()
    number = int(COUNT.read_text())
    COUNT.write_text(str(number + 1))
    LOCK.unlink(missing_ok=True)

def main():
    COUNT.write_text("0")
    os.symlink(OWNER, LOCK)
    threads = [threading.Thread(target=serve, args=(after,)) for after in (0, 0.05)]
    for thread in threads:
        thread.start()
    LEAVE
    for thread in threads:
        thread.join()
    print(COUNT.read_text())

main()
"""
OPEN = "open(os.devnull)"


@pytest.mark.parametrize(
    ("held", "owner", "leave", "tier"),
    [(OPEN, '"dead"', "pass", "confirmed"), ("GUARD", '"dead"', "pass", None), (OPEN, '"main"', "LOCK.unlink()", None)],
)
def test_two_that_find_the_lock_of_a_dead_owner(tmp_path: Path, held: str, owner: str, leave: str, tier: str | None) -> None:
    source = SERVICE.replace("HELD", held).replace("OWNER", owner).replace("LEAVE", leave)
    (tmp_path / "app.py").write_text(source)
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    found = judged(tmp_path / "run.causeway")
    assert [each.tier for each in found if "left by another" in each.title] == ([tier] if tier else []), [(each.title, each.proof) for each in found]
    assert tier or all(each.tier == "hint" for each in found), [(each.tier, each.title) for each in found]
