"""Orders for a lock of a dead owner that two actors take over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from causeway_core.analysis.detectors.files.stale_lock import MAKES_ANEW, MEETS_STALE, READS_HELD, REMOVES_STALE, WRITES_HELD
from causeway_core.model.order import Order
from causeway_core.proof.planning.draft import drafted
from causeway_core.proof.planning.templates.events import RoleEvents


def both_take_over(events: RoleEvents) -> Iterator[Order]:
    """Both actors find the old lock; the second removes it after the first has made a new one, and both have the lock. Raises Unplaced."""
    at, first, second = events.at, events.actor(REMOVES_STALE), events.actor(MEETS_STALE)
    if first is None or second is None:
        return
    a = events.anchors
    one, two = a.actor_of(first), a.actor_of(second)
    removes, makes = a.operation(first, at[REMOVES_STALE], "file"), a.operation(first, at[MAKES_ANEW], "file")
    meets = a.operation(second, at[MEETS_STALE], "file")
    # A removal may be all that its function does: then the check stands before the call.
    before = a.preceding(first, at[REMOVES_STALE]) or a.preceding(first, a.entered(at[REMOVES_STALE]))
    # The second actor has not removed the old lock in the recorded run: it reaches the first one's lines for the first time.
    found = meets if before is None else replace(before, actor=two.path, nth=0)
    again = a.unreached(second, at[REMOVES_STALE], removes.line)
    held = [(found, removes, None), (makes, again, found)]
    if READS_HELD in at and WRITES_HELD in at:
        held.append((a.operation(second, at[READS_HELD], "file"), a.operation(first, at[WRITES_HELD], "file"), makes))
    yield drafted("bad", f"{two.title} removes the lock that {one.title} has just made, since both found the old one", held)
    own, since = a.held_since_event(one, at[REMOVES_STALE], at[MEETS_STALE]), a.held_since_event(two, at[MEETS_STALE], at[REMOVES_STALE])
    yield drafted("serial", f"{one.title} first, then {two.title}", [(a.end(one), meets, since)])
    yield drafted("serial", f"{two.title} first, then {one.title}", [(a.end(two), replace(removes, nth=0), own)])
