"""Orders in which two actors compute the same cached result."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations

from causeway_core.analysis.detectors.atomicity.duplicate_computation import BEGINS, COMPUTES, COMPUTES_TOO
from causeway_core.model.order import Order, OrderPlace
from causeway_core.proof.planning.draft import drafted
from causeway_core.proof.planning.templates.events import RoleEvents


def both_compute(events: RoleEvents) -> Iterator[Order]:
    """One actor enters the function and continues in it only once the other has entered it. Raises Unplaced."""
    actors = [events.actor(role) for role in (COMPUTES, COMPUTES_TOO)]
    access = next(access for access in events.finding.accesses if access.role == BEGINS)
    a = events.anchors
    for one, other in permutations([each for each in actors if each is not None]):
        first, second = a.actor_of(one), a.actor_of(other)
        enters, begins = (replace(place, actor=first.path) for place in a.in_function(access.file, access.line))
        comes = replace(enters, actor=second.path)
        says = f"{first.title} and {second.title} both compute it before either has a result"
        yield drafted("bad", says, [(enters, comes, None), (comes, begins, enters)])
        yield drafted("serial", f"{first.title} first, then {second.title}", [(a.end(first), OrderPlace(second.path, "start"), None)])
