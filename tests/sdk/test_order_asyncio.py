"""Forced orders between tasks, callbacks and threads of one event loop."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.sdk.forced import order, place, run

BANK = """
    import asyncio
    import sys

    class Account:
        def __init__(self):
            self.balance = 100
            self.lock = asyncio.Lock()

        async def withdraw(self, amount):
            seen = self.balance
            await asyncio.sleep(0.01)
            self.balance = seen - amount

        async def locked(self, amount):
            async with self.lock:
                await self.withdraw(amount)

        async def atomic(self, amount):
            await asyncio.sleep(0)
            seen = self.balance
            self.balance = seen - amount

    async def gathered(method):
        account = Account()
        await asyncio.gather(getattr(account, method)(10), getattr(account, method)(20))
        print(account.balance)

    async def grouped(method):
        account = Account()
        async with asyncio.TaskGroup() as group:
            for amount in (10, 20):
                group.create_task(getattr(account, method)(amount))
        print(account.balance)

    asyncio.run(globals()[sys.argv[1]](sys.argv[2]))
"""
READ, WRITE = "seen = self.balance", "self.balance = seen - amount"


def window(first: str, second: str, qualname: str = "Account.withdraw") -> dict[str, object]:
    """`second` reads and writes between the read and the write of `first`."""
    places = {
        "a1": place(first, "read", READ, "balance", qualname=qualname),
        "a2": place(first, "write", WRITE, "balance", qualname=qualname),
        "b1": place(second, "read", READ, "balance", qualname=qualname),
        "b2": place(second, "write", WRITE, "balance", qualname=qualname),
    }
    return order(places, ("a1", "b1", None), ("b2", "a2", "a1"), watch=["a1"])


@pytest.mark.parametrize("shape", ["gathered", "grouped"])
@pytest.mark.parametrize("turned", [False, True])
def test_a_lost_update_of_tasks(tmp_path: Path, shape: str, turned: bool) -> None:
    paths = [f"main/{shape}/withdraw", f"main/{shape}/withdraw#2"]
    first, second = reversed(paths) if turned else paths
    done = run(tmp_path, BANK, window(first, second), arguments=(shape, "withdraw"))
    assert done.stdout == ("80\n" if turned else "90\n"), done.stderr
    assert done.result["passed"] == ["a1", "b1", "b2", "a2"] and done.result["feasible"]


def test_the_serial_order_of_tasks(tmp_path: Path) -> None:
    given = window("main/gathered/withdraw", "main/gathered/withdraw#2")
    done = run(tmp_path, BANK, order(given["places"], ("a2", "b1", None)), arguments=("gathered", "withdraw"))  # type: ignore[arg-type]
    assert done.stdout == "70\n" and done.result["passed"] == ["a1", "a2", "b1", "b2"]


def test_a_lock_of_tasks_makes_it_impossible(tmp_path: Path) -> None:
    done = run(tmp_path, BANK, window("main/gathered/locked", "main/gathered/locked#2"), arguments=("gathered", "locked"))
    assert done.stdout == "70\n" and done.why == "everybody waits", done


def test_an_order_inside_one_step_is_impossible(tmp_path: Path) -> None:
    given = window("main/gathered/atomic", "main/gathered/atomic#2", "Account.atomic")
    done = run(tmp_path, BANK, given, arguments=("gathered", "atomic"))
    assert done.stdout == "70\n" and done.why == "reached inside one step", done


CROSSED = """
    import asyncio

    async def first(one, other):
        async with one:
            await asyncio.sleep(0)
            async with other:
                print("first")

    async def second(one, other):
        async with other:
            await asyncio.sleep(0)
            async with one:
                print("second")

    async def main():
        locks = asyncio.Lock(), asyncio.Lock()
        await asyncio.gather(first(*locks), second(*locks))

    asyncio.run(main())
"""


def test_a_deadlock_of_tasks_is_told_and_ended(tmp_path: Path) -> None:
    places = {
        "a": place("main/main/first", "acquire", "async with one:", qualname="first"),
        "b": place("main/main/second", "acquire", "async with other:", qualname="second"),
    }
    done = run(tmp_path, CROSSED, order(places, ("a", "b", None)))
    assert done.result["feasible"] and done.result["passed"] == ["a", "b"] and done.code in (130, -2), done
    waits = {one["actor"]: one["waits_for"] for one in done.result["hang"]["actors"]}
    assert waits["main/main/first"].startswith("Future at program.py:7") and waits["main/main/second"].startswith("Future at program.py:13"), waits


MIXED = """
    import asyncio
    import threading

    class Box:
        value = 0

    def work(box):
        box.value = box.value + 10

    async def wait(box):
        seen = box.value
        await asyncio.sleep(0)
        box.value = seen + 1

    async def main():
        box = Box()
        await asyncio.gather(wait(box), asyncio.to_thread(work, box))
        print(box.value)

    asyncio.run(main())
