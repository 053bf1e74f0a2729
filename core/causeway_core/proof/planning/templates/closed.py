"""Orders for a check that an object is open, and a close between the check and the use."""

from __future__ import annotations

from collections.abc import Iterator

from causeway_core.analysis.detectors.ordering.closed_after_check import CLOSED, USED
from causeway_core.model.order import Order
from causeway_core.proof.planning.draft import drafted
from causeway_core.proof.planning.templates.events import RoleEvents


def close_after_check(events: RoleEvents) -> Iterator[Order]:
    """The object is closed after the check that finds it open, before the use. Raises Unplaced."""
    at, checker, closer = events.at, events.actor("look"), events.actor(CLOSED)
    if checker is None or closer is None:
        return
    a = events.anchors
    who, other = a.actor_of(checker), a.actor_of(closer)
    looks, uses = a.operation(checker, at["look"], "acquire"), a.unreached(checker, at["look"], events.line(USED))
    closes, begins = a.operation(closer, at[CLOSED], "acquire"), a.since_event(other, at[CLOSED])
    says = f"{other.title} closes it after {who.title} has checked it and before {who.title} uses it"
    for since in dict.fromkeys((a.preceding(closer, at[CLOSED]), begins)):
        yield drafted("bad", says, [(looks, closes, since), (closes, uses, looks)])
    yield drafted("serial", f"{other.title} closes it first", [(closes, looks, a.since_event(who, at["look"]))])
    yield drafted("serial", f"{who.title} uses it first", [(uses, closes, begins)])
