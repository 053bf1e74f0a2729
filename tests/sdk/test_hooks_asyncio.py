"""asyncio: every step knows what made it run, and asyncio does not notice."""

# ruff: noqa: E501

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.sdk.hooked import hooked
from tests.sdk.spool_facts import Fact, ProcessFacts

FINISHED, FAILED, CANCELLED = 1, 2, 3


def last_state(process: ProcessFacts, name: str) -> int:
    number = process.named(name).number
    return int(process.of("step_end", number=number)[-1].state)


def cause(process: ProcessFacts, step: Fact) -> Fact:
    (handle,) = process.of("handle", token=step.token)
    return handle


def test_every_step_has_a_handle_that_stands_before_it(tmp_path: Path) -> None:
    program = """
        import asyncio
        async def worker(queue, lock, total):
            while (item := await queue.get()) is not None:
                async with lock:
                    seen = total[0]
                    await asyncio.sleep(0)
                    total[0] = seen + item
        async def main():
            queue, lock, total = asyncio.Queue(2), asyncio.Lock(), [0]
            tasks = [asyncio.create_task(worker(queue, lock, total), name=f"w{n}") for n in range(3)]
            for item in range(6): await queue.put(item)
            for _ in tasks: await queue.put(None)
            await asyncio.gather(*tasks)
            print(total)
        asyncio.run(main())
        """
    process = hooked(tmp_path, program).main
    handles = {fact.token: at for at, fact in enumerate(process.facts) if fact.kind == "handle"}
    steps = [(at, fact) for at, fact in enumerate(process.facts) if fact.kind == "step"]
    assert len(steps) > 20
    assert all(handles[step.token] < at for at, step in steps)
    assert len(process.of("step")) == len(process.of("step_end"))
    for actor in process.actors.values():
        if actor.kind == "task":
            assert process.of("step", number=actor.number)[0].flags == 1
            assert {step.flags for step in process.of("step", number=actor.number)[1:]} <= {0}
    puts, gets = ([fact.extra for fact in process.syncs(op, type_name="asyncio.queues.Queue")] for op in ("put", "get"))
    assert sorted(puts) == sorted(gets) and len(puts) == 9
    lock = [(fact.op, fact.actor) for fact in process.syncs("acquired", "released", type_name="asyncio.locks.Lock")]
    assert len(lock) == 12
    assert all(op == ("acquired", "released")[at % 2] and lock[at - at % 2][1] == who for at, (op, who) in enumerate(lock))


def test_names_functions_and_ends_of_tasks(tmp_path: Path) -> None:
    program = """
        import asyncio
        async def good(): pass
        async def bad(): raise ValueError("bad")
        async def long(): await asyncio.sleep(60)
        async def main():
            tasks = [asyncio.create_task(what(), name=what.__name__) for what in (good, bad, long)]
            await asyncio.sleep(0)
            tasks[2].cancel()
            print(await asyncio.gather(*tasks, return_exceptions=True))
            tasks[0].set_name("late")
        asyncio.run(main())
        """
    process = hooked(tmp_path, program).main
    assert (last_state(process, "late"), last_state(process, "bad"), last_state(process, "long")) == (FINISHED, FAILED, CANCELLED)
    assert process.named("bad").function.endswith("program.py:4:bad")
    (cancel,) = process.syncs("cancel")
    assert process.actors[cancel.actor].name == "Task-1" and cancel.extra == process.named("long").number


def test_an_exception_nobody_looked_at(tmp_path: Path) -> None:
    program = """
        import asyncio
        async def fail(): raise ValueError("lost")
        async def main():
            asyncio.create_task(fail(), name="early")
            await asyncio.sleep(0)
            kept = asyncio.create_task(fail(), name="kept")
            await asyncio.sleep(0)
            main.kept = kept
        asyncio.run(main())
        """
    process = hooked(tmp_path, program).main
    assert {process.actors[fact.extra].name for fact in process.syncs("exception_unretrieved")} == {"early", "kept"}


