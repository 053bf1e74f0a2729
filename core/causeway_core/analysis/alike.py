"""Findings that say the same of other objects or actors: only the best one is reported."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from causeway_core.analysis.candidate import Candidate
from causeway_core.model import Finding

_KEY = re.compile(r"\[.*\]")
MOST_KEPT = 3
"""Findings that are kept beside the best, should that one turn out to be out of reach."""


@dataclass(frozen=True, slots=True)
class Reported:
    """A finding that is reported; the candidate behind it, if it is a race; and some of the findings that it represents."""

    finding: Finding
    candidate: Candidate | None
    others: Sequence[Finding]


def one_of_each(ordered: Iterable[tuple[Finding, Candidate | None]]) -> list[Reported]:
    """The first of all findings that differ only in the object and the actors. Its title and explanation say how many more there are."""
    groups: dict[object, list[tuple[Finding, Candidate | None]]] = {}
    for number, (finding, candidate) in enumerate(ordered):
        placed = all(access.line > 0 for access in finding.accesses) and finding.accesses
        groups.setdefault(_likeness(finding) if placed else number, []).append((finding, candidate))
    return [_reported(group) for group in groups.values()]


def _reported(group: Sequence[tuple[Finding, Candidate | None]]) -> Reported:
    (finding, candidate), *others = group
    windows = 0 if candidate is None else len(candidate.stands_for)
    if others or windows:
        number = len(others) + windows
        more = f" The same happens {len(others)} more times, to other objects or between other actors." if others else ""
        finding = replace(finding, alike=number, title=f"{finding.title} (and {number} more like this)", explanation=finding.explanation + more)
    return Reported(finding, candidate, [other for other, _ in others[:MOST_KEPT]])


def _likeness(finding: Finding) -> tuple[object, ...]:
    """What two findings have in common that differ only in the object and the actors: everything but these names."""
    title = finding.title.replace(finding.resource, "")
    for lane in sorted(finding.lanes, key=len, reverse=True):
        title = title.replace(lane, "")
    places = frozenset((access.role, access.file, access.line) for access in finding.accesses)
    return finding.kind, finding.tier, _KEY.sub("[…]", finding.resource).rpartition(".")[2], title, places
