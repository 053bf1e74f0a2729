"""Orders for a lock file that is taken over before its owner is in it."""

from __future__ import annotations

from collections.abc import Iterator

from causeway_core.analysis.detectors.files.lock_takeover import MAKES, READS, TAKES_OVER, WRITES
from causeway_core.model.order import Order
from causeway_core.proof.planning.draft import drafted
from causeway_core.proof.planning.templates.events import RoleEvents


def taken_over_while_empty(events: RoleEvents) -> Iterator[Order]:
    """The second actor meets the lock file of the first before its owner is in it; both then do what the lock is for at the same time.

    Raises Unplaced.
    """
    at, owner, other = events.at, events.actor(MAKES), events.actor(TAKES_OVER)
    if owner is None or other is None:
        return
    a = events.anchors
    one, two = a.actor_of(owner), a.actor_of(other)
    makes, meets = a.operation(owner, at[MAKES], "file"), a.operation(other, at[TAKES_OVER], "file")
    reads, goes_on = a.operation(other, at[READS], "file"), a.following(owner, at[MAKES])
    since, own = a.held_since_event(two, at[TAKES_OVER], at[MAKES]), a.held_since_event(one, at[MAKES], at[TAKES_OVER])
    if goes_on is None:
        return
    if WRITES in at:
        says = f"{two.title} takes the lock over before {one.title} has written its owner into it; {one.title} ends before {two.title} writes"
        after = [(a.end(one), a.operation(other, at[WRITES], "file"), reads)]
    else:
        says, after = f"{two.title} looks for the owner before {one.title} has written it", []
    yield drafted("bad", says, [(makes, meets, since), (reads, goes_on, makes), *after])
    yield drafted("serial", f"{one.title} first, then {two.title}", [(a.end(one), meets, since)])
    if WRITES in at:
        yield drafted("serial", f"{two.title} first, then {one.title}", [(a.end(two), makes, own)])
    elif (written := a.last_in_call(owner, at[MAKES])) is not None:
        # Where the lock is held until the program ends, nobody can wait for the end of its owner.
        yield drafted("serial", f"{one.title} writes itself into the file first", [(written, meets, since)])