"""


def test_a_task_and_a_thread_of_the_executor(tmp_path: Path) -> None:
    places = {
        "a1": place("main/main/wait", "read", "seen = box.value", "value"),
        "a2": place("main/main/wait", "write", "box.value = seen + 1", "value"),
        "b1": place("main/main/to_thread/_worker", "read", "box.value = box.value + 10", "value"),
        "b2": place("main/main/to_thread/_worker", "write", "box.value = box.value + 10", "value"),
    }
    for attempt in range(3):
        folder = tmp_path / str(attempt)
        folder.mkdir()
        done = run(folder, MIXED, order(places, ("a1", "b1", None), ("b2", "a2", "a1")))
        assert done.stdout == "1\n" and done.result["passed"] == ["a1", "b1", "b2", "a2"], done
    done = run(tmp_path, MIXED, order(places, ("b1", "a1", None), ("a2", "b2", "b1")))
    assert done.stdout == "10\n" and done.result["passed"] == ["b1", "a1", "a2", "b2"], done


CALLBACKS = """
    import asyncio

    class Box:
        value = 0

    box = Box()

    def set_one():
        box.value = 1

    def set_two():
        box.value = 2

    async def main():
        loop = asyncio.get_running_loop()
        loop.call_soon(set_one)
        loop.call_later(0.01, set_two)
        await asyncio.sleep(0.02)
        print(box.value)

    asyncio.run(main())
"""


def test_callbacks_wait_for_each_other(tmp_path: Path) -> None:
    places = {"one": place("main/set_one", "write", "box.value = 1", "value"), "two": place("main/set_two", "write", "box.value = 2", "value")}
    done = run(tmp_path, CALLBACKS, order(places, ("two", "one", None)))
    assert done.stdout == "1\n" and done.result["passed"] == ["two", "one"], done


def test_a_cancellation_is_put_in_at_an_await(tmp_path: Path) -> None:
    at = place("main/gathered/withdraw", "resume", "await asyncio.sleep(0.01)", qualname="Account.withdraw")
    done = run(tmp_path, BANK, order({"at": at}, inject=[{"at": "at", "raise": "CancelledError"}]), arguments=("gathered", "withdraw"))
    assert done.code == 1 and "CancelledError" in done.stderr and done.stdout == ""
    done = run(tmp_path, BANK, order({"at": at}, inject=[{"at": "at", "raise": "TimeoutError"}]), arguments=("gathered", "withdraw"))
    assert done.code == 1 and "TimeoutError" in done.stderr and done.stdout == ""


@pytest.mark.parametrize("recorded", [False, True])
@pytest.mark.parametrize("turned", [False, True])
def test_tasks_and_callbacks_of_uvloop(tmp_path: Path, recorded: bool, turned: bool) -> None:
    pytest.importorskip("uvloop")
    paths = ["main/wrapper/withdraw", "main/wrapper/withdraw#2"]  # uvloop.run awaits what it is given in a coroutine of its own
    first, second = reversed(paths) if turned else paths
    program = BANK.replace("asyncio.run", "uvloop.run").replace("import sys", "import sys\n    import uvloop")
    done = run(tmp_path, program, window(first, second), arguments=("gathered", "withdraw"), recorded=recorded)
    assert done.stdout == ("80\n" if turned else "90\n"), done
    assert done.result["passed"] == ["a1", "b1", "b2", "a2"] and done.result["feasible"]
    called = CALLBACKS.replace("asyncio.run", "uvloop.run").replace("import asyncio", "import asyncio, uvloop")
    places = {"one": place("main/set_one", "write", "box.value = 1", "value"), "two": place("main/set_two", "write", "box.value = 2", "value")}
    done = run(tmp_path, called, order(places, ("two", "one", None)))
    assert done.stdout == "1\n" and done.result["passed"] == ["two", "one"], done


ASKING = """
    import asyncio

    class Server:
        def __init__(self):
            self.stored = 0

        async def ask(self, value=None):
            await asyncio.sleep(0)
            if value is not None:
                self.stored = value
            await asyncio.sleep(0)
            return [self.stored]

    async def add(server, amount):
        seen = (await server.ask())[0]
        await server.ask(seen + amount)

    async def main():
        server = Server()
        await asyncio.gather(add(server, 1), add(server, 2))
        print(server.stored)

    asyncio.run(main())
