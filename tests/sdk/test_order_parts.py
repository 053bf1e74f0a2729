"""Orders between parts: whoever of a kind comes first takes the first, whichever of the workers that is."""

from __future__ import annotations

from pathlib import Path

import pytest
from causeway import order as api

from tests.sdk.forced import Forced, order, place, run

POOL = """
    import sys
    import threading

    lock = threading.Lock()
    total = 0

    class Table:
        def __init__(self):
            self.count = 0

        def add(self):
            seen = self.count
            self.count = seen + 1

        def add_locked(self):
            with lock:
                self.add()

    def work(table, mine, add):
        for job in mine:
            add(table)

    def pool(shares, add=Table.add):
        table = Table()
        workers = [threading.Thread(target=work, args=(table, range(share), add)) for share in shares]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        print(table.count)
"""
READ, WRITE = "seen = self.count", "self.count = seen + 1"


def forced(folder: Path, shares: list[int], add: str = "Table.add") -> Forced:
    places = {
        "a1": place("main/work*1", "read", READ, "count"),
        "a2": place("main/work*1", "write", WRITE, "count"),
        "b1": place("main/work*2", "read", READ, "count"),
        "b2": place("main/work*2", "write", WRITE, "count"),
    }
    return run(folder, POOL + f"\n    pool({shares}, {add})\n", order(places, ("a1", "b1", None), ("b2", "a2", "a1"), watch=["a2"]))


@pytest.mark.parametrize("shares", [[1, 1, 0], [0, 1, 1], [1, 0, 1]], ids=str)
def test_whoever_has_the_work_takes_the_parts(tmp_path: Path, shares: list[int]) -> None:
    done = forced(tmp_path, shares)
    assert done.stdout == "1\n" and done.result["feasible"], done.stderr
    assert done.result["passed"] == ["a1", "b1", "b2", "a2"]


def test_a_part_is_of_the_first_time_that_somebody_comes_there(tmp_path: Path) -> None:
    done = forced(tmp_path, [5, 3])
    assert done.result["feasible"] and done.result["passed"] == ["a1", "b1", "b2", "a2"]
    assert int(done.stdout) < 8


def test_nobody_has_two_parts(tmp_path: Path) -> None:
    done = forced(tmp_path, [2, 0, 0])
    assert done.stdout == "2\n" and not done.result["feasible"]


def test_a_lock_makes_it_impossible_for_all_of_them_and_that_is_noticed_at_once(tmp_path: Path) -> None:
    done = forced(tmp_path, [1, 1, 1], "Table.add_locked")
    assert (done.stdout, done.why) == ("3\n", "everybody waits"), done.result


def test_tasks_take_parts_too(tmp_path: Path) -> None:
    program = """
        import asyncio

        async def add(table, idle):
            if idle:
                return
            seen = table["count"]
            await asyncio.sleep(0)
            table["count"] = seen + 1

        async def main():
            table = {"count": 0}
            await asyncio.gather(*(add(table, idle) for idle in (True, False, True, False)))
            print(table["count"])

        asyncio.run(main())
    """
    read, write = 'seen = table["count"]', 'table["count"] = seen + 1'
    places = {
        "a1": place("main/main/add*1", "read", read),
        "a2": place("main/main/add*1", "write", write),
        "b1": place("main/main/add*2", "read", read),
        "b2": place("main/main/add*2", "write", write),
    }
    done = run(tmp_path, program, order(places, ("a1", "b1", None), ("b1", "a2", "a1")))
    assert done.stdout == "1\n" and done.result["passed"] == ["a1", "b1", "a2", "b2"], done.stderr


def test_a_part_has_no_start() -> None:
    with pytest.raises(api.OrderError, match="an actor has no part before"):
        api.forced([api.wait(api.place("main/work*1", "start"), until=api.place("main", "end"))])


CREWS = """
    import threading

    class Table:
        count = 0

        def add(self):
            seen = self.count
            self.count = seen + 1

    def work(table, jobs):
        for job in range(jobs):
            table.add()

    def lead(table, jobs):
        worker = threading.Thread(target=work, args=(table, jobs))
        worker.start()
        worker.join()

    table = Table()
    crews = [threading.Thread(target=lead, args=(table, jobs)) for jobs in JOBS]
    for crew in crews:
        crew.start()
    for crew in crews:
        crew.join()
    print(table.count)
"""


@pytest.mark.parametrize("jobs", ["(1, 0, 1)", "(0, 1, 1)"])
def test_a_part_of_all_who_run_the_same_whoever_made_them(tmp_path: Path, jobs: str) -> None:
    places = {
        f"{letter}{number}": place(f"main/lead/work**{part}", access, text, "count")
        for part, letter in enumerate("ab", 1)
        for number, (access, text) in enumerate((("read", READ), ("write", WRITE)), 1)
    }
    done = run(tmp_path, CREWS.replace("JOBS", jobs), order(places, ("a1", "b1", None), ("b2", "a2", "a1")))
    assert done.stdout == "1\n" and done.result["passed"] == ["a1", "b1", "b2", "a2"], done
