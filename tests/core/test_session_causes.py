"""Crossing between actors: creators, wakers, putters, joiners; stacks through them; actors in words."""

from __future__ import annotations

import pytest
from causeway_core.session import LineBreakpoint
from causeway_core.session.session import Session

from tests.core.session_recordings import line, locals_of, place, session, source


def at(program: str, marker: str, nth: int = 0) -> Session:
    travel = session(program)
    travel.goto(travel.executions(source(program), line(program, marker))[nth].mark)
    return travel


def actor(travel: Session) -> str:
    found = travel.recording.actor(travel.mark.actor)
    return found.name


def test_from_the_second_write_back_over_the_await_to_the_creation() -> None:
    travel = at("lost_update", "write", 1)
    assert actor(travel) == "second"
    assert travel.evaluate("account.balance").text == "900" and travel.evaluate("balance").text == "1000"
    way = [("withdraw", "await", "second"), ("withdraw", "read", "second"), ("withdraw", "handler", "second"), ("main", "create-second", "Task-1")]
    for function, marker, name in way:
        travel.step_back()
        assert (place(travel), actor(travel)) == ((function, line("lost_update", marker)), name)
    while actor(travel) != "MainThread":
        stop = travel.step_back()
    assert stop.text == "created by thread MainThread" and place(travel) == ("<module>", line("lost_update", "run"))


def test_step_over_goes_back_along_a_crossing() -> None:
    travel = at("lost_update", "handler", 1)
    start = travel.mark
    travel.step_back()
    assert actor(travel) == "Task-1"
    assert travel.step_over().mark == start


def test_step_over_an_await_stays_in_the_task() -> None:
    travel = at("lost_update", "await", 0)
    travel.step_over()
    assert (place(travel), actor(travel)) == (("withdraw", line("lost_update", "write")), "first")


def test_step_into_the_loop_s_first_task_and_out_to_the_awaiter() -> None:
    travel = at("lost_update", "run")
    assert travel.step_in().text == "into task Task-1" and place(travel)[0] == "main"
    travel = at("lost_update", "checked", 0)
    travel.step_over()
    assert place(travel) == ("withdraw", line("lost_update", "write"))


def test_what_follows_a_task_s_end_is_who_awaited_it() -> None:
    travel = at("lost_update", "taken")
    stop = travel.step_over()
    assert stop.text == "task taker ended; task Task-1 continues" and place(travel)[0] == "main"
    assert travel.evaluate("results").text == "[900, 800]"


def test_step_back_in_crosses_to_what_ended_a_wait() -> None:
    travel = at("lost_update", "taken")
    stop = travel.step_back_in()
    assert (place(travel), actor(travel)) == (("main", line("lost_update", "put")), "Task-1"), stop
    travel = at("threads", "got", 1)
    stop = travel.step_back_in()
    assert stop.text.startswith("put by") and (place(travel), actor(travel)) == (("produce", line("threads", "put")), "producer")
    assert travel.evaluate("n * 10").text == "10"


@pytest.mark.parametrize(("function", "marker"), [("consume", "start-consumer"), ("produce", "start-producer")])
def test_a_thread_comes_from_the_line_that_started_it(function: str, marker: str) -> None:
    travel = session("threads")
    first = min(number for number, _ in travel.breakable_lines(source("threads"), 1, 100) if number > line("threads", marker) - 100 and function)
    body = next(f for f in travel.recording.functions() if f.qualname == function)
    first = next(number for number, _ in travel.breakable_lines(source("threads"), body.first_line + 1, body.last_line))
    travel.goto(travel.executions(source("threads"), first)[0].mark)
    travel.step_back_out()
    assert (place(travel), actor(travel)) == (("main", line("threads", marker)), "MainThread")


