"""Orders for a check that allowed no use in the recorded run: what is checked is closed or taken away between the check and the use."""

from __future__ import annotations

from collections.abc import Iterator

from causeway_core.analysis.detectors.atomicity.skipped_use import REMOVES_FIRST, SKIPPED
from causeway_core.analysis.detectors.ordering.closed_after_check import CLOSED, USED
from causeway_core.model.order import Order
from causeway_core.proof.planning.draft import drafted
from causeway_core.proof.planning.templates.events import RoleEvents


def close_after_check(events: RoleEvents) -> Iterator[Order]:
    """The object is closed after the check that finds it open, before the use. Raises Unplaced."""
    return _change_after_check(events, CLOSED, USED, "closes it")


def remove_after_check(events: RoleEvents) -> Iterator[Order]:
    """The value is removed after the check that allows its use, before the use. In the recorded run it was removed before the check.

    Raises Unplaced.
    """
    return _change_after_check(events, REMOVES_FIRST, SKIPPED, "takes it away")


def _change_after_check(events: RoleEvents, change: str, use: str, does: str) -> Iterator[Order]:
    """`change` and `use` are roles; `does` says what the change does."""
    at, checker, changer = events.at, events.actor("look"), events.actor(change)
    if checker is None or changer is None:
        return
    a = events.anchors
    who, other = a.actor_of(checker), a.actor_of(changer)
    looks, uses = a.operation(checker, at["look"], "acquire"), a.unreached(checker, at["look"], events.line(use))
    changes, begins = a.operation(changer, at[change], "acquire"), a.since_event(other, at[change])
    says = f"{other.title} {does} after {who.title} has checked it and before {who.title} uses it"
    # What the function does before that may belong to the change (it closes the object): held before all of it, or right before the write.
    for since in dict.fromkeys((a.preceding(changer, at[change]), begins)):
        yield drafted("bad", says, [(looks, changes, since), (changes, uses, looks)])
    yield drafted("serial", f"{other.title} {does} first", [(changes, looks, a.since_event(who, at["look"]))])
    yield drafted("serial", f"{who.title} uses it first", [(uses, changes, begins)])