"""


def test_a_task_is_held_between_the_answer_to_a_statement_and_the_next(tmp_path: Path) -> None:
    one, two = "main/main/add", "main/main/add#2"
    places = {
        f"{name}{number}": place(path, "sql", text, None, qualname="add")
        for name, path in (("a", one), ("b", two))
        for number, text in ((1, "seen = (await server.ask())[0]"), (2, "await server.ask(seen + amount)"))
    } | {"end": {"actor": two, "access": "end"}}
    done = run(tmp_path, ASKING, order(places, ("a1", "b1", None), ("end", "a2", "a1")))
    assert (done.stdout, done.result["passed"]) == ("1\n", ["a1", "b1", "b2", "end", "a2"]), done
    done = run(tmp_path, ASKING, order(places, ("b1", "a1", None), ("a2", "b2", "b1")))
    assert (done.stdout, done.result["passed"]) == ("2\n", ["b1", "a1", "a2", "b2", "end"]), done


EAGER = """
    import asyncio

    class Box:
        value = 0

    async def add(box, amount):
        await asyncio.sleep(0)
        seen = box.value
        await asyncio.sleep(0.01)
        box.value = seen + amount

    async def serve(box, amount):
        await asyncio.sleep(0.001)
        await asyncio.Task(add(box, amount), loop=asyncio.get_running_loop(), eager_start=True)

    async def main():
        box, loop = Box(), asyncio.get_running_loop()
        served = [asyncio.Task(serve(box, amount), loop=loop, eager_start=True) for amount in (10, 20)]
        await asyncio.gather(*served)
        print(box.value)

    asyncio.run(main())
"""


@pytest.mark.skipif(sys.version_info < (3, 12), reason="eager tasks are new in 3.12")
def test_an_eager_task_is_named_by_who_made_it(tmp_path: Path) -> None:
    first, second = "main/main/serve/add", "main/main/serve#2/add"
    places = {
        "ends": place(first, "end"),
        "reads": place(second, "read", "seen = box.value", "value", qualname="add"),
    }
    done = run(tmp_path, EAGER, order(places, ("ends", "reads", None)))
    assert done.result["feasible"] and done.stdout == "30\n", done


LIMITED = """
    import asyncio

    async def fetch():
        await asyncio.sleep(0)
        print("fetched")

    async def tell():
        print("told")

    async def main():
        asyncio.create_task(tell())
        await asyncio.wait_for(fetch(), 5)

    asyncio.run(main())
"""


@pytest.mark.parametrize(("who", "feasible"), [("main/main/fetch", True), ("main/main/fetch#2", False)])
def test_what_a_time_limit_is_set_to_is_an_actor_on_any_python_where_the_order_says_so(tmp_path: Path, who: str, feasible: bool) -> None:
    places = {"ends": place(who, "end"), "tells": place("main/main/tell", "start")}
    done = run(tmp_path, LIMITED, order(places, ("ends", "tells", None)))
    assert done.result["feasible"] is feasible and (done.stdout == "fetched\ntold\n") is feasible, done


FETCHED = """
    import asyncio

    class Store:
        value = 0

    async def fetch(store):
        seen = store.value
        await asyncio.sleep(0)
        store.value = seen + 1

    async def limited(store):
        await asyncio.wait_for(fetch(store), 5)

    async def main():
        store = Store()
        await asyncio.gather(limited(store), limited(store))
        print(store.value)

    asyncio.run(main())
"""


@pytest.mark.parametrize("below", ["", "/fetch"])
@pytest.mark.parametrize(("turned", "printed"), [(False, "1"), (True, "2")])
def test_what_runs_under_a_time_limit_is_its_callers_or_a_task_of_its_own_as_the_order_has_it(
    tmp_path: Path, below: str, turned: bool, printed: str
) -> None:
    first, second = f"main/main/limited{below}", f"main/main/limited#2{below}"
    looks, stores = ("read", "seen = store.value", "value"), ("write", "store.value = seen + 1", "value")
    places = {
        "a_reads": place(first, *looks, qualname="fetch"), "a_writes": place(first, *stores, qualname="fetch"),
        "b_reads": place(second, *looks, qualname="fetch"),
    }  # fmt: skip
    constraint = ("a_writes", "b_reads", None) if turned else ("b_reads", "a_writes", "a_reads")
    done = run(tmp_path, FETCHED, order(places, constraint))
    assert done.result["feasible"] and done.stdout == f"{printed}\n", done


NAMED = """
    import asyncio
    import sys

    class Counts:
        hits = 0

    async def count(counts, name):
        had = getattr(counts, name)
        await asyncio.sleep(0.01)
        setattr(counts, name, had + 1)

    async def main():
        counts = Counts()
        await asyncio.gather(count(counts, "hits"), count(counts, "hits"))
        print(counts.hits)

    asyncio.run(main())
"""


@pytest.mark.parametrize(("one_by_one", "ends"), [(True, "2"), (False, "1")])
def test_attributes_that_are_written_by_name(tmp_path: Path, one_by_one: bool, ends: str) -> None:
    first, second, read, write = "main/main/count", "main/main/count#2", "had = getattr(counts, name)", "setattr(counts, name, had + 1)"
    places = {
        "a1": place(first, "read", read, "hits", qualname="count"),
        "a2": place(first, "write", write, "hits", qualname="count"),
        "b1": place(second, "read", read, "hits", qualname="count"),
    }
    done = run(tmp_path, NAMED, order(places, ("a2", "b1", None) if one_by_one else ("b1", "a2", "a1"), watch=["a2"]))
    assert (done.stdout.split(), done.why) == ([ends], None)
