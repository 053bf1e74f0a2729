"""Edges of happens-before from synchronization facts."""

from __future__ import annotations

import pytest

from tests.support.facts import Facts

LOCK, EVENT, CONDITION, SEMAPHORE, QUEUE, FUTURE, BARRIER = range(1, 8)
ASYNC = 4


@pytest.fixture
def facts() -> Facts:
    return Facts()


def test_release_happens_before_the_next_acquisition_softly(facts: Facts) -> None:
    a, b = facts.thread("a"), facts.thread("b")
    facts.sync(a, "acquired", LOCK)
    released = facts.sync(a, "released", LOCK)
    acquired = facts.sync(b, "acquired", LOCK)
    facts.sync(b, "released", LOCK)
    facts.sync(b, "acquired", LOCK)
    assert facts.edges() == [(released, acquired, "lock", False)]


def test_locks_inside_libraries_order_nothing(facts: Facts) -> None:
    a, b = facts.thread("a"), facts.thread("b")
    facts.label(LOCK, None, "_thread.lock")
    facts.sync(a, "released", LOCK)
    facts.sync(b, "acquired", LOCK)
    assert facts.edges() == []


@pytest.mark.parametrize("flag", [0, 2])
def test_only_the_outermost_release_of_a_reentrant_lock_counts(facts: Facts, flag: int) -> None:
    a, b = facts.thread("a"), facts.thread("b")
    facts.sync(a, "acquired", LOCK)
    facts.sync(a, "acquired", LOCK, flags=flag)
    facts.sync(a, "released", LOCK, flags=flag)
    released = facts.sync(a, "released", LOCK)
    acquired = facts.sync(b, "acquired", LOCK)
    assert facts.edges() == [(released, acquired, "lock", False)]


def test_a_lock_released_by_another_thread_than_its_owner_is_a_signal_and_must_be(facts: Facts) -> None:
    a, b = facts.thread("a"), facts.thread("b")
    facts.sync(a, "acquired", LOCK)
    released = facts.sync(b, "released", LOCK)
    acquired = facts.sync(a, "acquired", LOCK)
    assert facts.edges() == [(released, acquired, "lock", True)]


def test_a_signal_by_a_lock_inside_a_library_counts(facts: Facts) -> None:
    a, b = facts.thread("a"), facts.thread("b")
    facts.label(LOCK, None, "_thread.lock")
    facts.sync(a, "acquired", LOCK)
    released = facts.sync(b, "released", LOCK)
    acquired = facts.sync(a, "acquired", LOCK)
    assert facts.edges() == [(released, acquired, "lock", True)]


def test_semaphore_of_one_is_a_lock_and_of_two_lets_two_in(facts: Facts) -> None:
    a, b, c = facts.thread("a"), facts.thread("b"), facts.thread("c")
    facts.sync(a, "sem_acquired", SEMAPHORE)
    facts.sync(b, "sem_acquired", SEMAPHORE)
    first = facts.sync(a, "sem_released", SEMAPHORE)
    third = facts.sync(c, "sem_acquired", SEMAPHORE)
    facts.sync(a, "sem_acquired", LOCK)
    released = facts.sync(a, "sem_released", LOCK)
    acquired = facts.sync(b, "sem_acquired", LOCK)
    assert facts.edges() == [(first, third, "semaphore", False), (released, acquired, "semaphore", False)]


def test_set_ends_the_waits_that_began_before_it_even_if_cleared_at_once(facts: Facts) -> None:
    setter, waiter, late = facts.thread("setter"), facts.thread("waiter"), facts.thread("late")
    facts.sync(waiter, "wait_begin", EVENT)
    was_set = facts.sync(setter, "event_set", EVENT)
    facts.sync(setter, "event_clear", EVENT)
    facts.sync(late, "wait_begin", EVENT)
    ended = facts.sync(waiter, "wait_end", EVENT)
    facts.sync(late, "wait_end", EVENT)
    assert facts.edges() == [(was_set, ended, "event", True)]


def test_reading_a_set_event_is_ordered_after_the_set_and_reading_a_clear_one_is_not(facts: Facts) -> None:
    setter, reader = facts.thread("setter"), facts.thread("reader")
    facts.sync(reader, "event_read", EVENT)
    was_set = facts.sync(setter, "event_set", EVENT)
    read = facts.sync(reader, "event_read", EVENT)
    assert facts.edges() == [(was_set, read, "event", True)]


