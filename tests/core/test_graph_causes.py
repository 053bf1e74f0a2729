"""Predecessors, chains, slices, held locks and clocks, over facts without source."""

from __future__ import annotations

import pytest
from causeway_core.graph import CausalGraph
from causeway_core.model import At, Step
from causeway_core.wire.kinds import SyncFlag

from tests.support.facts import Facts

LOCK, FUTURE, QUEUE, EVENT, OTHER_FUTURE = range(1, 6)


@pytest.fixture
def facts() -> Facts:
    facts = Facts()
    facts.label(LOCK, "Account.lock")
    facts.label(QUEUE, "Shop.orders")
    return facts


def reasons(graph: CausalGraph, at: At) -> list[str]:
    return [predecessor.reason for predecessor in graph.predecessors(at)]


def step_at(graph: CausalGraph, at: At) -> Step:
    step = graph.recording.step_at(at)
    assert step is not None
    return step


def lost_update(facts: Facts) -> dict[str, At]:
    """Two tasks of main read a balance, then both write it."""
    main = facts.thread("main")
    balance = facts.location("Account.balance")
    at = {"first write": facts.access(main, "write", balance, 1000)}
    tasks = []
    for name in ("a", "b"):
        at[f"create {name}"] = facts.handle(main)
        tasks.append(facts.task(main, name))
    for task, name in zip(tasks, "ab", strict=True):
        facts.step(task, at[f"create {name}"])
        at[f"read {name}"] = facts.access(task, "read", balance, 1000)
        timer = facts.handle(task)
        facts.step_end(task)
        at[f"timer {name}"] = timer
    for task, name in zip(tasks, "ab", strict=True):
        facts.step(task, at[f"timer {name}"], cause=2)
        at[f"write {name}"] = facts.access(task, "write", balance, 900)
        facts.step_end(task)
    return at


def test_a_woken_task_names_the_release_and_a_created_one_its_creator(facts: Facts) -> None:
    main = facts.thread("main")
    created = facts.handle(main)
    owner, waiter = facts.task(main, "transfer-2"), facts.task(main, "transfer-1")
    first = facts.step(waiter, created)
    facts.sync(waiter, "acquire_request", LOCK, flags=4)
    facts.step_end(waiter)
    facts.step(owner)
    facts.sync(owner, "released", LOCK, flags=4)
    handle = facts.handle(owner, gap=0)
    facts.step_end(owner)
    resumed = facts.step(waiter, handle)
    facts.sync(waiter, "acquired", LOCK, flags=1 | 4)
    graph = facts.graph()
    assert "created by thread main" in reasons(graph, first)
    assert "woken by release of `Account.lock` in task transfer-2" in reasons(graph, resumed)
    cause = graph.cause_of_step(step_at(graph, resumed))
    assert cause is not None and (cause.at, cause.kind) == (handle, "lock")
    assert any(effect.at == resumed and "wakes task transfer-1" in effect.reason for effect in graph.successors(handle))


def test_an_item_and_a_read_value_are_predecessors(facts: Facts) -> None:
    producer, consumer = facts.thread("producer"), facts.thread("consumer")
    total = facts.location("Shop.total")
    written = facts.access(producer, "write", total, 5)
    facts.sync(producer, "put", QUEUE, extra=1)
    got = facts.sync(consumer, "get", QUEUE, extra=1)
    read = facts.access(consumer, "read", total, 5)
    graph = facts.graph()
    assert "received an item put into `Shop.orders` by thread producer" in reasons(graph, got)
    assert "reads Shop.total = 5, written by thread producer" in reasons(graph, read)
    assert [effect.at for effect in graph.successors(written) if effect.kind == "reads_from"] == [read]


def test_a_read_sees_the_last_write_in_total_order_not_in_its_own_actor(facts: Facts) -> None:
    at = lost_update(facts)
    graph = facts.graph()
    assert [p.at for p in graph.predecessors(at["read b"]) if p.kind == "reads_from"] == [at["first write"]]


def test_a_write_has_the_write_it_replaced_as_its_first_cause_and_its_own_line_before_as_the_last(facts: Facts) -> None:
    at = lost_update(facts)
    causes = facts.graph().predecessors(at["write b"])
    assert (causes[0].at, causes[0].kind, causes[0].reason) == (at["write a"], "overwrites", "Account.balance was last written by task a")
    assert all(cause.actor == causes[-1].actor for cause in causes[1:])


