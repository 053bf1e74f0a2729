"""Forced and explored orders between tasks of trio, whatever order trio itself draws for a batch."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sdk.forced import order, place, run
from tests.sdk.test_order_asyncio import READ, WRITE, window
from tests.sdk.test_order_explore import exploration, explored

BANK = """
    import sys
    import trio

    class Account:
        def __init__(self):
            self.balance = 100
            self.lock = trio.Lock()

        async def withdraw(self, amount):
            seen = self.balance
            await trio.lowlevel.checkpoint()
            self.balance = seen - amount

        async def locked(self, amount):
            async with self.lock:
                await self.withdraw(amount)

    async def main():
        account = Account()
        async with trio.open_nursery() as nursery:
            for amount in (10, 20):
                nursery.start_soon(getattr(account, sys.argv[1]), amount)
        print(account.balance)

    trio.run(main)
"""


@pytest.mark.parametrize("recorded", [False, True])
@pytest.mark.parametrize("turned", [False, True])
def test_a_lost_update_of_tasks(tmp_path: Path, turned: bool, recorded: bool) -> None:
    paths = ["main/main/withdraw", "main/main/withdraw#2"]
    first, second = reversed(paths) if turned else paths
    done = run(tmp_path, BANK, window(first, second), arguments=("withdraw",), recorded=recorded)
    assert done.stdout == ("80\n" if turned else "90\n"), done.stderr
    assert done.result["passed"] == ["a1", "b1", "b2", "a2"] and done.result["feasible"]


def test_the_serial_order_of_tasks(tmp_path: Path) -> None:
    given = window("main/main/withdraw", "main/main/withdraw#2")
    done = run(tmp_path, BANK, order(given["places"], ("a2", "b1", None)), arguments=("withdraw",))  # type: ignore[arg-type]
    assert done.stdout == "70\n" and done.result["passed"] == ["a1", "a2", "b1", "b2"], done


def test_a_lock_makes_it_impossible(tmp_path: Path) -> None:
    done = run(tmp_path, BANK, window("main/main/locked", "main/main/locked#2"), arguments=("locked",))
    assert done.stdout == "70\n" and done.why == "everybody waits", done


CROSSED = """
    import trio

    async def first(one, other):
        async with one:
            await trio.lowlevel.checkpoint()
            async with other:
                print("first")

    async def second(one, other):
        async with other:
            await trio.lowlevel.checkpoint()
            async with one:
                print("second")

    async def main():
        locks = trio.Lock(), trio.Lock()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(first, *locks)
            nursery.start_soon(second, *locks)

    trio.run(main)
"""


def test_a_deadlock_of_tasks_is_told_and_ended(tmp_path: Path) -> None:
    places = {
        "a": place("main/main/first", "acquire", "async with one:", qualname="first"),
        "b": place("main/main/second", "acquire", "async with other:", qualname="second"),
    }
    done = run(tmp_path, CROSSED, order(places, ("a", "b", None)))
    assert done.result["feasible"] and done.result["passed"] == ["a", "b"] and "KeyboardInterrupt" in done.stderr, done
    waits = {one["actor"]: one["waits_for"] for one in done.result["hang"]["actors"]}
    assert waits["main/main/first"] == "ParkingLot at program.py:7" and waits["main/main/second"] == "ParkingLot at program.py:13", waits


MIXED = """
    import trio

    class Box:
        value = 0

    def work(box):
        box.value = box.value + 10

    async def wait(box):
        seen = box.value
        await trio.lowlevel.checkpoint()
        box.value = seen + 1

    async def main():
        box = Box()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(wait, box)
            nursery.start_soon(trio.to_thread.run_sync, work, box)
        print(box.value)

    trio.run(main)
"""


def test_a_task_and_a_worker_thread(tmp_path: Path) -> None:
    worker = "main/main/to_thread_run_sync/_work"
    places = {
        "a1": place("main/main/wait", "read", "seen = box.value", "value"),
        "a2": place("main/main/wait", "write", "box.value = seen + 1", "value"),
        "b1": place(worker, "read", "box.value = box.value + 10", "value"),
        "b2": place(worker, "write", "box.value = box.value + 10", "value"),
    }
    done = run(tmp_path, MIXED, order(places, ("a1", "b1", None), ("b2", "a2", "a1")))
    assert done.stdout == "1\n" and done.result["passed"] == ["a1", "b1", "b2", "a2"], done
    done = run(tmp_path, MIXED, order(places, ("b1", "a1", None), ("a2", "b2", "b1")))
    assert done.stdout == "10\n" and done.result["passed"] == ["b1", "a1", "a2", "b2"], done


BLOCKED = """
    import trio
    import trio.testing

    async def work(steps):
        steps.append("work")

    async def main():
        steps = []
        async with trio.open_nursery() as nursery:
            nursery.start_soon(work, steps)
            await trio.testing.wait_all_tasks_blocked()
            steps.append("all blocked")
        print(steps)

    trio.run(main)
"""


def test_a_held_task_is_not_blocked(tmp_path: Path) -> None:
    places = {"blocked": place("main/main", "mutate", 'steps.append("all blocked")', "append"), "work": place("main/main/work", "start")}
    done = run(tmp_path, BLOCKED, order(places, ("blocked", "work", None)))
    assert done.stdout == "['work', 'all blocked']\n" and done.why == "everybody waits", done


GUEST = BANK.replace("trio.run(main)", "").replace("import sys", "import asyncio\n    import sys") + """
    async def host():
        loop, done = asyncio.get_running_loop(), asyncio.Event()
        trio.lowlevel.start_guest_run(
            main, run_sync_soon_threadsafe=loop.call_soon_threadsafe, done_callback=lambda outcome: done.set(), host_uses_signal_set_wakeup_fd=True
        )
        await done.wait()

    asyncio.run(host())
"""


def test_a_lost_update_of_tasks_of_a_guest(tmp_path: Path) -> None:
    done = run(tmp_path, GUEST, window("main/host/main/withdraw", "main/host/main/withdraw#2"), arguments=("withdraw",))
    assert done.stdout == "90\n" and done.result["passed"] == ["a1", "b1", "b2", "a2"], done


@pytest.mark.parametrize("strategy", ["pct", "random"])
def test_some_seed_loses_an_update_and_does_so_again(tmp_path: Path, strategy: str) -> None:
    places = [place("*", "read", READ, "balance"), place("*", "write", WRITE, "balance")]
    printed = {}
    for seed in range(12):
        done = explored(tmp_path / f"{seed}", BANK, exploration(strategy, seed, *places), arguments=("withdraw",))
        printed[seed] = done.stdout
        if done.stdout in ("80\n", "90\n"):
            break
    again = explored(tmp_path / "again", BANK, exploration(strategy, seed, *places), arguments=("withdraw",))
    assert (again.stdout, again.result["trace"]) == (done.stdout, done.result["trace"])
    assert done.stdout != "70\n", printed


def test_one_after_another_gives_what_serial_orders_give(tmp_path: Path) -> None:
    places = [place("*", "read", READ, "balance"), place("*", "write", WRITE, "balance")]
    assert explored(tmp_path, BANK, exploration("serial", 0, *places), arguments=("withdraw",)).stdout == "70\n"