def test_a_retrieved_exception_stays_retrieved_and_an_unretrieved_one_is_reported_as_before(tmp_path: Path) -> None:
    program = """
        import asyncio
        async def fail(): raise ValueError("seen")
        async def main():
            task = asyncio.create_task(fail())
            await asyncio.wait([task])
            print(task._log_traceback)
            task.exception()
            print(task._log_traceback)
        asyncio.run(main())
        """
    assert hooked(tmp_path, program).stdout == "True\nFalse\n"


def test_timers_readers_and_threads_make_handles_of_their_kind(tmp_path: Path) -> None:
    program = """
        import asyncio, os, threading
        async def main():
            loop = asyncio.get_running_loop()
            done = asyncio.Event()
            loop.call_later(0.001, print, "later")
            reading, writing = os.pipe()
            def readable():
                print(os.read(reading, 1))
                loop.remove_reader(reading)
                thread = threading.Thread(target=loop.call_soon_threadsafe, args=(done.set,), name="caller")
                thread.start()
                thread.join()
            loop.add_reader(reading, readable)
            os.write(writing, b"x")
            await done.wait()
            await asyncio.sleep(0.01)
            print(await asyncio.to_thread(threading.active_count))
        asyncio.run(main())
        """
    process = hooked(tmp_path, program).main
    by_name = {process.actors[step.number].name: cause(process, step) for step in process.of("step")}
    assert by_name["print"].handle_kind == 2
    assert by_name["main.<locals>.readable"].handle_kind == 3
    assert (by_name["Event.set"].handle_kind, process.actors[by_name["Event.set"].actor].name) == (4, "caller")
    resumed = process.of("step", number=process.named("Task-1").number)
    assert any(process.actors[cause(process, step).actor].name == "Event.set" for step in resumed)


def test_awaiting_what_is_done_already(tmp_path: Path) -> None:
    program = """
        import asyncio
        async def answer(): return 42
        async def main():
            future = asyncio.get_running_loop().create_future()
            future.set_result(1)
            task = asyncio.create_task(answer(), name="answer")
            await asyncio.sleep(0)
            print(await future, await task, future.result())
        asyncio.run(main())
        """
    process = hooked(tmp_path, program).main
    (given,) = process.syncs("result_set", type_name="_asyncio.Future")
    got = process.syncs("result_got", type_name="_asyncio.Future")
    assert {fact.object for fact in got} == {given.object} and len(got) == 2
    joins = [fact for fact in process.syncs("join") if fact.extra == process.named("answer").number]
    assert joins and all(process.actors[fact.actor].name == "Task-1" for fact in joins)


def test_locks_events_conditions_semaphores_and_barriers(tmp_path: Path) -> None:
    program = """
        import asyncio
        async def main():
            event, semaphore, condition, barrier = asyncio.Event(), asyncio.Semaphore(1), asyncio.Condition(), asyncio.Barrier(2)
            async def other():
                async with semaphore: await event.wait()
                async with condition: condition.notify_all()
                await barrier.wait()
            task = asyncio.create_task(other(), name="other")
            await asyncio.sleep(0)
            taking = asyncio.create_task(semaphore.acquire(), name="taking")
            await asyncio.sleep(0)
            async with condition:
                event.set()
                await condition.wait()
            await barrier.wait()
            await task
            print(event.is_set(), await event.wait(), await taking)
            event.clear()
            event.clear()
            semaphore.release()
        asyncio.run(main())
        """
    process = hooked(tmp_path, program).main

    def ops(name: str) -> list[tuple[str, str]]:
        return [(fact.op, process.actors[fact.actor].name) for fact in process.of("sync") if process.type_of(fact.object) == f"asyncio.locks.{name}"]

    assert ops("Event")[:3] == [("wait_begin", "other"), ("event_set", "Task-1"), ("wait_end", "other")]
    assert ops("Event")[3:] == [("event_read", "Task-1"), ("wait_end", "Task-1"), ("event_clear", "Task-1")]
    assert ops("Semaphore") == [
        ("sem_acquired", "other"), ("acquire_request", "taking"), ("sem_released", "other"), ("sem_acquired", "taking"), ("sem_released", "Task-1"),
    ]  # fmt: skip
    assert ("wait_begin", "Task-1") in ops("Condition") and ("wait_end", "Task-1") in ops("Condition") and ("notify_all", "other") in ops("Condition")
    assert sorted(ops("Barrier")) == sorted((op, who) for op in ("barrier_arrive", "barrier_leave") for who in ("Task-1", "other"))
    assert all(fact.flags & 4 for fact in process.of("sync") if process.type_of(fact.object).startswith("asyncio.locks"))


