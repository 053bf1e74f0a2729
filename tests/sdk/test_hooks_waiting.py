"""A program that hangs: Ctrl-C ends it, and the recording says who waited for what."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

from tests.sdk.hooked import hooked, interrupted
from tests.sdk.spool_facts import ProcessFacts


def waits(process: ProcessFacts) -> dict[str, tuple[str, list[str]]]:
    """Words and functions on the stack by name of actor; the first that was written counts."""
    out: dict[str, tuple[str, list[str]]] = {}
    for fact in process.of("waiting"):
        out.setdefault(process.actors[fact.data["actor"]].name, (fact.waiting_on, [entry[2] for entry in fact.stack]))
    return out


def asked(type_name: str, *names: str) -> Callable[[ProcessFacts], bool]:
    """Whether each of these actors has an unanswered request for an object of a type."""

    def stuck(process: ProcessFacts) -> bool:
        latest: dict[str, str] = {}
        for fact in process.of("sync"):
            if process.type_of(fact.object) == type_name:
                latest[process.actors[fact.actor].name] = fact.op
        return all(latest.get(name) == "acquire_request" for name in names)

    return stuck


def test_tasks_in_a_deadlock(tmp_path: Path) -> None:
    program = """
        import asyncio
        async def cross(mine, other):
            async with mine:
                await asyncio.sleep(0)
                async with other: pass
        async def main():
            a, b = asyncio.Lock(), asyncio.Lock()
            await asyncio.gather(asyncio.create_task(cross(a, b), name="ab"), asyncio.create_task(cross(b, a), name="ba"))
        asyncio.run(main())
        """
    run = interrupted(tmp_path, program, asked("asyncio.locks.Lock", "ab", "ba"))
    assert run.stderr.rstrip().endswith("KeyboardInterrupt")
    process = run.main
    found = waits(process)
    assert found["ab"][0] == found["ba"][0] == "a lock"
    assert found["ab"][1] == ["Lock.acquire", "_ContextManagerMixin.__aenter__", "cross"]
    by_actor = {fact.data["actor"]: fact.data["object"] for fact in process.of("waiting")[::-1]}
    held = {fact.actor: fact.object for fact in process.syncs("acquired", type_name="asyncio.locks.Lock")}
    ab, ba = process.named("ab").number, process.named("ba").number
    assert (by_actor[ab], by_actor[ba]) == (held[ba], held[ab])
    assert process.end is not None


def test_tasks_of_trio_in_a_deadlock(tmp_path: Path) -> None:
    program = """
        import trio
        async def cross(mine, other):
            async with mine:
                await trio.lowlevel.checkpoint()
                async with other: pass
        async def main():
            a, b = trio.Lock(), trio.Lock()
            async with trio.open_nursery() as nursery:
                nursery.start_soon(cross, a, b, name="ab")
                nursery.start_soon(cross, b, a, name="ba")
        trio.run(main)
        """
    run = interrupted(tmp_path, program, asked("trio.Lock", "ab", "ba"))
    assert "KeyboardInterrupt" in run.stderr
    found = waits(run.main)
    assert found["ab"][0] == found["ba"][0] == "a lock" and found["main-1"][0] == "the tasks of its nursery"
    assert "cross" in found["ab"][1] and "main" in found["main-1"][1]


def test_threads_in_a_deadlock(tmp_path: Path) -> None:
    program = """
        import threading
        a, b, both = threading.Lock(), threading.Lock(), threading.Barrier(2)
        def cross(mine, other):
            with mine:
                both.wait()
                with other: pass
        for name, locks in (("ab", (a, b)), ("ba", (b, a))):
            threading.Thread(target=cross, args=locks, name=name, daemon=True).start()
        for thread in threading.enumerate():
            if thread is not threading.main_thread(): thread.join()
        """
    run = interrupted(tmp_path, program, asked("_thread.lock", "ab", "ba"))
    assert run.stderr.rstrip().endswith("KeyboardInterrupt")
    found = waits(run.main)
    assert found["ab"] == ("a lock", ["cross", "Thread.run", "Thread._bootstrap_inner", "Thread._bootstrap"])
    assert found["ba"][0] == "a lock"
    assert found["MainThread"][0] == "a thread to end"
    objects = {fact.data["actor"]: fact.data["object"] for fact in run.main.of("waiting")}
    first = {name: run.main.syncs("acquired", type_name="_thread.lock", actor=run.main.named(name).number)[-1].object for name in ("ab", "ba")}
    assert objects[run.main.named("ab").number] == first["ba"] and objects[run.main.named("ba").number] == first["ab"]


def test_non_daemon_threads_that_hang_the_shutdown(tmp_path: Path) -> None:
    program = """
        import threading
        lock = threading.Lock()
        lock.acquire()
        def stuck():
            threading.main_thread().join()  # the interpreter is shutting down
            lock.acquire()
        threading.Thread(target=stuck, name="stuck").start()
        """
    asking = asked("_thread.lock", "stuck")
    run = interrupted(tmp_path, program, lambda process: bool(process.syncs("join")) and asking(process))
    assert waits(run.main)["stuck"][0] == "a lock"


def test_sigterm_ends_the_program_as_before_and_leaves_what_was_written(tmp_path: Path) -> None:
    program = """
        import threading
        lock = threading.Lock()
        lock.acquire()
        lock.acquire()
        """
    run = interrupted(tmp_path, program, asked("_thread.lock", "MainThread"), signal.SIGTERM)
    assert run.code == -signal.SIGTERM
    assert run.main.syncs("acquire_request", type_name="_thread.lock") and run.main.end is None


def test_tasks_and_daemon_threads_that_outlive_the_program(tmp_path: Path) -> None:
    program = """
        import asyncio, threading
        lock = threading.Lock()
        lock.acquire()
        threading.Thread(target=lock.acquire, name="left", daemon=True).start()
        loop = asyncio.new_event_loop()
        async def forever(): await asyncio.Queue().get()
        async def main():
            main.task = asyncio.create_task(forever(), name="pending")
            await asyncio.sleep(0)
        loop.run_until_complete(main())
        task = main.task
        task._log_destroy_pending = False
        """
    found = waits(hooked(tmp_path, program).main)
    assert found["pending"] == ("an item from a queue", ["Queue.get", "forever"])
    assert found["left"][1][-1] == "Thread._bootstrap"
