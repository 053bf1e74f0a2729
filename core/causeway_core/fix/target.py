"""What a fix has to close: the window and the other side, read off a finding document."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from causeway_core.errors import FindingUnusable

_PROCESS = re.compile(r".*/process(?:#\d+)?(?=/|$)")
"""The part of a spawn path that names the process: up to the last one that is started on the way."""


@dataclass(frozen=True, slots=True)
class Place:
    """An access in the source. `function` is the qualified name; `threaded` says that a thread made it, not a task."""

    role: str
    file: str
    line: int
    function: str
    threaded: bool


@dataclass(frozen=True, slots=True)
class Target:
    """`first` to `last` is the window of one actor, `others` what comes in between. `attribute` is the last name of the resource. `processes`: the
    two sides run in different ones.
    """

    kind: str
    resource: str
    first: Place
    last: Place
    others: tuple[Place, ...]
    processes: bool = False

    @property
    def places(self) -> tuple[Place, ...]:
        """All places, the window's first."""
        return (self.first, self.last, *self.others)

    @property
    def attribute(self) -> str:
        """`balance` of `Account.balance[7]`."""
        name = self.resource.partition("[")[0].rpartition(".")[2]
        return name if name.isidentifier() else ""

    @property
    def threaded(self) -> bool:
        """Whether a thread takes part."""
        return any(place.threaded for place in self.places)


def target_of(finding: Mapping[str, Any]) -> Target:
    """The target of a finding of schema causeway.findings/1. Raises FindingUnusable if its accesses name no window in the source."""
    try:
        accesses = [(_place(each), str(each["actor"])) for each in finding["accesses"] if each.get("role") != "wait" or each.get("event")]
        kind, resource = str(finding["kind"]), str(finding["resource"])
    except (KeyError, TypeError, ValueError) as error:
        raise FindingUnusable(f"not a finding of schema causeway.findings/1: {error!r} is missing or wrong", "see docs/findings.md") from None
    if not accesses or any(place.line < 1 for place, _ in accesses):
        raise FindingUnusable("the finding names no places in the source", "its recommendation says in words what to do")
    # Accesses stand in the order of the recording: what comes in between may have come first.
    actors = [who for _, who in accesses]
    actor = next((who for who in actors if actors.count(who) > 1), actors[0])
    mine = [place for place, who in accesses if who == actor]
    others = tuple(place for place, who in accesses if who != actor)
    return Target(kind, resource, mine[0], mine[-1], others, _in_processes(finding, actors))


def _in_processes(finding: Mapping[str, Any], actors: list[str]) -> bool:
    """Whether more than one process takes part: as the spawn paths of its orders say, else as its actors are called."""
    paths = {str(place.get("actor", "")) for order in finding.get("orders") or () for place in order.get("places", {}).values()}
    processes = {found.group() if (found := _PROCESS.match(path)) else "" for path in paths}
    return len(processes) > 1 if processes else any(actor.startswith("process ") for actor in actors)


def _place(access: Mapping[str, Any]) -> Place:
    return Place(
        str(access["role"]), str(access["file"]), int(access["line"]), str(access["function"]), str(access.get("actor", "")).startswith("thread")
    )
