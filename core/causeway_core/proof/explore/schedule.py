"""Turns the schedule of an explored run into an order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from causeway_core.model.order import Order, OrderPlace
from causeway_core.proof.outcome.order_result import OrderResult
from causeway_core.proof.planning.draft import drafted

LIVES = ("start", "end")


@dataclass(frozen=True, slots=True)
class Turn:
    """The places that one actor passed in a row, and those that it then reached (`coming`) and never passed.

    `stop` is the first place of the turn before which a thread can be stopped. A statement that has begun in an earlier turn is none.
    """

    actor: str
    places: tuple[OrderPlace, ...]
    coming: tuple[OrderPlace, ...] = ()
    stop: OrderPlace | None = None

    def followed_by(self, other: Turn) -> Turn:
        """Both in one."""
        return Turn(self.actor, (*self.places, *other.places), (*self.coming, *other.coming), self.stop or other.stop)


def turns(result: OrderResult, places: Mapping[str, OrderPlace]) -> tuple[Turn, ...]:
    """The turns of a run in order, without the start of the first thread."""
    found: list[Turn] = []
    begun = {each[1:] for each in result.begun}
    for actor, group in groupby(_events(result, places), key=lambda each: each[0][0]):
        events = list(group)
        passed = tuple(_place(*event, places) for event, ends in events if ends)
        stops = (_place(*event, places) for event, ends in events if event[1] != "end" and not (ends and event in begun))
        stop = next(stops, None)
        if (passed or stop) and (found or passed not in ((), (OrderPlace(actor, "start"),))):
            found.append(Turn(actor, passed, (), stop))
    return _joined([*found, *(Turn(actor, (), (_place(actor, key, nth, places),)) for actor, key, nth in result.came if key in places)])


def _events(result: OrderResult, places: Mapping[str, OrderPlace]) -> Iterator[tuple[tuple[str, str, int], bool]]:
    """What was passed (True), and the statements that began (False) without being what an actor had come to when the program hung."""
    began: dict[int, list[tuple[str, str, int]]] = {}
    for position, actor, key, nth in result.begun:
        began.setdefault(position, []).append((actor, key, nth))
    for position in range(len(result.trace) + 1):
        known = [each for each in began.get(position, ()) if each[1] in places and each not in result.came]
        yield from ((each, False) for each in known)
        if position < len(result.trace) and (result.trace[position][1] in LIVES or result.trace[position][1] in places):
            yield result.trace[position], True


def _joined(schedule: Sequence[Turn]) -> tuple[Turn, ...]:
    """Joins consecutive turns of one actor."""
    left: list[Turn] = []
    for turn in schedule:
        if left and left[-1].actor == turn.actor:
            left[-1] = left[-1].followed_by(turn)
        else:
            left.append(turn)
    return tuple(left)


def _place(actor: str, key: str, nth: int, places: Mapping[str, OrderPlace]) -> OrderPlace:
    if key == "start":
        return OrderPlace(actor, "start")
    return OrderPlace(actor, "end") if key == "end" else replace(places[key], actor=actor, nth=nth)


def without(schedule: Sequence[Turn], actor: str) -> tuple[Turn, ...]:
    """The turns of all other actors, with those that become consecutive joined."""
    return _joined([turn for turn in schedule if turn.actor != actor])


@dataclass(frozen=True, slots=True)
class Held:
    """One constraint, with its places. A thread is stopped at `hold` exactly where `since` is the same."""

    after: OrderPlace
    hold: OrderPlace
    since: OrderPlace | None


def held(schedule: Sequence[Turn], threads: frozenset[str]) -> tuple[Held, ...]:
    """Each turn begins after the one before has come to its last place. `threads`: spawn paths of the actors that can be stopped anywhere."""
    found = []
    last: dict[str, OrderPlace] = {}
    for number, turn in enumerate(schedule):
        reached = (turn.stop, *turn.coming) if turn.actor in threads else (*turn.places, *turn.coming)
        hold = next((place for place in reached if place is not None and place.access != "end"), None)
        # A turn in which nothing was passed is nothing to wait for: the one before it is.
        after = next((before.places[-1] for before in reversed(schedule[:number]) if before.places and before.actor != turn.actor), None)
        if hold is not None and after is not None:
            # An actor that is held at a later step has begun: a task that is kept from its first step may be the one that makes the others.
            since = None if hold.access == "start" else hold if turn.actor in threads else last.get(turn.actor, OrderPlace(turn.actor, "start"))
            found.append(Held(after, hold, since))
        if turn.places:
            last[turn.actor] = turn.places[-1]
    return tuple(found)


def delays_task_start(place: OrderPlace, tasks: frozenset[str]) -> bool:
    """Whether an actor held at this place is a task held before its first step, made by one of `tasks` (spawn paths). No event loop does that: it
    starts tasks in the order in which they are created.
    """
    return place.access == "start" and place.actor.rpartition("/")[0] in tasks


def order(constraints: Sequence[Held], says: str = "as it was explored") -> Order:
    """The order made of some constraints."""
    return drafted("bad", says, [(each.after, each.hold, each.since) for each in constraints])
