"""Invariants of movement, on random walks over real recordings."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import pytest
from causeway_core.model import Mark
from causeway_core.session import LineBreakpoint
from causeway_core.session.session import Session
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.core.session_recordings import line, locals_of, place, session, source

PROGRAMS = ("plain", "lost_update", "threads", "failing")
MOVES = ("step_over", "step_in", "step_out", "step_back", "step_back_in", "step_back_out")
OPPOSITE = {"step_over": "step_back", "step_in": "step_back_in", "step_back": "step_over", "step_back_in": "step_in"}
WALKS = st.lists(st.sampled_from(MOVES), max_size=30)
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@lru_cache(None)
def opened(program: str) -> Session:
    return session(program, 1 << 8)


def state(travel: Session) -> tuple[Mark, tuple[str, int], dict[str, str]]:
    return travel.mark, place(travel), locals_of(travel)


def walk(travel: Session, moves: list[str]) -> None:
    for move in moves:
        getattr(travel, move)()


@quick
@given(st.sampled_from(PROGRAMS), st.integers(0, 10**9), WALKS, st.sampled_from(sorted(OPPOSITE)))
def test_the_opposite_step_undoes_a_step(program: str, start: int, moves: list[str], move: str) -> None:
    travel = anywhere(program, start)
    walk(travel, moves)
    before = state(travel)
    stop = getattr(travel, move)()
    if stop.mark != before[0]:
        getattr(travel, OPPOSITE[move])()
    assert state(travel) == before


@quick
@given(st.sampled_from(PROGRAMS), st.integers(0, 10**9), WALKS)
def test_a_session_is_always_at_a_place_with_a_stack(program: str, start: int, moves: list[str]) -> None:
    travel = anywhere(program, start)
    for move in moves:
        stop = getattr(travel, move)()
        assert stop.mark == travel.mark and stop.text
        assert stop.reason in ("step", "entry", "end")
        frames = travel.frames()
        assert frames and not frames[0].is_label and frames[0].line > 0
        assert not frames[-1].is_label


@quick
@given(st.sampled_from(PROGRAMS), st.integers(0, 10**9), WALKS)
def test_goto_is_idempotent(program: str, start: int, moves: list[str]) -> None:
    travel = anywhere(program, start)
    walk(travel, moves)
    before = state(travel)
    walk(travel, ["step_in", "step_back_out"])
    travel.goto(before[0])
    assert state(travel) == before
    travel.goto(before[0])
    assert state(travel) == before


@quick
@given(st.sampled_from(PROGRAMS), st.integers(0, 10**9), st.integers(0, 12))
def test_step_over_stays_in_the_activation_or_leaves_it_outwards(program: str, start: int, count: int) -> None:
    """Forward steps never enter what the line calls, nor an unrelated actor."""
    travel = anywhere(program, start)
    for _ in range(count):
        before = travel.frames()
        stop = travel.step_over()
        after = travel.frames()
        if stop.mark.actor == before[0].mark.actor and stop.reason == "step":
            outer = [frame.activation for frame in before if not frame.is_label]
            assert after[0].activation in outer or len(outer) == 1 or after[0].activation not in {frame.activation for frame in before}


def anywhere(program: str, start: int) -> Session:
    """A session at a line that some actor executes."""
    travel = opened(program)
    stops = every_stop(program)
    travel.goto(stops[start % len(stops)])
    return travel


@lru_cache(None)
def every_stop(program: str) -> list[Mark]:
    """The marks of all executions of all lines."""
    travel = opened(program)
    lines = {number for number, _ in travel.breakable_lines(source(program), 1, 10_000)}
    return [execution.mark for number in sorted(lines) for execution in travel.executions(source(program), number)]


def hits(travel: Session, movement: str) -> list[Mark]:
    found = []
    while (stop := getattr(travel, movement)()).reason == "breakpoint":
        found.append(stop.mark)
    return found


@pytest.mark.parametrize(("program", "marker"), [("plain", "count"), ("threads", "add"), ("lost_update", "read")])
def test_reverse_continue_meets_the_hits_of_continue(program: str, marker: str) -> None:
    travel = session(program, 1 << 8)
    assert travel.set_line_breakpoints(source(program), [LineBreakpoint(source(program), line(program, marker))])[0].verified
    forward = hits(travel, "continue_forward")
    assert forward and travel.mark == travel.end().mark
    assert hits(travel, "reverse_continue") == forward[::-1]
    assert forward == [execution.mark for execution in travel.executions(source(program), line(program, marker))]
    for mark, following in pairwise(forward):
        travel.goto(mark)
        assert travel.continue_forward().mark == following
        assert travel.reverse_continue().mark == mark


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_ends_of_history_are_stops(program: str) -> None:
    travel = session(program)
    first = travel.start()
    assert (first.reason, first.text) == ("entry", "Start of recording")
    for move in ("step_back", "step_back_in", "step_back_out", "reverse_continue"):
        stop = getattr(travel, move)()
        assert (stop.mark, stop.reason, stop.text) == (first.mark, "entry", "Start of recording")
    last = travel.end()
    assert (last.reason, last.text) == ("end", "End of recording")
    for move in ("step_over", "step_in", "step_out", "continue_forward"):
        stop = getattr(travel, move)()
        assert (stop.mark, stop.reason, stop.text) == (last.mark, "end", "End of recording")
