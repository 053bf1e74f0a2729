"""Builds orders from constraints between places."""

from __future__ import annotations

from collections.abc import Sequence

from causeway_core.model.order import Aim, Constraint, Order, OrderPlace

Held = tuple[OrderPlace, OrderPlace, OrderPlace | None]
"""A constraint: `hold` waits until `after` has been passed; its actor is held from `since` on (None: from its start)."""


def drafted(aim: Aim, says: str, held: Sequence[Held], watch: list[OrderPlace] | None = None) -> Order:
    """An order from (after, hold, since) triples; equal places share a name."""
    names: dict[OrderPlace, str] = {}
    actors: dict[str, str] = {}

    def name(place: OrderPlace) -> str:
        if place not in names:
            letter = actors.setdefault(place.actor, chr(ord("a") + len(actors) % 26) * (len(actors) // 26 + 1))
            names[place] = f"{letter}{sum(known.actor == place.actor for known in names) + 1}"
        return names[place]

    constraints = tuple(Constraint(name(after), name(hold), None if since is None else name(since)) for after, hold, since in held)
    watched = tuple(name(place) for place in watch or ())
    places = tuple((key, place) for place, key in names.items())
    return Order(aim, says, places, constraints, watched)


def held_by(order: Order) -> list[Held]:
    """The inverse of `drafted`: the triples of an order."""
    places = dict(order.places)
    return [(places[each.after], places[each.hold], None if each.since is None else places[each.since]) for each in order.constraints]
