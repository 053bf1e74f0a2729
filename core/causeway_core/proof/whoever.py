"""Orders between parts instead of actors, for workers of one kind: which of them gets the work to do is chance, and differs from run to run."""

from __future__ import annotations

from dataclasses import replace

from causeway_core.model.order import Order, OrderPlace
from causeway_core.proof.company import kin
from causeway_core.proof.draft import drafted
from causeway_core.proof.window import Side, said


def whoever(a: Side, b: Side) -> Order | None:
    """The bad order in which whoever comes to the window first is held in it until another of its kind has passed its last place.

    None where the two are not of one kind, or a part begins or ends where an actor does: nobody has a part before he comes to its first place.
    """
    base = _alike(a.actor.path)
    if a.actor == b.actor or _alike(b.actor.path) != base or kin(a.actor) != kin(b.actor):
        return None
    if any(place.access in ("start", "end") for place in (a.first, a.last, b.first, b.last)):
        return None
    first, last = (replace(place, actor=f"{base}*1", nth=0) for place in (a.first, a.last))
    begins, ends = (replace(place, actor=f"{base}*2", nth=0) for place in (b.first, b.last))
    says = f"whoever comes first is held after {said(first)} until another has passed {said(ends)}"
    return replace(drafted("bad", says, [(first, begins, None), (ends, last, first)], watch=[last]), alternate=True)


def has_parts(order: Order) -> bool:
    """Whether it is between parts."""
    return any(part(place) for _, place in order.places)


def part(place: OrderPlace) -> bool:
    """Whether a place is one of a part, not of an actor."""
    return "*" in place.actor


def _alike(path: str) -> str:
    stem, sharp, number = path.rpartition("#")
    return stem if sharp and number.isdecimal() else path