def test_notify_wakes_the_oldest_waiter_and_notify_all_the_rest(facts: Facts) -> None:
    notifier, waiters = facts.thread("notifier"), [facts.thread(f"w{i}") for i in range(3)]
    for waiter in waiters:
        facts.sync(waiter, "wait_begin", CONDITION)
    one = facts.sync(notifier, "notify", CONDITION, extra=1)
    everyone = facts.sync(notifier, "notify_all", CONDITION)
    ends = [facts.sync(waiter, "wait_end", CONDITION) for waiter in waiters]
    assert facts.edges() == [(one, ends[0], "condition", True), (everyone, ends[1], "condition", True), (everyone, ends[2], "condition", True)]


def test_a_wait_that_timed_out_has_no_cause(facts: Facts) -> None:
    notifier, waiter = facts.thread("notifier"), facts.thread("waiter")
    facts.sync(waiter, "wait_begin", CONDITION)
    facts.sync(waiter, "timeout", CONDITION)
    facts.sync(notifier, "notify", CONDITION)
    facts.sync(waiter, "wait_begin", CONDITION)
    facts.sync(waiter, "timeout", CONDITION)
    assert facts.edges() == []


def test_barrier_orders_all_arrivals_before_all_departures_of_each_generation(facts: Facts) -> None:
    a, b = facts.thread("a"), facts.thread("b")
    first, last = facts.sync(a, "barrier_arrive", BARRIER), facts.sync(b, "barrier_arrive", BARRIER)
    facts.sync(b, "barrier_leave", BARRIER)
    again = facts.sync(b, "barrier_arrive", BARRIER)
    left = facts.sync(a, "barrier_leave", BARRIER)
    closing = facts.sync(a, "barrier_arrive", BARRIER)
    facts.sync(a, "barrier_leave", BARRIER)
    left_again = facts.sync(b, "barrier_leave", BARRIER)
    assert facts.edges() == sorted([
        (first, last, "barrier", True), (last, left, "barrier", True), (again, closing, "barrier", True), (closing, left_again, "barrier", True),
    ])


def test_what_the_last_one_does_before_it_opens_the_barrier_comes_after_all_arrivals_and_before_all_departures(facts: Facts) -> None:
    a, b = facts.thread("a"), facts.thread("b")
    first, last = facts.sync(a, "barrier_arrive", BARRIER), facts.sync(b, "barrier_arrive", BARRIER)
    opened = facts.sync(b, "barrier_arrive", BARRIER)
    facts.sync(b, "barrier_leave", BARRIER)
    left = facts.sync(a, "barrier_leave", BARRIER)
    assert facts.edges() == sorted([(first, last, "barrier", True), (opened, left, "barrier", True)])


def test_items_are_paired_by_token_else_in_order(facts: Facts) -> None:
    producer, consumer = facts.thread("producer"), facts.thread("consumer")
    x, y = facts.sync(producer, "put", QUEUE, extra=11), facts.sync(producer, "put", QUEUE, extra=12)
    plain = facts.sync(producer, "put", SEMAPHORE)
    got_y, got_x = facts.sync(consumer, "get", QUEUE, extra=12), facts.sync(consumer, "get", QUEUE, extra=11)
    got = facts.sync(consumer, "get", SEMAPHORE)
    blocked = facts.sync(producer, "put", QUEUE, extra=13, flags=1)
    assert facts.edges() == sorted([
        (x, got_x, "queue", True), (y, got_y, "queue", True), (plain, got, "queue", True), (got_x, blocked, "queue", False),
    ])


def test_submit_run_result_and_join(facts: Facts) -> None:
    main, worker = facts.thread("main"), facts.thread("worker")
    submitted = facts.sync(main, "submit", FUTURE, extra=5)
    ran = facts.sync(worker, "run", FUTURE, extra=5)
    done = facts.sync(worker, "result_set", FUTURE)
    got = facts.sync(main, "result_got", FUTURE)
    ended = facts.sync(worker, "end")
    joined = facts.sync(main, "join", extra=worker)
    facts.at(worker)
    assert facts.edges() == sorted([
        (submitted, ran, "executor", True), (done, got, "future", True), (ended, joined, "join", True),
    ])


