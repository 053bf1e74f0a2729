"""threading: who started whom, what waited for what, and locks that stay what they were."""

from __future__ import annotations

from pathlib import Path

from tests.sdk.hooked import hooked
from tests.sdk.spool_facts import Fact, ProcessFacts


def positions(process: ProcessFacts, *facts: Fact) -> list[int]:
    return [process.facts.index(fact) for fact in facts]


def test_a_thread_is_an_actor_from_fork_to_join(tmp_path: Path) -> None:
    program = """
        import threading
        def work(): print("working in", threading.current_thread().name)
        thread = threading.Thread(target=work, name="worker")
        thread.start()
        thread.join()
        """
    process = hooked(tmp_path, program).main
    main, worker = process.named("MainThread"), process.named("worker")
    (fork,), (begin,), (end,), (join,) = (process.syncs(op) for op in ("fork", "begin", "end", "join"))
    assert (fork.actor, begin.actor, end.actor, join.actor) == (main.number, worker.number, worker.number, main.number)
    assert fork.extra == begin.extra == end.extra == join.extra == worker.number
    assert fork.object == join.object == worker.object
    order = positions(process, fork, begin, end, join)
    assert order == sorted(order)
    assert worker.function.endswith("program.py:3:work")


def test_the_first_record_of_a_stream_is_its_threads_actor(tmp_path: Path) -> None:
    program = """
        import threading
        threads = [threading.Thread(target=print, name=f"t{n}", args=(n,)) for n in range(3)]
        for thread in threads: thread.start(); thread.join()
        """
    process = hooked(tmp_path, program).main
    firsts = {}
    for fact in process.facts:
        firsts.setdefault(fact.stream, fact)
    assert {fact.kind for fact in firsts.values()} == {"actor"}
    assert [fact.name for _, fact in sorted(firsts.items())] == ["MainThread", "t0", "t1", "t2"]


def test_a_subclass_with_its_own_run_and_a_later_name(tmp_path: Path) -> None:
    program = """
        import threading
        class Worker(threading.Thread):
            def run(self): self.name = "renamed"
        worker = Worker()
        worker.start()
        worker.join()
        print(worker.name)
        """
    process = hooked(tmp_path, program).main
    assert process.named("renamed").function.endswith("Worker.run")


def test_a_thread_that_is_renamed_before_it_starts_is_not_the_one_that_was_there_before(tmp_path: Path) -> None:
    program = """
        import threading
        places, again = set(), 0
        for n in range(100):
            thread = threading.Thread(target=len, args=("",))
            again += id(thread) in places
            places.add(id(thread))
            thread.name = f"thread {n}"
            thread.start()
            thread.join()
            del thread
        print(again > 10)
        """
    recorded = hooked(tmp_path, program)
    assert recorded.stdout == "True\n"
    assert [actor.name for actor in recorded.main.actors.values()] == ["MainThread", *(f"thread {n}" for n in range(100))]


def test_raw_threads_and_threads_that_fail(tmp_path: Path) -> None:
    program = """
        import _thread, threading
        done = _thread.allocate_lock()
        done.acquire()
        _thread.start_new_thread(lambda: done.release(), ())
        done.acquire()
        def fail(): raise ValueError("from a thread")
        thread = threading.Thread(target=fail, name="failing")
        thread.start()
        thread.join()
        try:
            _thread.start_new_thread(None, ())
        except TypeError as error:
            print(error)
        """
    process = hooked(tmp_path, program).main
    assert process.actor_kinds().count("thread") == 3
    assert len(process.syncs("begin")) == len(process.syncs("end")) == 2


def test_locks_say_whether_they_blocked_and_what_became_of_it(tmp_path: Path) -> None:
    program = """
        import threading
        lock = threading.Lock()
        with lock:
            print(lock.acquire(timeout=0.01), lock.acquire(blocking=False))
        print(lock.acquire(), lock.locked())
        lock.release()
        try:
            lock.release()
        except RuntimeError as error:
            print(error)
        """
    process = hooked(tmp_path, program).main
    (request,) = process.syncs("acquire_request")
    ops = [(fact.op, fact.flags) for fact in process.of("sync", object=request.object)]
    assert ops == [("acquired", 0), ("acquire_request", 1), ("timeout", 1), ("acquire_failed", 0), ("released", 0), ("acquired", 0), ("released", 0)]


def test_a_reentrant_lock_counts(tmp_path: Path) -> None:
    program = """
        import threading
        lock = threading.RLock()
        def use():
            with lock, lock: pass
        thread = threading.Thread(target=use, name="user")
        thread.start()
        thread.join()
        """
    process = hooked(tmp_path, program).main
    user = process.named("user").number
    ops = [(fact.op, fact.flags) for fact in process.syncs("acquired", "released", type_name="_thread.RLock", actor=user)]
    wanted = [("acquired", 0), ("acquired", 2), ("released", 2), ("released", 0)]
    assert any(ops[at : at + 4] == wanted for at in range(len(ops)))


