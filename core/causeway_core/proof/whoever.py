"""Orders between parts instead of actors, for workers of one kind: which of them gets the work to do is chance, and differs from run to run."""

from __future__ import annotations

from dataclasses import replace

from causeway_core.model import Actor
from causeway_core.model.order import Order, OrderPlace
from causeway_core.proof.company import alike
from causeway_core.proof.draft import drafted
from causeway_core.proof.window import Side, said


def whoever(a: Side, b: Side) -> Order | None:
    """The bad order in which whoever comes to the window first is held in it until another of its kind has passed its last place.

    None where the two are not of one kind, or a part begins or ends where an actor does: nobody has a part before he comes to its first place.
    """
    base = alike(a.actor)
    if a.actor == b.actor or alike(b.actor) != base:
        return None
    if any(place.access in ("start", "end") for place in (a.first, a.last, b.first, b.last)):
        return None
    first, last = (replace(place, actor=f"{base}*1", nth=0) for place in (a.first, a.last))
    begins, ends = (replace(place, actor=f"{base}*2", nth=0) for place in (b.first, b.last))
    says = f"whoever comes first is held after {said(first)} until another has passed {said(ends)}"
    return replace(drafted("bad", says, [(first, begins, None), (ends, last, first)], watch=[last]), alternate=True)


def before_whoever_comes(use: OrderPlace, write: OrderPlace, writer: Actor, user: Actor) -> Order:
    """The bad order in which an actor uses a place before whichever worker of a kind comes to it first has set it."""
    comes = replace(write, actor=f"{alike(writer)}*1", nth=0)
    says = f"{user.title} uses it before whoever comes to {said(write)} first sets it"
    return drafted("bad", says, [(use, comes, None)])


def has_parts(order: Order) -> bool:
    """Whether it is between parts."""
    return any("*" in place.actor for _, place in order.places)