def test_fork_happens_before_everything_of_the_child(facts: Facts) -> None:
    main = facts.thread("main")
    forked = facts.sync(main, "fork", extra=2)
    child = facts.thread("child", created_at=forked)
    first = facts.database.execute("SELECT first_at FROM actor WHERE id = ?", (child,)).fetchone()[0]
    assert facts.edges() == [(forked, first, "fork", True)]


def test_a_task_is_created_then_woken_by_a_lock_released_around_its_handle(facts: Facts) -> None:
    loop = facts.thread("loop")
    created = facts.handle(loop)
    owner, waiter = facts.task(loop, "owner"), facts.task(loop, "waiter")
    first = facts.step(waiter, created)
    facts.sync(waiter, "acquire_request", LOCK, flags=ASYNC)
    facts.step_end(waiter)
    facts.step(owner)
    facts.sync(owner, "released", LOCK, flags=ASYNC)
    handle = facts.handle(owner, gap=0)
    facts.sync(owner, "result_set", FUTURE, gap=0, flags=ASYNC)
    facts.step_end(owner)
    resumed = facts.step(waiter, handle)
    got = facts.sync(waiter, "result_got", FUTURE)
    edges = facts.edges()
    assert (created, first, "fork", True) in edges
    assert (handle, resumed, "lock", False) in edges
    assert [edge[3] for edge in edges if edge[1] == got] == [False]


def test_a_release_does_not_wake_a_task_that_waits_for_something_else(facts: Facts) -> None:
    loop = facts.thread("loop")
    owner, other = facts.task(loop, "owner"), facts.task(loop, "other")
    facts.step(other, facts.handle(loop))
    facts.step_end(other)
    facts.step(owner)
    facts.sync(owner, "sem_released", LOCK, flags=ASYNC)
    handle = facts.handle(owner, gap=0)
    facts.at(owner)
    facts.step_end(owner)
    resumed = facts.step(other, handle)
    assert (handle, resumed, "call_soon", True) in facts.edges()


def test_all_waiters_of_one_set_are_woken_by_it_and_a_later_handle_is_not(facts: Facts) -> None:
    loop = facts.thread("loop")
    setter, waiters = facts.task(loop, "setter"), [facts.task(loop, f"w{i}") for i in range(4)]
    for waiter in waiters:
        facts.step(waiter)
        facts.step_end(waiter)
    facts.step(setter)
    facts.sync(setter, "event_set", EVENT, flags=ASYNC)
    handles = []
    for index in range(3):
        handles.append(facts.handle(setter, gap=0))
        facts.sync(setter, "result_set", FUTURE + index, gap=0, flags=ASYNC)
    handles.append(facts.handle(setter))
    facts.step_end(setter)
    for waiter, handle in zip(waiters, handles, strict=True):
        facts.step(waiter, handle)
    assert [edge[2] for edge in facts.edges() if edge[0] in handles] == ["event", "event", "event", "call_soon"]


def test_a_handle_behind_a_result_or_a_thread_lock_belongs_to_neither_unless_it_stands_in_the_call(facts: Facts) -> None:
    loop = facts.thread("loop")
    setter, waiters = facts.task(loop, "setter"), [facts.task(loop, f"w{i}") for i in range(3)]
    for waiter in waiters:
        facts.step(waiter)
        facts.step_end(waiter)
    facts.step(setter)
    before_result = facts.handle(setter)
    facts.sync(setter, "result_set", FUTURE, gap=0, flags=ASYNC)
    facts.sync(setter, "released", LOCK)
    after_thread_lock = facts.handle(setter, gap=0)
    facts.sync(setter, "released", LOCK, flags=ASYNC)
    a_line_later = facts.handle(setter, gap=1)
    facts.step_end(setter)
    for waiter, handle in zip(waiters, (before_result, after_thread_lock, a_line_later), strict=True):
        facts.step(waiter, handle)
    kinds = {edge[0]: edge[2] for edge in facts.edges()}
    assert [kinds[handle] for handle in (before_result, after_thread_lock, a_line_later)] == ["future", "call_soon", "call_soon"]


