"""From what an explored run passed to the few constraints that matter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from causeway_core.model.order import OrderPlace
from causeway_core.proof.explore.effort import Effort
from causeway_core.proof.explore.expected import usual
from causeway_core.proof.explore.finding import described
from causeway_core.proof.explore.ranking import ranked
from causeway_core.proof.explore.schedule import Held, delays_task_start, held, order, turns
from causeway_core.proof.explore.shrink import smallest
from causeway_core.proof.outcome.order_result import OrderResult
from causeway_core.proof.outcome.outcome import Outcome

READ = OrderPlace("*", "read", "bank.py", 3, "add", "seen = it.value", "value")
WRITE = OrderPlace("*", "write", "bank.py", 4, "add", "it.value = seen + 1", "value")
PLACES = {"r": READ, "w": WRITE}
LOST = OrderResult(
    True,
    trace=(
        ("main", "start", 0), ("main/add", "start", 0), ("main/add", "r", 0), ("main/add#2", "start", 0), ("main/add#2", "r", 0),
        ("main/add#2", "w", 0), ("main/add#2", "end", 0), ("main/add", "w", 0), ("main/add", "end", 0), ("main", "end", 0),
    ),
)  # fmt: skip


def test_every_turn_begins_after_the_one_before() -> None:
    schedule = turns(LOST, PLACES)
    assert [(turn.actor, len(turn.places)) for turn in schedule] == [("main/add", 2), ("main/add#2", 4), ("main/add", 2), ("main", 1)]
    start, back = held(schedule, frozenset({"main/add", "main/add#2"}))
    assert (start.hold.access, start.since, start.after.access) == ("start", None, "read")
    assert (back.hold.access, back.since, back.after) == ("write", back.hold, OrderPlace("main/add#2", "end"))


def test_a_task_is_held_from_its_last_place_on() -> None:
    back = held(turns(LOST, PLACES), frozenset())[-1]
    assert back.since is not None and (back.since.actor, back.since.access) == ("main/add", "read")


def test_a_task_that_is_held_later_may_begin() -> None:
    trace = (("main", "start", 0), ("main/one", "start", 0), ("main/two", "start", 0), ("main/two", "r", 0), ("main/one", "r", 0))
    [first] = held(turns(OrderResult(True, trace=trace), PLACES), frozenset())
    assert (first.after.actor, first.hold.actor, first.since) == ("main/two", "main/one", OrderPlace("main/one", "start"))


def test_only_a_task_made_by_a_task_starts_late() -> None:
    first, back = held(turns(LOST, PLACES), frozenset())
    assert delays_task_start(first.hold, frozenset({"main"})) and not delays_task_start(first.hold, frozenset())
    assert not delays_task_start(back.hold, frozenset({"main"}))


def test_an_order_names_each_place_once() -> None:
    made = order(held(turns(LOST, PLACES), frozenset({"main/add", "main/add#2"})))
    assert made == order(held(turns(LOST, PLACES), frozenset({"main/add", "main/add#2"})))
    assert len({place for _, place in made.places}) == len(made.places) == 4
    assert order([]).constraints == ()


def test_what_is_left_is_what_is_needed() -> None:
    asked: list[Sequence[int]] = []

    def fails(candidates: Sequence[Sequence[int]]) -> int | None:
        asked.extend(candidates)
        return next((number for number, each in enumerate(candidates) if {7, 31} <= set(each)), None)

    assert smallest(range(40), fails) == [7, 31]
    assert len(asked) < 100
    assert all(0 < len(each) < 40 for each in asked)


def test_nothing_is_left_out_once_nobody_answers() -> None:
    assert smallest([1, 2, 3], lambda candidates: None) == [1, 2, 3]


def test_what_was_come_to_and_never_passed_is_held_too() -> None:
    first, second = OrderPlace("*", "acquire", "bank.py", 9, "move", "with one:"), OrderPlace("*", "acquire", "bank.py", 10, "move", "with two:")
    hung = OrderResult(
        True,
        trace=(("main/a", "start", 0), ("main/a", "1", 0), ("main/b", "start", 0), ("main/b", "1", 0)),
        came=(("main/b", "2", 0), ("main/a", "2", 0)),
    )
    schedule = turns(hung, {"1": first, "2": second})
    assert [(turn.actor, len(turn.places), len(turn.coming)) for turn in schedule] == [("main/a", 2, 0), ("main/b", 2, 1), ("main/a", 0, 1)]
    last = held(schedule, frozenset({"main/a", "main/b"}))[-1]
    assert (last.hold.actor, last.hold.text, last.hold) == ("main/a", "with two:", last.since)
    assert (last.after.actor, last.after.text) == ("main/b", "with one:")


def test_a_thread_is_held_where_a_statement_begins_and_not_where_it_ends() -> None:
    loop, call = OrderPlace("*", "acquire", "bank.py", 2, "run", "for item in items:"), OrderPlace("*", "acquire", "bank.py", 3, "run", "add(item)")
    ran = OrderResult(
        True,
        trace=(("main/a", "r", 0), ("main/run", "start", 0), ("main/run", "l", 0), ("main/run", "w", 0), ("main/a", "w", 0), ("main/run", "c", 0)),
        begun=((2, "main/run", "l", 0), (3, "main/run", "c", 0), (6, "main/run", "l", 1)),
    )
    schedule = turns(ran, {**PLACES, "l": loop, "c": call})
    assert [(turn.actor, turn.stop.access if turn.stop else None) for turn in schedule] == [
        ("main/a", "read"), ("main/run", "start"), ("main/a", "write"), ("main/run", "acquire"),
    ]  # fmt: skip
    again = OrderPlace("main/run", "acquire", "bank.py", 2, "run", loop.text, None, 1)
    assert (schedule[-1].places[0].text, schedule[-1].stop) == ("add(item)", again)
    assert [(each.after.access, each.hold.access, each.hold.nth) for each in held(schedule, frozenset({"main/a", "main/run"}))] == [
        ("read", "start", 0), ("write", "write", 0), ("write", "acquire", 1),
    ]  # fmt: skip


def test_places_of_many_actors_have_names_of_their_own() -> None:
    ends = [OrderPlace(f"main/worker#{number}", "end") for number in range(40)]
    made = order([Held(after, hold, None) for after, hold in pairwise(ends)])
    assert len({name for name, _ in made.places}) == 40


def test_every_place_is_interrupted_once_before_any_is_again() -> None:
    loop = [("main/work", key, nth) for nth in range(3) for key in "ab"] + [("main/work#2", key, 0) for key in "ab"] + [("main/end", "c", 0)]
    order = [point for point, _ in ranked([loop])]
    assert sorted(order) == list(range(len(loop)))
    # `a` of the worker that has only begun, and `c`, merely make their actors go later.
    assert order[0] == 1 and set(order[1:3]) == {0, 8}
    assert order[3:5] == [2, 3] and order[-2:] == [7, 6]


def test_interruptions_are_spread_over_the_run() -> None:
    steps = [("main/serve", "", 0)] * 17
    assert [point for point, _ in ranked([steps])][:5] == [1, 9, 5, 13, 3]
    assert {which for _, which in ranked([steps, steps])[:4]} == {0, 1}


def test_a_busy_machine_gets_more_time() -> None:
    effort = Effort(runs=60, seconds=15.0, longest=45.0)
    assert [effort.seconds_for(each) for each in (0.1, 0.5, 2.0)] == [15.0, 30.0, 45.0]


def ended(said: str, *lost: str, exceptions: str = "") -> Outcome:
    return Outcome({"output": (said,), "exceptions": (exceptions,) if exceptions else ()}, lost_updates=lost)


def test_a_plain_run_in_which_the_bug_struck_is_no_measure() -> None:
    right = ended("4")
    serial = [ended("4"), ended("4")]
    assert usual([right, ended("2")], serial, ended("")) == [right]
    assert usual([right, ended("4", "Tally.done")], [], ended("")) == [right]
    assert usual([right, ended("4", exceptions="KeyError in add")], [], ended("")) == [right]


def test_plain_runs_that_differ_as_serial_ones_do_are_all_right() -> None:
    plain = [ended("a b"), ended("b a")]
    assert usual(plain, [ended("a b"), ended("b a")], ended("")) == plain
    assert usual(plain, [], ended("")) == plain
    always = [ended("2", "Tally.done"), ended("3", "Tally.done")]
    assert usual(always, [ended("4")], ended("")) == always
    failing = [ended("4", exceptions="KeyError in add"), ended("4")]
    assert usual(failing, [], ended("4", exceptions="KeyError in add")) == failing


def test_a_method_that_changes_its_object_is_named_with_it() -> None:
    place = OrderPlace("main", "mutate", "app.py", 22, "<module>", "worker.queue.append(i)", "append")
    assert described(place) == "calls `worker.queue.append`"
    assert described(replace(place, access="read", name="queue")) == "reads queue"
