"""Locks taken in both orders: a deadlock waiting for its schedule."""

from __future__ import annotations

from collections import defaultdict
from itertools import islice

from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.holds import Hold
from causeway_core.analysis.telling.scene import Moment, Scene
from causeway_core.model import At, Finding

SAMPLE = 24
ONLY_A_HINT = "Most such pairs cannot meet for reasons the recording does not show, so this is only a hint."
"""Said until a forced run has shown that they do meet."""


def lock_orders(scene: Scene, evidence: Evidence, struck: frozenset[int]) -> list[Finding]:
    """Pairs of locks that two actors nest in opposite orders, neither under a common third lock nor ordered by must-happens-before. Only
    hints: research puts one in nine of them right.

    `struck` are locks of deadlocks that happened: those are told already.
    """
    nested = _nested(evidence)
    found = []
    for (outer, inner), forwards in sorted(nested.items()):
        backwards = nested.get((inner, outer))
        if outer < inner and backwards and not {outer, inner} <= struck:
            pair = _conflicting(evidence, forwards, backwards)
            if pair is not None:
                found.append(_told(scene, *pair))
    return found


_Nesting = tuple[Hold, Hold]


def _nested(evidence: Evidence) -> dict[tuple[int, int], list[_Nesting]]:
    """Acquisitions made under another lock, by the two locks; a bounded number of each pair and actor."""
    found: defaultdict[tuple[int, int], list[_Nesting]] = defaultdict(list)
    count: defaultdict[tuple[int, int, int], int] = defaultdict(int)
    for hold in evidence.holds.holds:
        if evidence.holds.ignores(hold.object):
            continue
        for held in evidence.holds.held(hold.actor, hold.order - 1):
            outer = evidence.holds.holds[held]
            key = outer.object, hold.object, hold.actor
            count[key] += 1
            if outer.object != hold.object and count[key] <= 4 and not evidence.holds.ignores(outer.object):
                found[outer.object, hold.object].append((outer, hold))
    return found


def _conflicting(evidence: Evidence, forwards: list[_Nesting], backwards: list[_Nesting]) -> tuple[_Nesting, _Nesting] | None:
    for one in islice(forwards, SAMPLE):
        for two in islice(backwards, SAMPLE):
            if one[1].actor == two[1].actor or _gates(evidence, one) & _gates(evidence, two):
                continue
            a, b = At(one[1].at), At(two[1].at)
            if not evidence.order.happens_before(a, b, must=True) and not evidence.order.happens_before(b, a, must=True):
                return one, two
    return None


def _gates(evidence: Evidence, nesting: _Nesting) -> frozenset[int]:
    """Other locks held meanwhile: a common one lets only one of the two in."""
    outer, inner = nesting
    return evidence.holds.locks(inner.actor, inner.order) - {outer.object, inner.object}


def _told(scene: Scene, one: _Nesting, two: _Nesting) -> Finding:
    first, second = scene.object(one[0].object), scene.object(one[1].object)
    events = [Moment(hold.actor, hold.at, "acquire", f"acquired {scene.object(hold.object)}") for nesting in (one, two) for hold in nesting]
    return scene.finding(
        kind="deadlock",
        tier="hint",
        rank=20.5,
        confidence=0.15,
        title=(
            f"{scene.actor(one[1].actor)} takes {first} and then {second}, {scene.actor(two[1].actor)} takes {second} and "
            f"then {first}: each could hold one and wait for the other"
        ),
        resource=f"{first} and {second}",
        events=events,
        recommendation=f"take {first} and {second} in the same order everywhere",
        explanation=f"It did not happen in this run. {ONLY_A_HINT}",
    )
