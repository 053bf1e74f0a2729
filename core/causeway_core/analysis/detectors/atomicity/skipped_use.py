"""Uses that the recorded run skipped, because the check before them came after another actor had taken the value away."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from causeway_core.analysis import weights
from causeway_core.analysis.detectors.atomicity.check_then_use import removes_value
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.flow import Usage
from causeway_core.analysis.wording.scene import Moment, Scene
from causeway_core.model import Finding

SAMPLE = 24
"""Removals of each site, and later checks of each removal, that are examined."""
SKIPPED = "would use"
"""The role of a use that the recorded run did not come to."""
REMOVES_FIRST = "take away"
"""The role of the write that takes the value away."""


def skipped_uses(scene: Scene, evidence: Evidence) -> list[Finding]:
    """Checks by one thread that found an attribute or global emptied by another thread, and so skipped its use; one per pair of functions.

    Had the check come a moment earlier, the use would have met the missing value, or an object that was closed by then. Hints, for a re-run to
    confirm: the recorded run does not show the use. Checks and removals under a common lock do not count.
    """
    found: dict[tuple[int, int, int], Finding] = {}
    table = evidence.table
    for site in np.unique(table.site[table.writes]).tolist():
        for removal in evidence.rows_at(site)[:SAMPLE].tolist():
            if _empties(evidence, removal):
                for check, use in _skipped(evidence, removal):
                    key = (int(table.location[check]), evidence.function_of(int(table.site[check])), evidence.function_of(site))
                    if key not in found:
                        found[key] = _finding(scene, removal, check, use)
    return list(found.values())


def _empties(evidence: Evidence, row: int) -> bool:
    """Whether a write takes away a value that was there."""
    table = evidence.table
    place = evidence.facts.locations[int(table.location[row])]
    if place.kind not in ("attribute", "global") or not removes_value(evidence, row):
        return False
    before = [each for each in range(table.span(int(table.location[row])).start, row) if table.writes[each]]
    return bool(before) and not removes_value(evidence, before[-1])


def _skipped(evidence: Evidence, removal: int) -> Iterator[tuple[int, int]]:
    """The later checks by other threads, each with the site of a use that it kept its actor from."""
    table = evidence.table
    span = table.span(int(table.location[removal]))
    looks = [row for row in range(removal + 1, span.stop) if not table.writes[row] and table.actor[row] != table.actor[removal]]
    for check in looks[:SAMPLE]:
        if evidence.stream(check) == evidence.stream(removal) or evidence.locks_at(check) & evidence.locks_at(removal):
            continue
        use = _use_after(evidence, check) if evidence.concurrent(removal, check) else None
        if use is not None:
            yield check, use


def _use_after(evidence: Evidence, check: int) -> int | None:
    """The first site further down in the function that dereferences the same name, is guarded by the check, and was not reached by its actor."""
    table, facts = evidence.table, evidence.facts
    looked, guard = facts.sites.get(int(table.site[check])), evidence.read_node(int(table.site[check]))
    if looked is None or guard is None:
        return None
    same = [site for site in facts.sites.values() if site.function == looked.function and site.name == looked.name and site.line > looked.line]
    for site in sorted(same, key=lambda each: each.line):
        place = evidence.read_place(site.id) if site.kind == looked.kind else None
        node = evidence.node(place)
        if place is None or node is None or not node.usage & (Usage.DEREFERENCED | Usage.RAISES_WHEN_ABSENT):
            continue
        if guard in evidence.flow.graph.deciders(place) and not (table.actor[evidence.rows_at(site.id)] == table.actor[check]).any():
            return site.id
    return None


def _finding(scene: Scene, removal: int, check: int, use: int) -> Finding:
    evidence, table = scene.evidence, scene.evidence.table
    checker, remover = int(table.actor[check]), int(table.actor[removal])
    looks, takes = scene.place(evidence.at(check)), scene.place(evidence.at(removal))
    one, two = scene.sides((checker, looks.function), (remover, takes.function))
    what = scene.namer.resource(check)
    at_use = scene.line(looks.path, evidence.facts.sites[use].line, looks.function)
    return scene.finding(
        kind="atomicity_violation",
        weight=weights.SKIPPED_USE,
        title=f"{one} checks {what}, then would use it; {two} could take it away in between",
        resource=what,
        events=[
            Moment(checker, evidence.at(check), "look", f"checks {what}"),
            Moment(remover, evidence.at(removal), REMOVES_FIRST, f"takes {what} away"),
            Moment(checker, 0, SKIPPED, f"would use {what}", at_use),
        ],
        recommendation=f"hold one lock over the check and the use of {what}, and over the code that takes it away",
        explanation="The check came after the value was taken away, so this run skipped the use. No order or lock keeps them apart.",
        unordered=scene.namer.why_unordered(evidence.at(removal), evidence.at(check)),
    )
