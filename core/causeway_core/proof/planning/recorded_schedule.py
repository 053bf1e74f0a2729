"""The recorded schedule of some actors, as an order that repeats it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from causeway_core.analysis import Analysis
from causeway_core.model import At
from causeway_core.model.order import Constraint, Order, OrderPlace
from causeway_core.proof.planning.anchors import Anchors
from causeway_core.proof.planning.places import Unplaced
from causeway_core.session.past import Past
from causeway_core.storage.recording import Recording

MOST_EVENTS = 120
"""Events of a schedule. From a longer one, reads are left out first, then the end."""
_READS = ("read", "test", "iterate")


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a schedule: an access of a shared place, the end of an await, or the end of an actor."""

    at: At
    place: OrderPlace
    thread: bool


@dataclass(frozen=True, slots=True)
class RecordedSchedule:
    """`events` in recorded order, and the `order` that repeats them; `left_out` counts the events that were dropped."""

    events: tuple[Event, ...]
    left_out: int
    order: Order

    def without(self, constraint: int) -> RecordedSchedule:
        """The same without one constraint, which cannot be forced."""
        left = tuple(each for number, each in enumerate(self.order.constraints) if number != constraint)
        return replace(self, order=replace(self.order, constraints=left))


def recorded_schedule(recording: Recording, analysis: Analysis, actors: Iterable[int]) -> RecordedSchedule:
    """The schedule of some actors (by actor.id). Events without a place are left out. Costs about one pass over the recording."""
    chosen = frozenset(actors)
    anchors, past = Anchors(recording, analysis), Past(recording)
    made = [*_accesses(analysis, anchors, chosen), *_resumptions(analysis, anchors, chosen), *_ends(recording, chosen)]
    made.sort(key=lambda event: past.sort_key(event.at))
    distinct = list({event.place: event for event in reversed(made)}.values())[::-1]
    events = distinct
    if len(events) > MOST_EVENTS:
        events = [event for event in events if event.place.access not in _READS]
    events = events[:MOST_EVENTS]
    return RecordedSchedule(tuple(events), len(distinct) - len(events), _order(analysis, events))


def _accesses(analysis: Analysis, anchors: Anchors, chosen: frozenset[int]) -> Iterator[Event]:
    table, facts = analysis.evidence.table, analysis.evidence.facts
    for row in range(len(table)):
        actor = facts.thread_of(int(table.actor[row]))
        if actor not in chosen or not int(table.site[row]):
            continue
        try:
            yield Event(At(int(table.at[row])), anchors.access(row), facts.actors[actor].kind == "thread")
        except (Unplaced, KeyError):
            continue


def _resumptions(analysis: Analysis, anchors: Anchors, chosen: frozenset[int]) -> Iterator[Event]:
    for number in sorted(chosen):
        actor = analysis.evidence.facts.actors.get(number)
        if actor is None or actor.kind != "task":
            continue
        try:
            for at, place in anchors.resumptions_of(actor):
                yield Event(at, place, thread=False)
        except Unplaced:
            continue


def _ends(recording: Recording, chosen: frozenset[int]) -> Iterator[Event]:
    for actor in recording.actors():
        if actor.id in chosen and "/" in actor.path and actor.kind in ("task", "thread") and actor.last_at is not None and actor.state == "finished":
            yield Event(At(actor.last_at), OrderPlace(actor.path, "end"), actor.kind == "thread")


def _order(analysis: Analysis, events: Sequence[Event]) -> Order:
    """Each switch of actors becomes a constraint, unless a must edge already orders the two events."""
    names = {event.place: f"p{number}" for number, event in enumerate(events)}
    facts, order = analysis.evidence.facts, analysis.evidence.order
    paths = {actor.path: actor.id for actor in facts.actors.values()}
    last: dict[str, Event] = {}
    constraints = []
    for before, event in zip([None, *events], events, strict=False):
        mine = last.get(event.place.actor)
        last[event.place.actor] = event
        if before is None or before.place.actor == event.place.actor or event.place.access == "end":
            continue
        if order.happens_before(before.at, event.at, must=True):
            continue
        if mine is not None and not event.thread and _in_one_step(analysis, paths, mine, event):
            continue
        since = event.place if event.thread else mine.place if mine is not None else None
        constraints.append(Constraint(names[before.place], names[event.place], None if since is None else names[since]))
    places = tuple((key, place) for place, key in names.items())
    return Order("serial", "as it was recorded", places, tuple(constraints), watch=tuple(names.values()))


def _in_one_step(analysis: Analysis, paths: dict[str, int], one: Event, other: Event) -> bool:
    step = analysis.evidence.facts.step_of(paths[other.place.actor], other.at)
    return step is not None and step.first_at <= one.at <= step.last_at