def test_chain_of_a_lost_update_names_the_stale_read_and_the_other_write(facts: Facts) -> None:
    at = lost_update(facts)
    chain = facts.graph().chain(at["write b"])
    assert [link.at for link in chain] == [at["write b"], at["read b"], at["create b"]]
    assert chain[0].text == "task b: wrote Account.balance = 900"
    assert chain[1].text == "based on Account.balance = 1000, read at task b, before it was written by task a"
    assert chain[2].text == "created by thread main"


def test_slice_holds_both_values_and_ends_at_the_common_ancestor(facts: Facts) -> None:
    at = lost_update(facts)
    graph = facts.graph()
    whole = {link.at for link in graph.slice(at["write b"])}
    assert {at["write b"], at["read b"], at["first write"], at["create b"]} <= whole
    assert graph.common_ancestor(at["write a"], at["write b"]) == at["create a"]
    cut = {link.at for link in graph.slice(at["write b"], other=at["write a"])}
    assert at["first write"] not in cut and at["read b"] in cut


def test_two_writes_are_concurrent_and_the_words_say_why(facts: Facts) -> None:
    at = lost_update(facts)
    graph = facts.graph()
    assert graph.concurrent(at["write a"], at["write b"])
    assert graph.happens_before(at["first write"], at["read b"])
    assert graph.why_unordered(at["write a"], at["write b"]) == (
        "nothing orders them since thread main; neither holds a lock"
    )


def test_lock_order_is_full_but_not_must_order(facts: Facts) -> None:
    a, b = facts.thread("a"), facts.thread("b")
    facts.sync(a, "acquired", LOCK)
    inside_a = facts.at(a)
    facts.sync(a, "released", LOCK)
    facts.sync(b, "acquired", LOCK)
    inside_b = facts.at(b)
    graph = facts.graph()
    assert graph.happens_before(inside_a, inside_b)
    assert graph.concurrent(inside_a, inside_b, must=True)
    assert graph.why_unordered(inside_a, inside_b).endswith("each holds `Account.lock`, in sections that can come in either order")


@pytest.mark.parametrize(("flags", "ordered"), [(0, True), (SyncFlag.DETACHED, False)])
def test_calls_of_one_thread_order_their_submitters_unless_they_are_detached(flags: int, ordered: bool, facts: Facts) -> None:
    a, b, driver = facts.thread("a"), facts.thread("b"), facts.thread("driver")
    before = facts.at(a)
    facts.sync(a, "submit", FUTURE, extra=1)
    facts.sync(driver, "run", FUTURE, extra=1, flags=flags)
    facts.sync(b, "submit", OTHER_FUTURE, extra=2)
    facts.sync(driver, "run", OTHER_FUTURE, extra=2, flags=flags)
    facts.sync(driver, "result_set", OTHER_FUTURE)
    facts.sync(b, "result_got", OTHER_FUTURE)
    after = facts.at(b)
    graph = facts.graph()
    assert graph.happens_before(before, after)
    assert graph.happens_before(before, after, must=True) is ordered


def test_held_locks_have_acquisition_numbers_and_end_at_release(facts: Facts) -> None:
    a, b = facts.thread("a"), facts.thread("b")
    before = facts.at(a)
    facts.sync(a, "acquired", LOCK)
    first = facts.at(a)
    facts.sync(a, "acquired", LOCK, flags=2)
    facts.sync(a, "acquired", EVENT)
    both = facts.at(a)
    facts.sync(a, "released", EVENT)
    facts.sync(a, "released", LOCK, flags=2)
    still = facts.at(a)
    facts.sync(a, "released", LOCK)
    between = facts.at(a)
    facts.sync(a, "acquired", LOCK)
    again = facts.at(a)
    graph = facts.graph()
    held = {at: [lock.object & 0xFF for lock in graph.locks_held(at)] for at in (before, first, both, still, between, again)}
    assert held == {before: [], first: [LOCK], both: [LOCK, EVENT], still: [LOCK], between: [], again: [LOCK]}
    assert graph.locks_held(first)[0].acquisition == graph.locks_held(still)[0].acquisition != graph.locks_held(again)[0].acquisition
    assert graph.locks_held(facts.database.execute("SELECT first_at FROM actor WHERE id = ?", (b,)).fetchone()[0]) == ()


