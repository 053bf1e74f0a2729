"""Forced orders between calls that a pool of threads runs: they are named by who hands them in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sdk.forced import order, place, run

COUNTER = """
    from concurrent.futures import ThreadPoolExecutor, wait

    class Counter:
        value = 0

        def add(self):
            seen = self.value
            self.value = seen + 1

    def main():
        counter = Counter()
        with ThreadPoolExecutor({workers}) as pool:
            for turn in range(3):
                wait([pool.submit(int)])  # takes a number among the calls
            wait([pool.submit(counter.add) for _ in range(2)])
        print(counter.value)

    main()
"""
FIRST, SECOND = "main/submit()#4", "main/submit()#5"


def lost_update() -> dict[str, object]:
    """The first call reads, the second reads and writes, the first writes."""
    read, write = ("seen = self.value", "self.value = seen + 1")
    places = {"a1": place(FIRST, "read", read, "value"), "a2": place(FIRST, "write", write, "value"), "b": place(SECOND, "end")}
    return order({**places, "b0": place(SECOND, "start")}, ("a1", "b0", None), ("b", "a2", "a1"))


def test_the_second_call_runs_inside_the_first(tmp_path: Path) -> None:
    forced = run(tmp_path, COUNTER.format(workers=2), lost_update())
    assert (forced.stdout, forced.code, forced.why) == ("1\n", 0, None)
    assert forced.result["feasible"]


def test_a_pool_with_one_worker_cannot_do_that(tmp_path: Path) -> None:
    forced = run(tmp_path, COUNTER.format(workers=1), lost_update())
    assert (forced.stdout, forced.code, forced.why) == ("2\n", 0, "everybody waits")


@pytest.mark.parametrize(("early", "late"), [(FIRST, SECOND), (SECOND, FIRST)])
def test_one_call_after_the_other(tmp_path: Path, early: str, late: str) -> None:
    forced = run(tmp_path, COUNTER.format(workers=2), order({"end": place(early, "end"), "start": place(late, "start")}, ("end", "start", None)))
    assert (forced.stdout, forced.result["feasible"]) == ("2\n", True)


def test_a_worker_that_is_handed_a_call_is_not_stuck(tmp_path: Path) -> None:
    """Also where a queue hands an item over without ever holding it (3.13): the worker moves, and the run is no hang."""
    program = """
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(2) as pool:
            for turn in range(20):
                assert sorted(pool.map(abs, [-1, -2, -3])) == [1, 2, 3]
        print("done")
    """
    done = run(tmp_path, program, order({}))
    assert (done.stdout, done.stderr, done.code) == ("done\n", "", 0)
    assert "hang" not in done.result


LEFT_OPEN = """
import asyncio
from concurrent.futures import ThreadPoolExecutor

pool = ThreadPoolExecutor()

async def main():
    await asyncio.get_running_loop().run_in_executor(pool, sorted, [2, 1])
    await asyncio.sleep(60)

asyncio.run(main())
"""


def test_idle_workers_that_are_told_to_end_with_the_program_do_not_hang(tmp_path: Path) -> None:
    sleeps = place("main/main", "resume", "await asyncio.sleep(60)", "main")
    done = run(tmp_path, LEFT_OPEN, order({"a": sleeps}, inject=[{"at": "a", "raise": "CancelledError"}]))
    assert done.result.get("hang") is None and done.result["feasible"], done
