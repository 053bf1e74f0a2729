"""Deadlocks that happened, lock orders, lost wake-ups and blocking calls, from operations written by hand."""

from __future__ import annotations

import pytest
from causeway_core.analysis.direct_findings import direct_findings
from causeway_core.analysis.document import of_document, to_document
from causeway_core.analysis.wording import Namer, Scene
from causeway_core.graph import SourcePlace
from causeway_core.model import At, Finding
from causeway_core.storage.rows import Waiting
from causeway_core.wire.kinds import SyncOp

from tests.support.trace import PATH, Trace

BLOCKED, BLOCKED_ASYNC = 1, 5


def found(trace: Trace) -> list[Finding]:
    evidence = trace.evidence()
    namer = Namer(evidence, lambda a, b: "nothing orders them")
    return direct_findings(Scene(evidence, namer, lambda at: SourcePlace(PATH, "app.py", 1, "work", At(at))), evidence)


def crossing() -> tuple[Trace, int, int, int, int]:
    trace = Trace("pass")
    return trace, trace.thread("one"), trace.thread("two"), trace.lock("a", "_thread.lock"), trace.lock("b", "_thread.lock")


def test_two_threads_that_wait_for_each_other() -> None:
    trace, one, two, a, b = crossing()
    trace.acquire(one, a)
    trace.acquire(two, b)
    trace.sync(one, SyncOp.ACQUIRE_REQUEST, b, BLOCKED)
    trace.sync(two, SyncOp.ACQUIRE_REQUEST, a, BLOCKED)
    (finding,) = found(trace)
    assert (finding.kind, finding.tier) == ("deadlock", "likely")
    assert "thread one waits for b, held by thread two, which waits for a, held by thread one" in finding.title
    assert "acquire a and b in the same order" in finding.recommendation


def test_a_wait_that_was_answered_is_no_deadlock() -> None:
    trace, one, two, a, b = crossing()
    trace.acquire(one, a)
    trace.acquire(two, b)
    trace.sync(one, SyncOp.ACQUIRE_REQUEST, b, BLOCKED)
    trace.release(two, b)
    trace.acquire(one, b)
    assert not found(trace)


def test_a_deadlock_that_a_time_limit_ended() -> None:
    trace, one, two, a, b = crossing()
    trace.acquire(one, a)
    trace.acquire(two, b)
    trace.sync(one, SyncOp.ACQUIRE_REQUEST, b, BLOCKED)
    trace.sync(two, SyncOp.ACQUIRE_REQUEST, a, BLOCKED)
    trace.sync(two, SyncOp.TIMEOUT, a, BLOCKED)
    trace.release(two, b)
    trace.raises(two, "TimeoutError")
    trace.acquire(one, b)
    (finding,) = found(trace)
    assert finding.kind == "deadlock" and {each.actor for each in finding.accesses} == {"thread one", "thread two"}
    assert "none of these waits ended before one of the actors had given up" in finding.explanation


def test_a_thread_that_backs_off_and_lets_the_other_go_first() -> None:
    trace, one, two, a, b = crossing()
    trace.acquire(one, a)
    trace.acquire(two, b)
    trace.sync(one, SyncOp.ACQUIRE_REQUEST, b, BLOCKED)
    trace.sync(two, SyncOp.ACQUIRE_REQUEST, a, BLOCKED)
    trace.sync(two, SyncOp.TIMEOUT, a, BLOCKED)
    trace.release(two, b)
    trace.acquire(one, b)
    assert not found(trace)


def test_a_wait_that_was_granted_before_the_other_began_is_no_deadlock() -> None:
    trace, one, two, a, b = crossing()
    trace.acquire(one, a)
    trace.acquire(two, b)
    trace.sync(one, SyncOp.ACQUIRE_REQUEST, b, BLOCKED)
    trace.release(two, b)
    trace.acquire(one, b)
    trace.release(one, b)
    trace.acquire(two, b)
    trace.sync(two, SyncOp.ACQUIRE_REQUEST, a, BLOCKED)
    trace.sync(two, SyncOp.TIMEOUT, a, BLOCKED)
    assert not [each for each in found(trace) if "gave up" in each.explanation or "given up" in each.explanation]


def test_a_thread_that_waits_for_a_lock_that_others_release_waits_for_a_signal() -> None:
    trace, worker, boss, a, _ = crossing()
    trace.acquire(worker, a)
    trace.release(boss, a)
    trace.acquire(worker, a)
    trace.sync(worker, SyncOp.ACQUIRE_REQUEST, a, BLOCKED)
    assert not found(trace)


def test_a_library_that_waits_for_a_signal_with_a_time_limit() -> None:
    trace, worker, _, a, _ = crossing()
    taken = trace.acquire(worker, a)
    trace.sync(worker, SyncOp.ACQUIRE_REQUEST, a, BLOCKED, behind=taken)
    trace.sync(worker, SyncOp.TIMEOUT, a, BLOCKED)
    assert not found(trace)


def test_a_thread_that_gives_up_waiting_for_its_own_lock() -> None:
    trace, worker, _, a, _ = crossing()
    trace.acquire(worker, a)
    trace.sync(worker, SyncOp.ACQUIRE_REQUEST, a, BLOCKED)
    trace.sync(worker, SyncOp.TIMEOUT, a, BLOCKED)
    (finding,) = found(trace)
    assert finding.title.endswith("a self-deadlock until the wait was given up") and "given up" in finding.explanation


def test_a_task_that_takes_its_lock_twice() -> None:
    trace = Trace("pass")
    task, lock = trace.task("one"), trace.lock("Account.lock")
    trace.acquire(task, lock)
    trace.sync(task, SyncOp.ACQUIRE_REQUEST, lock, BLOCKED_ASYNC)
    (finding,) = found(trace)
    assert "Account.lock, which the same task already holds" in finding.title


