"""The two sides of a window, and the orders made of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from causeway_core.model import Actor
from causeway_core.model.order import Order, OrderPlace
from causeway_core.proof.planning.draft import drafted


@dataclass(frozen=True, slots=True)
class Side:
    """One actor's side of a window: its first and last place, and the place from which on it is held before them (None: its start).

    `holds`: the locks that it holds throughout. `takes`: those that it takes after it can be held. `leads`: the other side begins only once this one
    has reached the place where it is held.
    """

    actor: Actor
    first: OrderPlace
    last: OrderPlace
    since: OrderPlace | None
    title: str
    holds: frozenset[int] = frozenset()
    takes: frozenset[int] = frozenset()
    leads: bool = False


def inside(a: Side, b: Side, waits: OrderPlace | None = None) -> Order:
    """The bad order: `b` runs wholly inside the window of `a`. `waits`: where the actor of `a` waits for work that it handed to another."""
    says = f"{a.title} is held after {shown(a.first)} until {b.title} has {passed(b.last)}"
    first = [(b.since, a.first, a.since)] if b.leads and b.since is not None else []
    since = a.first if a.first.actor == a.last.actor else waits  # a work item that ends the window is held from its start
    return drafted("bad", says, [*first, (a.first, b.first, b.since), (b.last, a.last, since)], watch=[a.last])


def passed(place: OrderPlace) -> str:
    """What has happened once the place is passed: `ended`, or `passed its read at …`."""
    return "ended" if place.access == "end" else f"passed {shown(place)}"


def serial(a: Side, b: Side) -> Iterator[Order]:
    """The two serial orders."""
    yield drafted("serial", f"{a.title} first, then {b.title}", [(a.last, b.first, b.since)], watch=[a.last])
    yield drafted("serial", f"{b.title} first, then {a.title}", [(b.last, a.first, a.since)], watch=[a.last])


def shown(place: OrderPlace) -> str:
    """The place as a sentence names it."""
    if place.access in ("start", "end"):
        return f"the {place.access} of its call in a thread" if "/submit()" in place.actor else f"its {place.access}"
    return f"its {place.access} at {place.file}:{place.line}"
