"""What processes find free in an array that they share, going through it, and take; beside it the same code mended."""

from __future__ import annotations

from pathlib import Path

import pytest
from causeway_core.analysis import examine
from causeway_core.proof import plan, verify
from causeway_core.storage import Recording

from tests.support.proofs import ZYGOTES, record

LOCKERS = """\
import contextlib, multiprocessing

def work(lockers, number, done):
    with GUARD:
        for index, taken in enumerate(lockers):
            if not taken:
                lockers[index] = number
                break
    done.put(index)

def main():
    context = multiprocessing.get_context("fork")
    lockers, done = context.Array("i", 3), context.SimpleQueue()
    guests = [context.Process(target=work, args=(lockers, number, done)) for number in (1, 2, 3)]
    for guest in guests:
        guest.start()
    taken = sorted(done.get() for _ in guests)
    for guest in guests:
        guest.join()
    return taken, sorted(lockers)

if __name__ == "__main__":
    print(main())
"""


@pytest.mark.parametrize(("guard", "found"), [("contextlib.nullcontext()", True), ("lockers.get_lock()", False)], ids=["free", "locked"])
def test_the_first_free_place_of_a_shared_array_is_taken_twice(tmp_path: Path, guard: str, found: bool) -> None:
    """Who of the three comes first is not the orders' to say, so that one may go wrong in some of its runs only: what counts is what is tried."""
    (tmp_path / "app.py").write_text(LOCKERS.replace("GUARD", guard))
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    with Recording.open(tmp_path / "run.causeway") as recording:
        planned = plan(recording, examine(recording))
        assert any(each.tier == "likely" and each.orders and each.resource.startswith("lockers[") for each in planned) is found, planned
        judged = () if found else verify(recording, planned, zygotes=ZYGOTES)[0]
    assert all(each.tier == "hint" for each in judged), judged
