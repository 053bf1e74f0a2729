"""Runs in which nobody forces an order, but a seeded strategy says who goes next."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.sdk.forced import Forced, place, run
from tests.sdk.wire_reader import read_one

COUNTER = """
    import threading

    class Counter:
        def __init__(self):
            self.value = 0

    counter = Counter()

    def add():
        for _ in range(2):
            seen = counter.value
            counter.value = seen + 1

    threads = [threading.Thread(target=add) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(counter.value)
"""
READ, WRITE = place("*", "read", "seen = counter.value", "value"), place("*", "write", "counter.value = seen + 1", "value")

TWO_LOCKS = """
    import asyncio

    async def move(source, target):
        async with source:
            await asyncio.sleep(0)
            async with target:
                print("moved")

    async def main():
        one, two = asyncio.Lock(), asyncio.Lock()
        there = asyncio.create_task(move(one, two))
        await asyncio.sleep(0.01)
        await asyncio.gather(there, move(two, one))

    asyncio.run(main())
"""


def exploration(strategy: str, seed: int, *places: dict[str, Any], depth: int = 3, length: int = 12) -> dict[str, Any]:
    """An order file for one explored run."""
    return {
        "schema": "causeway.order/1",
        "places": {f"p{number}": each for number, each in enumerate(places)},
        "watch": ["p1"] if len(places) > 1 else [],
        "explore": {"strategy": strategy, "seed": seed, "depth": depth, "length": length},
    }


def explored(folder: Path, program: str, given: dict[str, Any], **more: Any) -> Forced:
    """One run in a folder of its own."""
    folder.mkdir(exist_ok=True)
    return run(folder, program, given, **more)


def test_one_after_another_gives_what_serial_orders_give(tmp_path: Path) -> None:
    for seed in range(6):
        done = explored(tmp_path, COUNTER, exploration("serial", seed, READ, WRITE))
        assert done.stdout == "4\n", done.stderr
        assert done.result["values"] == {"p1": "4"} and done.result["ended"]


@pytest.mark.parametrize("strategy", ["pct", "random"])
def test_some_seed_loses_an_update_and_does_so_again(tmp_path: Path, strategy: str) -> None:
    first = {seed: explored(tmp_path, COUNTER, exploration(strategy, seed, READ, WRITE)) for seed in range(12)}
    lost = [seed for seed, done in first.items() if done.stdout != "4\n"]
    assert lost, "twelve seeds and no lost update"
    again = explored(tmp_path, COUNTER, exploration(strategy, lost[0], READ, WRITE))
    assert again.stdout == first[lost[0]].stdout
    assert again.result["trace"] == first[lost[0]].result["trace"]
    passed = [tuple(each) for each in again.result["trace"]]
    assert passed.count(("main/add", "p0", 1)) == 1 and ("main/add#2", "p1", 1) in passed


def test_each_point_is_where_one_run_switches(tmp_path: Path) -> None:
    program = """
        import threading

        def work(name):
            done.append(name)
            done.append(name)

        done = []
        threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        print("".join(done))
    """
    places = (place("*", "mutate", "done.append(name)", "append", ordinal=0), place("*", "mutate", "done.append(name)", "append", ordinal=1))
    runs = [explored(tmp_path, program, exploration("switch", seed, *places, length=4)) for seed in range(8)]
    assert {done.stdout.strip() for done in runs} == {"aabb", "bbaa", "abba", "baab"}


def test_who_sleeps_long_counts_on_others_to_get_somewhere(tmp_path: Path) -> None:
    program = """
        import threading, time

        beats = []

        def beat():
            beats.append(1)

        thread = threading.Thread(target=beat)
        thread.start()
        time.sleep(0.8)
        print(len(beats))
        thread.join()
    """
    places = (place("*", "mutate", "beats.append(1)", "append"), place("*", "read", "print(len(beats))", "beats"))
    runs = [explored(tmp_path, program, exploration("switch", seed, *places, length=2)) for seed in range(4)]
    assert [done.stdout for done in runs] == ["1\n"] * 4
    assert all(done.result["passed_over"] == ["main"] for done in runs)
    late = [explored(tmp_path, program, exploration("late", seed, *places, length=2)) for seed in range(4)]
    assert {done.stdout for done in late} == {"0\n", "1\n"}, "whoever is interrupted stays behind until after the sleep"


def test_every_point_says_who_came_to_which_place(tmp_path: Path) -> None:
    done = explored(tmp_path, COUNTER, exploration("serial", 0, READ, WRITE))
    assert len(done.result["stops"]) == done.result["points"]
    assert ["main/add", "p0", 1] in done.result["stops"] and ["main/add#2", "p1", 0] in done.result["stops"]


def test_a_deadlock_of_tasks_is_found_and_reported(tmp_path: Path) -> None:
    runs = [explored(tmp_path, TWO_LOCKS, exploration("pct", seed, place("*", "resume", "await asyncio.sleep(0)"))) for seed in range(24)]
    hung = [done for done in runs if done.result.get("hang")]
    assert hung, "twenty-four seeds and no deadlock"
    assert {"main/main/move", "main/main/move#2"} <= {one["actor"] for one in hung[0].result["hang"]["actors"]}
    assert any(done.stdout == "moved\nmoved\n" and done.code == 0 for done in runs)


def test_records_behind_gates_name_the_frames_of_the_program(tmp_path: Path) -> None:
    program = """
        import asyncio

        async def work(n):
            await asyncio.sleep(0)
            return n

        async def main():
            await asyncio.gather(work(1), work(2))

        asyncio.run(main())
    """
    places = (place("*", "resume", "await asyncio.sleep(0)"), place("*", "call", "async def work(n):", qualname="work"))
    done = explored(tmp_path, program, exploration("serial", 0, *places), recorded=True)
    assert done.code == 0, done.stderr
    process = read_one(tmp_path / "spool")
    called = {record.word for record in process.of("CALL")}
    suspended = {record.word for record in process.of("YIELD")}
    assert len(suspended) == 3 and suspended <= called
    assert {record.word for record in process.of("RESUME")} == suspended
    assert sorted(record.value for record in process.of("LOCAL") if record.value in (1, 2)) == [1, 2]
    taken, released = ([record for record in process.of("SYNC") if record.op == op] for op in (1, 2))
    assert len(released) <= len(taken)


def test_a_statement_is_named_where_it_begins_and_where_it_ends(tmp_path: Path) -> None:
    program = """
        import threading

        class Counter:
            value = 0

        def count():
            counter.value = 1

        def work():
            count()

        counter = Counter()
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    """
    places = (place("*", "acquire", "count()"), place("*", "write", "counter.value = 1", "value"))
    done = explored(tmp_path, program, exploration("serial", 0, *places))
    trace = [tuple(each) for each in done.result["trace"]]
    [(position, *begun)] = done.result["begun"]
    assert begun == ["main/work", "p0", 0] and trace[position:][:2] == [("main/work", "p1", 0), ("main/work", "p0", 0)]


def test_who_polls_starves_nobody(tmp_path: Path) -> None:
    program = """
        import threading

        class Box:
            ready = False

        def wait():
            while not Box.ready:
                pass

        def fill():
            Box.ready = True

        threads = [threading.Thread(target=target) for target in (wait, fill)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        print("done")
    """
    places = (place("*", "read", "while not Box.ready:", "ready"), place("*", "write", "Box.ready = True", "ready"))
    for seed in range(4):
        assert explored(tmp_path, program, exploration("pct", seed, *places, depth=1)).stdout == "done\n"


def test_further_processes_run_freely(tmp_path: Path) -> None:
    program = COUNTER + """
    import os, subprocess, sys
    child = os.fork()
    if child == 0:
        counter.value = 0
        add()
        os._exit(counter.value)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    print(subprocess.run([sys.executable, "-c", "import os; print(os.environ.get('CAUSEWAY_ORDER'))"], capture_output=True, text=True).stdout.strip())
    """
    done = explored(tmp_path, program, exploration("serial", 0, READ, WRITE))
    assert done.stdout == "4\n2\nNone\n", done.stderr


@pytest.mark.parametrize(
    ("explore", "said"),
    [({"strategy": "luck"}, "strategy is 'luck'"), ({"strategy": "pct", "seed": -1}, "`seed` is no number from 0"), ([], "not an object")],
)
def test_what_is_no_exploration_is_said_and_the_program_runs(tmp_path: Path, explore: Any, said: str) -> None:
    done = explored(tmp_path, COUNTER, {"schema": "causeway.order/1", "places": {}, "explore": explore})
    assert done.code == 0 and said in done.stderr
