"""Orders between parts instead of actors, for workers of one kind: which of them gets the work to do is chance, and differs from run to run."""

from __future__ import annotations

from dataclasses import replace

from causeway_core.model import Actor
from causeway_core.model.order import Order, OrderPlace
from causeway_core.proof.planning.bystanders import sibling_kind, worker_kind
from causeway_core.proof.planning.draft import drafted
from causeway_core.proof.planning.window import Side, said


def between_workers(a: Side, b: Side) -> Order | None:
    """The bad order in which whoever comes to the window first is held in it until another of its kind has passed its last place.

    None where the two are not of one kind, or a part begins or ends where an actor does: nobody has a part before he comes to its first place.
    """
    base = sibling_kind(a.actor)
    return _between(a, b, base) if a.actor != b.actor and sibling_kind(b.actor) == base and b.last.access != "end" else None


def between_requests(a: Side, b: Side) -> Order | None:
    """The same of two requests: on which connection a client sends one, and after how many others, differs from run to run as well. No alternate,
    since who served the two of the recorded run may serve others in this one.
    """
    base = worker_kind(a.actor)
    order = _between(a, b, f"{base}*") if a.actor != b.actor and worker_kind(b.actor) == base else None
    return None if order is None else replace(order, alternate=False)


def _between(a: Side, b: Side, base: str) -> Order | None:
    if any(place.access in ("start", "end") for place in (a.first, a.last, b.first)) or b.last.access == "start":
        return None
    first, last = (replace(place, actor=f"{base}*1", nth=0) for place in (a.first, a.last))
    begins, ends = (replace(place, actor=f"{base}*2", nth=0) for place in (b.first, b.last))
    says = f"the first to arrive is held after {said(first)} until another has passed {said(ends)}"
    return replace(drafted("bad", says, [(first, begins, None), (ends, last, first)], watch=[last]), alternate=True)


def before_first_worker(use: OrderPlace, write: OrderPlace, writer: Actor, user: Actor) -> Order:
    """The bad order in which an actor uses a place before whichever worker of a kind comes to it first has set it."""
    comes = replace(write, actor=f"{sibling_kind(writer)}*1", nth=0)
    says = f"{user.title} uses it before the first worker to reach {said(write)} sets it"
    return drafted("bad", says, [(use, comes, None)])


def has_parts(order: Order) -> bool:
    """Whether it is between parts."""
    return any("*" in place.actor for _, place in order.places)