def test_a_suspended_task_says_which_task_it_waits_for(tmp_path: Path) -> None:
    program = """
        import asyncio
        async def inner(): await asyncio.sleep(0.001)
        async def main(): await asyncio.create_task(inner(), name="inner")
        asyncio.run(main())
        """
    process = hooked(tmp_path, program).main
    inner = process.named("inner")
    assert inner.object
    assert inner.object in {fact.waiting_on for fact in process.of("step_end", number=process.named("Task-1").number)}


def test_loops_inside_steps_and_one_after_the_other(tmp_path: Path) -> None:
    program = """
        import asyncio, threading
        async def inner(): await asyncio.sleep(0); return "inner"
        async def main():
            result = []
            thread = threading.Thread(target=lambda: result.append(asyncio.run(inner())), name="other loop")
            thread.start()
            thread.join()
            loop = asyncio.get_running_loop()
            asyncio._set_running_loop(None)
            other = asyncio.new_event_loop()
            result.append(other.run_until_complete(inner()))
            other.close()
            asyncio._set_running_loop(loop)
            await asyncio.sleep(0)
            return result
        print(asyncio.run(main()))
        print(asyncio.run(inner()))
        """
    process = hooked(tmp_path, program).main
    assert len(process.of("step")) == len(process.of("step_end"))
    inner = [actor for actor in process.actors.values() if actor.function.endswith(":inner")]
    assert len(inner) == 3


@pytest.mark.skipif(sys.version_info < (3, 12), reason="eager tasks are new in 3.12")
def test_eager_tasks_step_inside_their_makers_step(tmp_path: Path) -> None:
    program = """
        import asyncio
        async def at_once(): return 1
        async def later(): await asyncio.sleep(0); return 2
        async def main():
            asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
            print(await asyncio.gather(asyncio.create_task(at_once(), name="at once"), asyncio.create_task(later(), name="later")))
        asyncio.run(main())
        """
    process = hooked(tmp_path, program).main
    for name in ("at once", "later"):
        first = process.of("step", number=process.named(name).number)[0]
        assert cause(process, first).handle_kind == 6
        assert process.actors[cause(process, first).actor].name == "Task-1"
    assert last_state(process, "at once") == last_state(process, "later") == FINISHED


@pytest.mark.parametrize("second", ["work()", "first"])
def test_that_gather_finds_a_task_done_does_not_put_it_before_those_that_it_starts(tmp_path: Path, second: str) -> None:
    program = f"""
        import asyncio
        async def work(): return 1
        async def main():
            first = asyncio.create_task(work(), name="first")
            await asyncio.sleep(0)
            print(await asyncio.gather(first, {second}))
        asyncio.run(main())
        """
    process = hooked(tmp_path, program).main
    main, first = process.named("Task-1").number, process.named("first").number
    seen = [at for at, fact in enumerate(process.facts) if fact.kind == "sync" and (fact.op, fact.extra) == ("join", first)]
    steps = [at for at, fact in enumerate(process.facts) if fact.kind == "step" and fact.number not in (main, first)]
    # When both are done, nobody else tells who waits for them.
    assert seen and (second == "first" or min(seen) > min(steps))


