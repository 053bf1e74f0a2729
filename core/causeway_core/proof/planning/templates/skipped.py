"""Orders for a check that allowed no use in the recorded run, because the value had been taken away before."""

from __future__ import annotations

from collections.abc import Iterator

from causeway_core.analysis.detectors.atomicity.skipped_use import REMOVES_FIRST, SKIPPED
from causeway_core.model.order import Order
from causeway_core.proof.planning.draft import drafted
from causeway_core.proof.planning.templates.events import RoleEvents


def remove_after_check(events: RoleEvents) -> Iterator[Order]:
    """The value is removed after the check that allows its use, before the use. In the recorded run it was removed before the check.

    Raises Unplaced.
    """
    at, checker, remover = events.at, events.actor("look"), events.actor(REMOVES_FIRST)
    if checker is None or remover is None:
        return
    a = events.anchors
    who, other = a.actor_of(checker), a.actor_of(remover)
    looks, uses = a.operation(checker, at["look"], "acquire"), a.unreached(checker, at["look"], events.line(SKIPPED))
    takes, begins = a.operation(remover, at[REMOVES_FIRST], "acquire"), a.since_event(other, at[REMOVES_FIRST])
    says = f"{other.title} takes it away after {who.title} has checked it and before {who.title} uses it"
    # What the function does before that may belong to the removal (it closes the object): held before all of it, or right before the write.
    for since in dict.fromkeys((a.preceding(remover, at[REMOVES_FIRST]), begins)):
        yield drafted("bad", says, [(looks, takes, since), (takes, uses, looks)])
    yield drafted("serial", f"{other.title} takes it away first", [(takes, looks, a.since_event(who, at["look"]))])
    yield drafted("serial", f"{who.title} uses it first", [(uses, takes, begins)])