def test_a_task_that_awaits_one_who_wants_its_lock() -> None:
    trace = Trace("pass")
    main, child, lock = trace.task("main"), trace.task("child"), trace.lock("lock")
    trace.acquire(main, lock)
    trace.sync(child, SyncOp.ACQUIRE_REQUEST, lock, BLOCKED_ASYNC)
    trace.waiting = [Waiting(main, trace.actors[child].object, "a task", ()), Waiting(child, lock, "a lock", ())]
    (finding,) = found(trace)
    assert "waits for the end of task child" in finding.title or "held by task main" in finding.title


def test_a_program_in_which_every_actor_waits_is_a_deadlock() -> None:
    trace = Trace("pass")
    loop, main, worker = trace.thread("MainThread"), trace.task("main"), trace.task("worker")
    queue = trace.lock("jobs", "asyncio.queues.Queue")
    interrupted = Waiting(loop, None, "I/O or a timer", ())
    trace.waiting = [interrupted, Waiting(worker, queue, "an item from a queue", ()), Waiting(main, 1 << 32 | 999, "other tasks", ())]
    (finding,) = found(trace)
    assert finding.kind == "deadlock" and "the program hangs" in finding.title
    trace.waiting = [interrupted, Waiting(worker, queue, "an item from a queue", ()), Waiting(main, None, "a timer", ())]
    assert not found(trace)


def test_workers_that_wait_for_more_when_the_program_has_ended_keep_nobody() -> None:
    trace = Trace("pass")
    main, one, two = trace.thread("MainThread"), trace.thread("one"), trace.thread("two")
    queue = trace.lock("jobs", "queue.Queue")
    idle = [Waiting(one, queue, "an item from a queue", ()), Waiting(two, queue, "an item from a queue", ())]
    trace.waiting = idle
    assert not found(trace)
    trace.waiting = [Waiting(main, None, "a queue to be worked off", ()), *idle]
    (finding,) = found(trace)
    assert "the program hangs" in finding.title


def test_locks_taken_in_both_orders_are_a_hint() -> None:
    trace, one, two, a, b = crossing()
    for actor, locks in ((one, (a, b)), (two, (b, a))):
        for lock in locks:
            trace.acquire(actor, lock)
        for lock in reversed(locks):
            trace.release(actor, lock)
    (finding,) = found(trace)
    assert (finding.kind, finding.tier) == ("deadlock", "hint")
    document = to_document(finding)
    assert finding.doubt not in finding.explanation and document["explanation"].endswith(document["doubt"]) and of_document(document) == finding


def test_a_common_gate_or_order_makes_lock_orders_harmless() -> None:
    trace, one, two, a, b = crossing()
    gate = trace.lock("gate", "_thread.lock")
    for actor, locks in ((one, (gate, a, b)), (two, (gate, b, a))):
        for lock in locks:
            trace.acquire(actor, lock)
        for lock in reversed(locks):
            trace.release(actor, lock)
    assert not found(trace)
    trace, one, two, a, b = crossing()
    for lock in (a, b):
        trace.acquire(one, lock)
    for lock in (b, a):
        trace.release(one, lock)
    trace.edge(trace.event(one), trace.event(two))
    for lock in (b, a):
        trace.acquire(two, lock)
    assert not found(trace)


def test_a_notification_that_nobody_waited_for() -> None:
    trace = Trace("pass")
    one, two, condition = trace.thread("producer"), trace.thread("consumer"), trace.lock("ready", "threading.Condition")
    trace.sync(one, SyncOp.NOTIFY, condition)
    trace.sync(two, SyncOp.WAIT_BEGIN, condition, BLOCKED)
    (finding,) = found(trace)
    assert finding.kind == "lost_wakeup" and "thread producer notified ready before thread consumer waited" in finding.title


def test_a_notification_that_was_heard_is_not_lost() -> None:
    trace = Trace("pass")
    one, two, condition = trace.thread("producer"), trace.thread("consumer"), trace.lock("ready", "threading.Condition")
    trace.sync(two, SyncOp.WAIT_BEGIN, condition, BLOCKED)
    trace.sync(one, SyncOp.NOTIFY, condition)
    trace.sync(two, SyncOp.WAIT_END, condition)
    assert not found(trace)


@pytest.mark.parametrize("seen", [True, False])
def test_an_event_that_was_found_set_and_then_cleared_was_not_missed(seen: bool) -> None:
    trace = Trace("pass")
    one, two, event = trace.thread("producer"), trace.thread("consumer"), trace.lock("ready", "threading.Event")
    trace.sync(one, SyncOp.EVENT_SET, event)
    trace.sync(two if seen else trace.thread("other"), SyncOp.WAIT_END, event)
    trace.sync(two, SyncOp.EVENT_CLEAR, event)
    trace.sync(two, SyncOp.WAIT_BEGIN, event, BLOCKED)
    assert [each.kind for each in found(trace)] == ([] if seen else ["lost_wakeup"])


def test_a_lock_for_threads_held_across_an_await() -> None:
    trace = Trace("pass")
    one, lock = trace.task("one"), trace.lock("Client.lock", "_thread.lock")
    trace.sync(one, SyncOp.ACQUIRED, lock)
    trace.step(one)
    trace.release(one, lock)
    (finding,) = found(trace)
    assert finding.kind == "blocking_call" and "asyncio.Lock" in finding.recommendation


def test_a_lock_for_threads_released_before_the_await_is_fine() -> None:
    trace = Trace("pass")
    one, lock = trace.task("one"), trace.lock("Client.lock", "_thread.lock")
    trace.sync(one, SyncOp.ACQUIRED, lock)
    trace.release(one, lock)
    trace.step(one)
    assert not found(trace)
