"""Orders between interchangeable workers: they name parts instead of actors (SPEC section 9), since which worker gets the work differs by run."""

from __future__ import annotations

from dataclasses import replace

from causeway_core.model import Actor
from causeway_core.model.order import Order, OrderPlace
from causeway_core.proof.planning.bystanders import sibling_kind, worker_kind
from causeway_core.proof.planning.draft import drafted
from causeway_core.proof.planning.side import Side, shown


def between_workers(a: Side, b: Side) -> Order | None:
    """The bad order in which the first worker to reach the window is held in it until another worker has passed its last place.

    None if the two actors are not interchangeable, or if a side begins or ends with its actor: an actor takes a part only at its first place.
    """
    base = sibling_kind(a.actor)
    return _between(a, b, base) if a.actor != b.actor and sibling_kind(b.actor) == base and b.last.access != "end" else None


def between_requests(a: Side, b: Side) -> Order | None:
    """The same for two requests, whose connections and positions differ by run as well.

    No alternate, since the actors that served the recorded requests may serve others in the re-run.
    """
    base = worker_kind(a.actor)
    order = _between(a, b, f"{base}*") if a.actor != b.actor and worker_kind(b.actor) == base else None
    return None if order is None else replace(order, alternate=False)


def _between(a: Side, b: Side, base: str) -> Order | None:
    if any(place.access in ("start", "end") for place in (a.first, a.last, b.first)) or b.last.access == "start":
        return None
    first, last = (replace(place, actor=f"{base}*1", nth=0) for place in (a.first, a.last))
    begins, ends = (replace(place, actor=f"{base}*2", nth=0) for place in (b.first, b.last))
    says = f"the first to arrive is held after {shown(first)} until another has passed {shown(ends)}"
    return replace(drafted("bad", says, [(first, begins, None), (ends, last, first)], watch=[last]), alternate=True)


def before_first_worker(use: OrderPlace, write: OrderPlace, writer: Actor, user: Actor) -> Order:
    """The bad order in which an actor uses a place before the first of the interchangeable workers has set it."""
    comes = replace(write, actor=f"{sibling_kind(writer)}*1", nth=0)
    says = f"{user.title} uses it before the first worker to reach {shown(write)} sets it"
    return drafted("bad", says, [(use, comes, None)])


def has_parts(order: Order) -> bool:
    """Whether an order names parts instead of actors."""
    return any("*" in place.actor for _, place in order.places)
