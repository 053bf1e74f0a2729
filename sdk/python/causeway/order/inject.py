"""What comes from outside at a named place: a cancellation of the task that waits there, a signal, a collection of garbage."""

from __future__ import annotations

import sys

from causeway.order.document import COLLECT, SIGNAL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from causeway.order.anchors import Duty
    from causeway.order.forcing import Forcing
    from causeway.order.patches import Patches


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


def do(kind: str) -> None:
    """Has garbage collected or a signal arrive in this thread, outside of all gates."""
    if kind == COLLECT:
        import gc

        collector: Any = gc.collect
        collector.causeway_due = True
        gc.collect()
    elif kind.startswith(SIGNAL):
        import signal

        number = getattr(signal, kind.removeprefix(SIGNAL), None)
        if number is not None and callable(signal.getsignal(number)):
            signal.raise_signal(number)


def put_off_collection(patches: Patches) -> None:
    """Garbage is collected at the place that the order names and not before."""
    import gc

    original: Any = gc.collect
    was_enabled = gc.isenabled()
    gc.disable()
    patches.also(lambda: gc.enable() if was_enabled else None)

    def collect(generation: int = 2) -> int:
        return int(original(generation)) if collect.causeway_due else 0  # type: ignore[attr-defined]

    collect.causeway_due = False  # type: ignore[attr-defined]
    patches.put(gc, "collect", collect)
