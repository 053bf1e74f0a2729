"""Cancellation at a named await, as somebody else would cancel the task while it waits there."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from causeway.order.anchors import Duty
    from causeway.order.forcing import Forcing


def cancel_here(forcing: Forcing, duty: Duty, counted: frozenset[str]) -> None:
    """Cancels the running task if this await of it is one at which the order says so."""
    with forcing, forcing.lock:
        actor = forcing.actors.current()
    for place in duty.accesses:
        wanted = place.actor == actor.path and actor.counts.get(place.key, 0) == place.nth + 1
        if wanted and forcing.order.inject.get(place.key) == "CancelledError":
            task = sys.modules["asyncio"].current_task()
            if task is not None:
                task.cancel()