def test_tasks_written_in_python(tmp_path: Path) -> None:
    program = """
        import asyncio, asyncio.tasks
        async def work(): await asyncio.sleep(0); return 3
        async def main():
            asyncio.get_running_loop().set_task_factory(lambda loop, coro, **options: asyncio.tasks._PyTask(coro, loop=loop, **options))
            print(await asyncio.create_task(work(), name="work"))
        asyncio.run(main())
        """
    process = hooked(tmp_path, program).main
    assert last_state(process, "work") == FINISHED
    assert len(process.of("step", number=process.named("work").number)) == 2


def test_a_task_written_in_python_is_its_own_actor_also_where_another_one_was(tmp_path: Path) -> None:
    program = """
        import asyncio, asyncio.tasks
        async def work(): await asyncio.sleep(0)
        async def main():
            asyncio.get_running_loop().set_task_factory(lambda loop, coro, **options: asyncio.tasks._PyTask(coro, loop=loop, **options))
            places, again = set(), 0
            for _ in range(400):
                task = asyncio.create_task(work(), name="work")
                again += id(task) in places
                places.add(id(task))
                await task
                del task
            print(again > 20)
        asyncio.run(main())
        """
    recorded = hooked(tmp_path, program)
    assert recorded.stdout == "True\n"
    works = [actor.number for actor in recorded.main.actors.values() if actor.name == "work"]
    assert [len(recorded.main.of("step", number=number)) for number in works] == [2] * 400


def test_errors_debug_mode_and_introspection_are_as_before(tmp_path: Path) -> None:
    program = """
        import asyncio, inspect, re, sys, traceback
        def fail(): raise ValueError("in a callback")
        async def never(): pass
        async def main():
            loop = asyncio.get_running_loop()
            loop.call_soon(fail)
            handle = loop.call_later(1, fail)
            print(re.sub("0x[0-9a-f]+|when=[0-9.]+", "", repr(handle)), [slot for slot in type(handle).__slots__])
            handle.cancel()
            await asyncio.sleep(0)
            task = asyncio.create_task(asyncio.Lock().acquire())
            await task
            print(inspect.iscoroutinefunction(asyncio.Lock.acquire), asyncio.iscoroutinefunction(asyncio.Queue.get), inspect.signature(asyncio.Event.wait))
            print(isinstance(task, asyncio.Task), type(task).__name__, re.sub("0x[0-9a-f]+", "", repr(task)), asyncio.current_task().get_name())
            never()
            def stack(): return [line.name for line in traceback.extract_stack()][-4:]
            loop.call_soon(lambda: print(stack()))
            await asyncio.sleep(0)
            try:
                async with asyncio.timeout(0.001): await asyncio.Event().wait()
            except TimeoutError as error:
                print([line.name for line in traceback.extract_tb(error.__traceback__)], [line.name for line in traceback.extract_tb(error.__cause__.__traceback__)])
            raise KeyError("out")
        asyncio.run(main(), debug="debug" in sys.argv)
        """
    assert "in a callback" in hooked(tmp_path, program).stderr


def test_system_exit_from_a_callback_leaves_the_steps_balanced(tmp_path: Path) -> None:
    program = """
        import asyncio, sys
        async def main():
            asyncio.get_running_loop().call_soon(sys.exit, 5)
            await asyncio.sleep(10)
        asyncio.run(main())
        """
    recorded = hooked(tmp_path, program)
    assert recorded.code == 5
    assert len(recorded.main.of("step")) == len(recorded.main.of("step_end"))


def test_ten_thousand_tasks(tmp_path: Path) -> None:
    program = """
        import asyncio
        async def work(lock, total):
            async with lock: total[0] += 1
            await asyncio.sleep(0)
        async def main():
            lock, total = asyncio.Lock(), [0]
            await asyncio.gather(*(work(lock, total) for _ in range(10_000)))
            print(total)
        asyncio.run(main())
        """
    process = hooked(tmp_path, program).main
    assert process.actor_kinds().count("task") == 10_003
    tokens = {fact.token for fact in process.of("handle")}
    assert {fact.token for fact in process.of("step")} <= tokens
