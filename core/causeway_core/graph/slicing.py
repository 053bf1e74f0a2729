"""Everything that mattered for an event."""

from __future__ import annotations

from collections import deque

from causeway_core.graph.ancestry import Ancestry
from causeway_core.graph.causal_order import CausalOrder
from causeway_core.graph.chain import Chains
from causeway_core.graph.link import Link
from causeway_core.graph.predecessors import Predecessors
from causeway_core.graph.reads_from import ReadsFrom
from causeway_core.graph.why import WhyItRan
from causeway_core.model import Access, At, Predecessor
from causeway_core.storage.recording import Recording

_GUARDS = 20


class Slices:
    """Backward slices over recorded facts: last writers, the reads that a write followed in its step, wakes and messages.

    After Weiser, "Program Slicing", 1981, with control dependence approximated by the reads and tests of shared places earlier in the same step.
    """

    def __init__(
        self, recording: Recording, order: CausalOrder, ancestry: Ancestry, reads: ReadsFrom, predecessors: Predecessors, why: WhyItRan,
        chains: Chains,
    ) -> None:
        self._recording = recording
        self._reads = reads
        self._order = order
        self._ancestry = ancestry
        self._predecessors = predecessors
        self._why = why
        self._chains = chains

    def of(self, at: At, until: At | None = None, other: At | None = None, limit: int = 200) -> tuple[Link, ...]:
        """What mattered for what happens from `at` to `until`, nearest first, at most `limit` links.

        With `other` (the far side of a conflict) the slice ends at the nearest common ancestor of both.
        """
        floor = self._ancestry.common_ancestor(at, other) if other is not None else None
        links, seen = [self._chains.subject(at, until or at)], {at}
        waiting = deque([(at, until or at)])
        while waiting and len(links) < limit:
            for cause in self._relevant(*waiting.popleft()):
                if cause.at in seen or (floor is not None and self._order.happens_before(cause.at, floor)):
                    continue
                seen.add(cause.at)
                links.append(self._chains.link(cause))
                waiting.append((cause.at, cause.at))
        return tuple(links[:limit])

    def _relevant(self, first: At, last: At) -> list[Predecessor]:
        found: list[Predecessor] = []
        for access in self._recording.accesses_between(first, last):
            source = self._predecessors.read_source(access)
            if source is not None:
                found.append(source)
            if access.writes:
                found += self._guards(access)
        cause = self._why.of(first)
        return [*found, cause] if cause is not None else found

    def _guards(self, write: Access) -> list[Predecessor]:
        """The reads and tests of shared places before a write in its step, and the actor's last read of the place it writes."""
        step = self._recording.step_at(write.at)
        reads: list[Access] = []
        if step is not None and step.first_at < write.at:
            earlier = self._recording.accesses_between(step.first_at, At(write.at - 1))
            reads = [access for access in earlier if access.actor == write.actor and access.op != "write"][-_GUARDS:]
        own = self._reads.previous_read(write.at, write.location)
        if own is not None and all(access.at != own for access in reads):
            reads += [access for access in self._recording.accesses_between(own, own) if access.location == write.location]
        return [Predecessor(a.at, a.actor, "program", f"follows its read of {self._predecessors.location(a.location).name}") for a in reads]