def test_a_task_that_awaits_another_is_woken_by_its_end(facts: Facts) -> None:
    loop = facts.thread("loop")
    child, parent = facts.task(loop, "child"), facts.task(loop, "parent")
    facts.step(parent)
    facts.step_end(parent)
    facts.step(child)
    handle = facts.handle(child)
    facts.step_end(child, "finished", gap=0)
    woken = facts.step(parent, handle)
    assert (handle, woken, "join", True) in facts.edges()


def test_processes_are_ordered_by_spawn_and_messages(facts: Facts) -> None:
    parent = facts.thread("parent", process=1)
    started, sent = facts.at(parent), facts.at(parent)
    child = facts.thread("child", process=2)
    first, received = facts.database.execute("SELECT first_at FROM actor WHERE id = ?", (child,)).fetchone()[0], facts.at(child)
    facts.database.execute("UPDATE stream SET number = 0 WHERE process = 2")
    facts.database.execute("UPDATE process SET parent = 1, parent_at = ? WHERE id = 2", (started,))
    facts.database.execute("INSERT INTO message VALUES (1, 'k', NULL, ?, ?, 'pipe')", (sent, received))
    assert facts.edges() == [(started, first, "spawn", True), (sent, received, "message", True)]


@pytest.mark.parametrize(("database", "ordered"), [("bank.db", True), (":memory:", False)])
def test_commit_happens_before_the_next_statement_on_the_row(facts: Facts, database: str, ordered: bool) -> None:
    a, b = facts.thread("a"), facts.thread("b")
    insert = ('INSERT INTO sql (at, actor, system, connection, statement, access, rows, "transaction", started_ns, details) '
              f"VALUES (?, ?, 'sqlite', ?, '', ?, ?, ?, 0, '{{\"database\": \"{database}\"}}')")
    row = '[["accounts", 7]]'
    facts.database.execute(insert, (facts.at(a), a, 1, "write", row, 1))
    facts.database.execute(insert, (facts.at(b), b, 2, "read", row, None))
    commit = facts.at(a)
    facts.database.execute(insert, (commit, a, 1, "transaction", None, 1))
    read = facts.at(b)
    facts.database.execute(insert, (read, b, 2, "read", row, None))
    assert facts.edges() == ([(commit, read, "transaction", False)] if ordered else [])


def test_deriving_again_gives_the_same_edges(facts: Facts) -> None:
    a, b = facts.thread("a"), facts.thread("b")
    facts.sync(a, "released", LOCK)
    facts.sync(b, "acquired", LOCK)
    assert facts.edges() == facts.edges() != []


def test_every_task_done_happens_before_the_join_of_a_queue(facts: Facts) -> None:
    a, b, joiner = facts.thread("a"), facts.thread("b"), facts.thread("joiner")
    facts.label(CONDITION, "Queue.all_tasks_done", "threading.Condition")
    facts.sync(a, "sem_released", CONDITION)
    done = [facts.sync(a, "sem_released", CONDITION), facts.sync(b, "sem_released", CONDITION)]
    joined = facts.sync(joiner, "sem_acquired", CONDITION)
    assert facts.edges() == [(done[0], joined, "queue", True), (done[1], joined, "queue", True)]


def test_one_notify_for_several_waiters_reaches_all_that_went_on(facts: Facts) -> None:
    notifier, waiters = facts.thread("notifier"), [facts.thread(f"w{i}") for i in range(3)]
    for waiter in waiters:
        facts.sync(waiter, "wait_begin", CONDITION)
    notified = facts.sync(notifier, "notify", CONDITION)
    ends = [facts.sync(waiter, "wait_end", CONDITION) for waiter in waiters[:2]]
    assert facts.edges() == [(notified, end, "condition", True) for end in ends]


def test_seeing_a_future_done_is_ordered_after_its_result(facts: Facts) -> None:
    worker, poller = facts.thread("worker"), facts.thread("poller")
    facts.sync(poller, "event_read", FUTURE)
    done = facts.sync(worker, "result_set", FUTURE)
    seen = facts.sync(poller, "event_read", FUTURE, extra=1)
    assert facts.edges() == [(done, seen, "future", True)]
