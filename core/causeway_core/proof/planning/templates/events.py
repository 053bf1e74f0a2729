"""The events of a finding by role."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from causeway_core.analysis.evidence import Evidence
from causeway_core.model import At, Finding
from causeway_core.proof.planning.anchors import Anchors


@dataclass(frozen=True, slots=True)
class RoleEvents:
    """A finding, and what its orders are made of. `at` maps each role to its event."""

    finding: Finding
    anchors: Anchors
    evidence: Evidence
    roles: frozenset[str]
    at: dict[str, At]

    @classmethod
    def of(cls, finding: Finding, anchors: Anchors, evidence: Evidence) -> RoleEvents:
        """A finding's events by role."""
        roles = frozenset(access.role for access in finding.accesses)
        return cls(finding, anchors, evidence, roles, {access.role: access.at for access in finding.accesses if access.at is not None})

    def actor(self, role: str) -> int | None:
        """The actor of the event with a role: the work item, if a pool ran it."""
        return self.work(self.at.get(role))

    def thread(self, role: str) -> int | None:
        """The same, with the thread that ran a work item instead of the item."""
        at = self.at.get(role)
        return None if at is None else self.evidence.actor_at(at)

    def row(self, role: str) -> int:
        """The access (row of the table) with a role. Raises IndexError if the event is none."""
        return int(np.flatnonzero(self.evidence.table.at == self.at[role])[0])

    def line(self, role: str) -> int:
        """The line of the access with a role. Raises StopIteration if there is none."""
        return next(access.line for access in self.finding.accesses if access.role == role)

    def work(self, at: At | None) -> int | None:
        """The actor of an event: the work item, if a pool ran it."""
        actor = None if at is None else self.evidence.actor_at(at)
        return None if at is None or actor is None else self.evidence.facts.work_of(actor, at)

    def by_actor(self, *roles: str) -> dict[int, list[At]]:
        """The events of some roles by actor, in order."""
        found: dict[int, list[At]] = {}
        for access in self.finding.accesses:
            actor = self.work(access.at)
            if actor is not None and access.at is not None and access.role in roles:
                found.setdefault(actor, []).append(access.at)
        return {actor: sorted(events) for actor, events in found.items()}

    def locks_at(self, actor: int, at: At) -> dict[int, At]:
        """The locks that an actor holds at an event, with the events that acquired them."""
        thread = self.evidence.facts.thread_of(actor)
        holds = (hold for hold in self.evidence.holds.holds if hold.actor == thread and hold.at < at < (hold.until_at or at + 1))
        return {hold.object: At(hold.at) for hold in holds}
