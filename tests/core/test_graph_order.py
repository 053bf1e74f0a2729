"""Happens-before by the reachability index against exact vector clocks."""

from __future__ import annotations

import random
import time

import numpy as np
import pytest
from causeway_core.graph._reach import Index, topological
from causeway_core.graph.causal_order import CausalOrder
from causeway_core.model import make_at
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.random_program import Program, lock_heavy, pipeline, server, server_input

SHAPES = {
    "server tree": lambda rng: server(rng, 25, joined=False),
    "joined": lambda rng: server(rng, 25, joined=True),
    "pipeline": lambda rng: pipeline(rng, rng.randrange(2, 12), 12),
    "lock heavy": lambda rng: lock_heavy(rng, rng.randrange(2, 15), 60, rng.randrange(1, 6)),
}


def mismatches(program: Program) -> list[tuple[object, ...]]:
    order = CausalOrder(program.graph_input())
    assert order.reachability.contradicting == 0
    events = list(program.actor_of)
    return [
        (must, a, b) for must in (False, True) for a in events for b in events
        if order.happens_before(a, b, must=must) != program.before(a, b, must=must)
    ]


@pytest.mark.parametrize("shape", SHAPES)
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_order_agrees_with_vector_clocks(shape: str, seed: int) -> None:
    assert mismatches(SHAPES[shape](random.Random(seed))) == []


@pytest.mark.parametrize("shape", SHAPES)
def test_many_pairs_at_once_agree_with_single_queries(shape: str) -> None:
    program = SHAPES[shape](random.Random(7))
    order = CausalOrder(program.graph_input())
    events = np.array(list(program.actor_of), np.int64)
    a, b = np.repeat(events, len(events)), np.tile(events, len(events))
    for must in (False, True):
        expected = [order.happens_before(x, y, must=must) for x, y in zip(a.tolist(), b.tolist(), strict=True)]
        assert order.happen_before(a, b, must=must).tolist() == expected


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_frontier_is_the_vector_clock(seed: int) -> None:
    program = server(random.Random(seed), 15, joined=True)
    order = CausalOrder(program.graph_input())
    for at in program.actor_of:
        past = {actor for actor in program.clocks if any(program.actor_of[e] == actor and program.before(e, at) for e in program.actor_of)}
        assert set(order.frontier(at)) == past | {program.actor_of[at]}


def test_an_edge_against_the_total_order_is_left_out() -> None:
    program = Program()
    early, late = program.event(1, 1), program.event(2, 2)
    program.edges.append((late, early, True))
    order = CausalOrder(program.graph_input())
    assert order.reachability.contradicting == 1
    assert order.concurrent(early, late)


def test_a_cycle_of_messages_between_processes_is_cut() -> None:
    program = Program()
    a, b = [program.event(1, 1), program.event(1, 1)], [program.event(2, 2), program.event(2, 2)]
    program.edges += [(a[1], b[0], True), (b[1], a[0], True)]
    source = program.graph_input()
    source.order._processes[2] = 2
    order = CausalOrder(source)
    assert order.reachability.contradicting == 2
    assert order.happens_before(a[0], a[1])
    assert order.concurrent(a[1], b[0])


def test_an_event_does_not_happen_before_itself_and_unknown_events_are_errors() -> None:
    program = Program()
    at = program.event(1, 3)
    order = CausalOrder(program.graph_input())
    assert not order.happens_before(at, at)
    assert not order.concurrent(at, at)
    with pytest.raises(KeyError):
        order.happens_before(make_at(1, 0), at)


def test_index_rejects_what_is_not_a_dag() -> None:
    loop = np.array([0, 1, 2], np.int32), np.array([1, 0], np.int32)
    none = np.full(2, -1, np.int32)
    assert topological(*loop) == b""
    with pytest.raises(ValueError, match="cycle"):
        Index(*loop, none, none, 0)
    with pytest.raises(ValueError, match="adjacency"):
        Index(np.array([0, 1], np.int32), np.array([5], np.int32), none, none, 0)
    with pytest.raises(ValueError, match="hub"):
        Index(np.array([0, 0, 0], np.int32), np.array([], np.int32), np.array([0, 1], np.int32), none, 1)


@pytest.mark.slow
@pytest.mark.parametrize("joined", [False, True], ids=["server", "joined"])
def test_a_hundred_thousand_tasks(joined: bool, capsys: pytest.CaptureFixture[str]) -> None:
    rng = random.Random(11)
    source = server_input(rng, 100_000, joined)
    started = time.perf_counter()
    order = CausalOrder(source)
    built = time.perf_counter() - started
    events = source.step_first
    a, b = (np.array(rng.choices(events.tolist(), k=100_000), np.int64) for _ in range(2))
    pairs = list(zip(a.tolist(), b.tolist(), strict=True))
    started = time.perf_counter()
    single = [order.happens_before(x, y) for x, y in pairs]
    queried = time.perf_counter() - started
    assert order.happen_before(a, b).tolist() == single
    assert not any(before and order.happens_before(y, x) for before, (x, y) in zip(single[:5000], pairs, strict=False))
    sizes, count = order.reachability.full.statistics(), len(order.segments)
    labels, whole = sizes["label_bytes"] / count, (sizes["label_bytes"] + sizes["adjacency_bytes"]) / count
    searched = sizes["searches"] / sizes["queries"]
    with capsys.disabled():
        print(f"\n{count} segments, {sizes['edges']} edges: built in {built:.2f} s, {labels:.0f} bytes of labels a segment ({whole:.0f} with "
              f"adjacency), {queried / len(pairs) * 1e6:.1f} us a query, {searched:.1%} searched")
    assert whole < 100