def test_a_lock_that_is_never_free_is_asked_for_before_it_blocks(tmp_path: Path) -> None:
    """The request is in the spool though the thread never got the lock."""
    program = """
        import os, threading
        lock = threading.Lock()
        lock.acquire()
        thread = threading.Thread(target=lock.acquire, daemon=True, name="stuck")
        thread.start()
        thread.join(0.2)
        os._exit(0)
        """
    process = hooked(tmp_path, program).main
    stuck = process.named("stuck").number
    assert [fact.op for fact in process.syncs("acquire_request", "acquired", type_name="_thread.lock", actor=stuck)][-1] == "acquire_request"
    assert process.syncs("timeout", type_name="threading.Thread")


def test_conditions_events_semaphores_and_barriers(tmp_path: Path) -> None:
    program = """
        import threading
        condition, event, semaphore, barrier = threading.Condition(), threading.Event(), threading.BoundedSemaphore(1), threading.Barrier(2)
        def work():
            event.wait()
            with condition: condition.notify_all()
            with semaphore: pass
            barrier.wait()
        thread = threading.Thread(target=work, name="worker")
        thread.start()
        with condition:
            event.set()
            condition.wait()
        barrier.wait()
        thread.join()
        print(event.is_set(), event.wait(0), semaphore.acquire(), semaphore.acquire(blocking=False))
        event.clear()
        print(event.wait(0.01))
        """
    process = hooked(tmp_path, program).main
    worker, main = process.named("worker").number, process.named("MainThread").number

    def ops(name: str, actor: int) -> list[str]:
        own = [fact for fact in process.of("sync") if process.type_of(fact.object) == f"threading.{name}" and fact.actor == actor]
        return [fact.op for fact in own]

    assert ops("Condition", main)[-2:] == ["wait_begin", "wait_end"]
    assert "notify_all" in ops("Condition", worker)
    assert ops("BoundedSemaphore", worker) == ["sem_acquired", "sem_released"]
    assert ops("BoundedSemaphore", main) == ["sem_acquired", "acquire_failed"]
    arrives, leaves = "barrier_arrive", "barrier_leave"
    assert sorted([ops("Barrier", worker), ops("Barrier", main)]) == [[arrives, arrives, leaves], [arrives, leaves]], "who arrives last opens it"
    (set_at,) = [process.facts.index(fact) for fact in process.syncs("event_set", type_name="threading.Event", actor=main)][-1:]
    assert process.syncs("wait_end", type_name="threading.Event", actor=worker)
    assert process.facts.index(process.syncs("wait_end", type_name="threading.Event", actor=worker)[-1]) > set_at
    assert ops("Event", main)[-3:] == ["event_clear", "wait_begin", "timeout"]


def test_the_insides_of_queues_and_events_say_nothing_themselves(tmp_path: Path) -> None:
    program = """
        import queue, threading
        class Counting(queue.Queue):
            def _put(self, item): super()._put(item); self.count = getattr(self, "count", 0) + 1
        plain, own = queue.Queue(), Counting()
        for n in range(100): plain.put(n)
        own.put(1)
        """
    process = hooked(tmp_path, program).main
    assert len(process.syncs("put")) == 101
    locks = process.syncs("acquired", type_name="_thread.lock")
    assert 0 < len(locks) < 20  # the lock of the program's own subclass protects the program's own state


def test_locks_and_threads_look_as_before(tmp_path: Path) -> None:
    program = """
        import _thread, inspect, pickle, re, threading
        lock, rlock = threading.Lock(), threading.RLock()
        print(type(lock), type(rlock), isinstance(lock, _thread.LockType), re.sub("0x[0-9a-f]+", "", repr(lock)), callable(lock.acquire))
        print(type(lock).acquire, type(lock.acquire), lock.acquire.__name__, lock.__enter__.__doc__ == lock.acquire.__doc__)
        try:
            pickle.dumps(lock)
        except TypeError as error:
            print(error)
        print(inspect.signature(threading.Condition.wait), inspect.signature(threading.Thread.join), threading.Thread.start.__code__.co_firstlineno)
        print(inspect.getsource(threading.Event.wait)[:40], threading.Event.wait.__qualname__, threading.Event.wait.__defaults__)
        def where():
            try:
                threading.Condition().wait()
            except RuntimeError as error:
                frame = error.__traceback__.tb_next.tb_frame
                return frame.f_code.co_qualname, error.__traceback__.tb_next.tb_lineno - frame.f_code.co_firstlineno
        print(where())
        threading.Condition().notify()
        """
    assert "cannot notify on un-acquired lock" in hooked(tmp_path, program).stderr