def test_the_stack_goes_on_in_awaiters_and_creators_with_their_variables() -> None:
    travel = at("lost_update", "write", 1)
    frames = travel.frames()
    shown = [frame.label or (frame.function, frame.line) for frame in frames]
    assert shown == [
        ("withdraw", line("lost_update", "write")), "awaited by task Task-1", ("main", line("lost_update", "gather")),
        "created by task Task-1", ("main", line("lost_update", "create-second")), "created by thread MainThread",
        ("<module>", line("lost_update", "run")),
    ]
    assert travel.evaluate("second", frames[2]).type.endswith("Task")
    with pytest.raises(Exception, match="not bound"):
        travel.evaluate("second", frames[4])
    assert travel.evaluate("first", frames[4]).type.endswith("Task")


def test_actors_say_what_they_wait_for() -> None:
    travel = at("lost_update", "write", 0)
    found = travel.actors()
    words = {state.title: (state.state, state.words) for state in found.actors}
    assert found.actors[0].title == "task first" and words["task first"] == ("running", "stopped here")
    assert words["task Task-1"] == ("waiting", f"waiting at lost_update.py:{line('lost_update', 'gather')}")
    assert words["task second"][0] in ("waiting", "ready") and words["task taker"][0] == "new"
    assert travel.actors(limit=2).note == f"{found.total - 2} more actors are not listed: finished, not started yet, or far from here"
    travel.end()
    states = {state.title: state.words for state in travel.actors().actors}
    assert states["task first"] == states["task second"] == "finished"


def test_causes_and_effects_lead_there() -> None:
    travel = at("lost_update", "write", 1)
    reasons = {cause.kind: cause for cause in travel.causes()}
    assert "program" in reasons
    start = travel.mark
    travel.step_into_cause(reasons["program"])
    assert place(travel)[0] == "check"
    assert travel.step_over().mark == start
    travel = at("lost_update", "put")
    effects = [effect for effect in travel.effects() if effect.kind == "queue"]
    assert effects and travel.recording.actor(effects[0].actor).name == "taker"


def test_why_a_value_is_as_it_is() -> None:
    travel = at("lost_update", "write", 1)
    links = travel.why("account.balance")
    assert "900" in links[0].text and "task first" in links[0].text and links[0].line == line("lost_update", "write")
    assert any("created by" in link.text for link in links)


def test_the_last_writer_and_the_history_of_an_attribute() -> None:
    travel = at("lost_update", "write", 1)
    where = travel.place("account.balance")
    writer = travel.last_writer(where)
    assert writer is not None and (writer.text, writer.actor_title, writer.line) == ("900", "task first", line("lost_update", "write"))
    values = [(change.op, change.text) for change in travel.history(where) if change.writes]
    assert values == [("write", "1000"), ("write", "900"), ("write", "800")]
    assert locals_of(travel)["balance"] == "1000"


def test_exception_filters_stop_where_exceptions_are_raised() -> None:
    travel = session("failing")
    verified = travel.set_exception_filters({"uncaught": None, "unretrieved": None})
    assert all(one.verified for one in verified)
    found = []
    while (stop := travel.continue_forward()).reason == "exception":
        found.append((stop.text, place(travel)[1]))
    assert ("uncaught RuntimeError: the end", line("failing", "end")) in found
    assert sum("never retrieved: KeyError" in text for text, _ in found) == 2
    travel.set_exception_filters({"raised": "KeyError"})
    assert travel.reverse_continue().text.endswith("KeyError: 1")
    assert travel.set_exception_filters({"deadlock": None})[0].reason == "nothing of this kind in this recording"


def test_retroactive_prints() -> None:
    travel = session("lost_update")
    path = source("lost_update")
    message = "{name}: {account.balance} -> {balance - amount} {{ok}} {nix}"
    travel.set_line_breakpoints(path, [LineBreakpoint(path, line("lost_update", "write"), log=message)])
    lines = list(travel.run_logpoints())
    assert [one.text.partition(" {")[0] for one in lines] == ["alice: 1000 -> 900", "alice: 900 -> 800"]
    assert "{ok} <'nix' is not bound here" in lines[0].text and [one.actor_title for one in lines] == ["task first", "task second"]
    assert travel.continue_forward().reason == "end"
