"""Lock-order inversions: locks acquired in a cycle of orders, a potential deadlock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice

from causeway_core.analysis import weights
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.holds import Hold
from causeway_core.analysis.wording.scene import Moment, Scene
from causeway_core.model import At, Finding

SAMPLE = 24
LONGEST_CYCLE = 4
MOST_CYCLES = 2_000
"""Cycles of locks that are examined."""
MOST_TOLD = 6
ONLY_A_HINT = "Most such cycles cannot deadlock, for reasons that the recording does not show, so this is only a hint."
"""Said until a forced run has shown that they do."""

_Nesting = tuple[Hold, Hold]


def lock_orders(scene: Scene, evidence: Evidence, struck: frozenset[int]) -> list[Finding]:
    """Cycles of up to four locks that as many actors nest, each acquiring the next one under its own.

    No two of the actors share a further common lock or are ordered by must-happens-before. Only hints: research puts one in nine of them right.
    `struck` are the locks of deadlocks that happened, which are already reported. Two work items of one pool count as two actors.
    """
    nested = _nested(evidence)
    found: dict[frozenset[str], Finding] = {}
    for cycle in islice(_cycles(nested), MOST_CYCLES):
        if set(cycle) <= struck:
            continue
        chosen = _choose(evidence, [nested[pair] for pair in zip(cycle, (*cycle[1:], cycle[0]), strict=True)], [])
        if chosen is not None:
            places = frozenset(str(scene.place(hold.at)) for nesting in chosen for hold in nesting)
            found.setdefault(places, _finding(scene, chosen))
            if len(found) >= MOST_TOLD:
                break
    return list(found.values())


def acquirer(evidence: Evidence, hold: Hold) -> int:
    """The actor of an acquisition: the work item, where a pool ran it."""
    return evidence.facts.work_of(hold.actor, hold.at)


def _nested(evidence: Evidence) -> dict[tuple[int, int], list[_Nesting]]:
    """Acquisitions made under another lock, by the two locks; a bounded number per pair and actor."""
    found: defaultdict[tuple[int, int], list[_Nesting]] = defaultdict(list)
    count: defaultdict[tuple[int, int, int], int] = defaultdict(int)
    for hold in evidence.holds.holds:
        if evidence.holds.ignores(hold.object):
            continue
        for held in evidence.holds.held(hold.actor, hold.order - 1):
            outer = evidence.holds.holds[held]
            if outer.object == hold.object or evidence.holds.ignores(outer.object):
                continue
            key = outer.object, hold.object, acquirer(evidence, hold)
            count[key] += 1
            if count[key] <= 4:
                found[outer.object, hold.object].append((outer, hold))
    return found


def _cycles(nested: dict[tuple[int, int], list[_Nesting]]) -> Iterator[tuple[int, ...]]:
    """The lock cycles, short ones first, each once: it starts with its smallest lock."""
    inner: defaultdict[int, list[int]] = defaultdict(list)
    for outer, taken in sorted(nested):
        inner[outer].append(taken)
    paths: list[tuple[int, ...]] = [(outer,) for outer in sorted(inner)]
    for _ in range(LONGEST_CYCLE):
        longer: list[tuple[int, ...]] = []
        for path in paths[:MOST_CYCLES]:
            for taken in inner.get(path[-1], ()):
                if taken == path[0] and len(path) > 1:
                    yield path
                elif taken > path[0] and taken not in path:
                    longer.append((*path, taken))
        paths = longer


def _choose(evidence: Evidence, links: list[list[_Nesting]], chosen: list[_Nesting]) -> list[_Nesting] | None:
    """One nesting per link, all by different actors that can run at the same time."""
    if len(chosen) == len(links):
        return chosen
    for nesting in islice(links[len(chosen)], SAMPLE):
        if all(_meet(evidence, nesting, other) for other in chosen):
            found = _choose(evidence, links, [*chosen, nesting])
            if found is not None:
                return found
    return None


def _meet(evidence: Evidence, one: _Nesting, two: _Nesting) -> bool:
    """Whether two actors can both hold their outer lock before either has its inner one."""
    if acquirer(evidence, one[1]) == acquirer(evidence, two[1]) or _gates(evidence, one) & _gates(evidence, two):
        return False
    a, b = At(one[1].at), At(two[1].at)
    return not evidence.order.happens_before(a, b, must=True) and not evidence.order.happens_before(b, a, must=True)


def _gates(evidence: Evidence, nesting: _Nesting) -> frozenset[int]:
    """Other locks held at that time: a common one admits only one of the two."""
    outer, inner = nesting
    return evidence.holds.locks(inner.actor, inner.order) - {outer.object, inner.object}


def _finding(scene: Scene, cycle: list[_Nesting]) -> Finding:
    names = [scene.object(outer.object) for outer, _ in cycle]
    events = [
        Moment(acquirer(scene.evidence, hold), hold.at, "acquire", f"acquired {scene.object(hold.object)}") for nesting in cycle for hold in nesting
    ]
    distinct = sorted(set(names))
    if len(distinct) > 1:
        advice = f"acquire {', '.join(distinct[:-1])} and {distinct[-1]} in the same order everywhere"
    else:
        advice = f"when acquiring more than one {distinct[0]}, use the same order everywhere, for instance by an id of their owners"
    return scene.finding(
        kind="deadlock",
        weight=weights.CYCLE_OF_LOCKS,
        title=_title(scene, cycle),
        resource=" and ".join(dict.fromkeys(names)) if len(distinct) > 1 else distinct[0],
        events=events,
        recommendation=advice,
        explanation="This is a lock-order inversion. It did not happen in this run.",
        doubt=ONLY_A_HINT,
    )


def _title(scene: Scene, cycle: list[_Nesting]) -> str:
    evidence = scene.evidence
    functions = [(acquirer(evidence, inner), scene.place(inner.at).function) for _, inner in cycle]
    if len(cycle) > 2:
        by = ", ".join(dict.fromkeys(f"`{function.rpartition('.')[2]}`" for _, function in functions))
        locks = ", ".join(dict.fromkeys(scene.object(outer.object) for outer, _ in cycle))
        return f"{locks} are acquired in a circle by {by}: each actor could hold one and wait for the next"
    one, two = scene.sides(*functions)
    outer, inner = (scene.object(hold.object) for hold in cycle[0])
    if outer == inner:
        return f"{one} acquires one {outer}, then another, and {two} too: each could hold one and wait for the other"
    return f"{one} acquires {outer}, then {inner}; {two} the other way round: each could hold one and wait for the other"
