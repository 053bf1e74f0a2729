"""The local causal graph around a mark, the landmarks of a recording, and travel by clock and cause."""

from __future__ import annotations

from causeway_core.model import At
from causeway_core.session.session import Session

from tests.core.session_recordings import line, place, session, source


def at(program: str, marker: str, nth: int = 0) -> Session:
    travel = session(program)
    travel.goto(travel.executions(source(program), line(program, marker))[nth].mark)
    return travel


def test_the_neighbourhood_of_the_second_write_holds_the_first_write_and_the_creator() -> None:
    travel = at("lost_update", "write", 1)
    around = travel.neighbourhood()
    here = next(node for node in around.nodes if node.at == around.here)
    assert here.line == line("lost_update", "write") and here.distance == 0
    writes = [node for node in around.nodes if node.line == here.line]
    assert len({node.actor for node in writes}) == 2, "the other task's write is a cause of this one"
    assert {lane.title for lane in around.lanes} >= {"task first", "task second", "task Task-1"}
    assert any(tie.kind == "overwrites" and tie.dst == around.here for tie in around.ties)


def test_ties_join_nodes_of_the_neighbourhood_and_causes_come_before_effects() -> None:
    travel = at("lost_update", "write", 1)
    around = travel.neighbourhood()
    order = {node.at: index for index, node in enumerate(around.nodes)}
    for tie in around.ties:
        assert order[tie.src] < order[tie.dst], tie


def test_a_line_is_not_tied_to_what_its_caller_does_after_it() -> None:
    travel = at("lost_update", "write", 1)
    after = {tie.dst for tie in travel.neighbourhood().ties if tie.src == travel.neighbourhood().here and tie.kind == "reads_from"}
    assert travel.mark.at not in after


def test_a_limit_bounds_the_walk() -> None:
    travel = at("lost_update", "write", 1)
    small, large = travel.neighbourhood(depth=1), travel.neighbourhood(depth=8, limit=200)
    assert len(small.nodes) < len(large.nodes)


def test_step_to_cause_goes_to_the_other_writer() -> None:
    travel = at("lost_update", "write", 1)
    task = travel.mark.actor
    travel.step_to_cause()
    assert place(travel)[1] == line("lost_update", "write") and travel.mark.actor != task


def test_landmarks_lie_on_the_axis_and_their_offsets_lead_near_them() -> None:
    travel = session("failing")
    overview = travel.overview()
    raised = [one for one in overview.landmarks if one.kind == "exception"]
    assert raised and all(0 <= one.offset_ns <= overview.length_ns for one in overview.landmarks)
    travel.travel_to_offset(overview.length_ns)
    end = travel.mark
    travel.travel_to_offset(0)
    assert travel.precedes(travel.mark, end) and isinstance(travel.mark.at, int) and At(travel.mark.at) != end.at