def test_the_chain_of_a_request_leads_into_the_other_service(facts: Facts) -> None:
    gateway = facts.thread("main", process=1)
    created = facts.handle(gateway)
    caller = facts.task(gateway, "handler-3")
    facts.step(caller, created)
    sent = facts.at(caller)
    ledger = facts.thread("main", process=2)
    spawned = facts.handle(ledger)
    handler = facts.task(ledger, "handler-9")
    facts.step(handler, spawned)
    received = facts.at(handler)
    facts.database.execute("INSERT INTO message VALUES (1, 'k', NULL, ?, ?, 'http')", (sent, received))
    write = facts.access(handler, "write", facts.location("Account.balance", 2), 1)
    answer = facts.at(handler)
    answered = facts.at(caller)
    forwarded = facts.at(caller)
    facts.database.execute("INSERT INTO message VALUES (2, 'k:r', NULL, ?, ?, 'http')", (answer, answered))
    facts.database.execute("""INSERT INTO io VALUES (1, ?, ?, 'http.client', 'begin', 5, '{"http.request.method": "POST", "url.full": "http://l/w?x=1"}')""",
                           (sent, caller))
    facts.database.execute("INSERT INTO io VALUES (2, ?, ?, 'http.client', 'end', 5, '{}')", (answered, caller))
    graph = facts.graph()
    chain = graph.chain(write)
    assert [link.at for link in chain] == [write, sent, created]
    assert chain[1].text == "received request POST /w sent by task handler-3 in service service-1"
    assert "received the response to POST /w sent by task handler-9 in service service-2" in reasons(graph, answered)
    assert [link.at for link in graph.chain(forwarded)] == [forwarded, answer, sent, created]


def test_a_response_is_the_cause_rather_than_the_bytes_that_carry_it(facts: Facts) -> None:
    client, server = facts.thread("client"), facts.thread("server")
    asked = facts.at(client)
    heard, served = facts.at(server), facts.at(server)
    answer, head, body = facts.at(server), facts.at(server), facts.at(server)
    head_read, answered, body_read = facts.at(client), facts.at(client), facts.at(client)
    line = facts.access(client, "write", facts.location("Shop.price"), 1)
    messages = (
        ("socket:1", asked, heard, "socket"), ("k", asked, served, "http"), ("k:r", answer, answered, "http"),
        ("socket:2", head, head_read, "socket"), ("socket:3", body, body_read, "socket"),
    )  # fmt: skip
    for number, (key, sent, received, carrier) in enumerate(messages, 1):
        facts.database.execute("INSERT INTO message VALUES (?, ?, NULL, ?, ?, ?)", (number, key, sent, received, carrier))
    graph = facts.graph()
    cause = graph.why_it_ran(line)
    assert cause is not None and (cause.at, cause.reason) == (answer, "received a response sent by thread server")


def test_the_end_of_its_own_sleep_is_no_cause(facts: Facts) -> None:
    main = facts.thread("main")
    created = facts.handle(main)
    sleeper = facts.task(main, "sleeper")
    facts.step(sleeper, created)
    timer = facts.handle(sleeper)
    facts.step_end(sleeper)
    callback = facts.task(main, "wake up", kind="callback")
    facts.step(callback, timer, cause=2)
    handle = facts.handle(callback)
    facts.sync(callback, "result_set", FUTURE, gap=0, flags=4)
    facts.step_end(callback, "finished")
    woken = facts.step(sleeper, handle)
    assert [link.at for link in facts.graph().chain(woken)] == [woken, created]


def test_clocks_of_ordered_events_are_ordered_and_by_actor_also_the_converse(facts: Facts) -> None:
    at = lost_update(facts)
    graph = facts.graph()
    early, late, other = (graph.vector_clock(at[name], by_actor=True) for name in ("read a", "write a", "write b"))
    assert early.compare(late) == "before"
    assert late.compare(other) == "concurrent"
    assert graph.vector_clock(at["read a"]) <= graph.vector_clock(at["write a"])
    past = graph.past(at["write a"])
    assert at["read a"] in past and at["write b"] not in past and at["write a"] not in past


def test_networkx_view_has_the_edges_of_the_graph(facts: Facts) -> None:
    import networkx

    at = lost_update(facts)
    graph = facts.graph()
    view = graph.as_networkx()
    assert networkx.is_directed_acyclic_graph(view)
    segment = {name: graph.order.segments.locate(event)[0] for name, event in at.items()}
    assert networkx.has_path(view, segment["create a"], segment["write a"])
    assert not networkx.has_path(view, segment["read a"], segment["write b"])
    assert {data["kind"] for _, _, data in view.edges(data=True)} >= {"program", "fork", "timer"}
