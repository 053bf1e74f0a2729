"""The path backwards to read first."""

from __future__ import annotations

from causeway_core.graph.actors import Actors
from causeway_core.graph.link import Link
from causeway_core.graph.place import Places
from causeway_core.graph.predecessors import Predecessors
from causeway_core.graph.reads_from import ReadsFrom
from causeway_core.graph.why import HANDOFFS, WAKES, WhyItRan
from causeway_core.graph.words import Words
from causeway_core.model import Access, At, Predecessor, ValueKind
from causeway_core.storage.recording import Recording

_LONGEST = 64


class Chains:
    """From a value to its writer, the read it relied on, and who woke the writer or handed it work; then by creations to a root."""

    def __init__(
        self, recording: Recording, actors: Actors, places: Places, words: Words, reads: ReadsFrom, predecessors: Predecessors, why: WhyItRan
    ) -> None:
        self._recording = recording
        self._actors = actors
        self._places = places
        self._words = words
        self._reads = reads
        self._predecessors = predecessors
        self._why = why

    def of(self, at: At, until: At | None = None) -> tuple[Link, ...]:
        """The chain of what happens from `at` to `until` (default: `at`), effect first, at most 64 links."""
        links = [self.subject(at, until or at)]
        for access in self._recording.accesses_between(at, until or at):
            links += self._value(access)
            if len(links) > 1:
                break
        seen = {link.at for link in links}
        wakes = WAKES
        while len(links) < _LONGEST:
            cause = self._why.of(links[-1].at, wakes)
            if cause is None or cause.at in seen:
                break
            seen.add(cause.at)
            links.append(self.link(cause))
            # Who woke the writer is worth reading; what its waker, or its creator, had waited for before is another story.
            wakes = (wakes & HANDOFFS) if cause.kind in WAKES else frozenset()
        return tuple(links)

    def link(self, cause: Predecessor) -> Link:
        """A cause as a link."""
        return Link(cause.at, cause.actor, cause.kind, cause.reason, self._places.of(cause.at) or self._places.last(cause.at))

    def subject(self, at: At, until: At) -> Link:
        """What is explained: who did what at the event."""
        actor = self._actors.of(at)
        done = [self._describe_access(access) for access in self._recording.accesses_between(at, until)]
        place = self._places.of(at)
        text = f"{self._words.where(actor, at)}{': ' + ', '.join(dict.fromkeys(done)) if done else ''}"
        return Link(at, actor.id, "program", text, place)

    def _describe_access(self, access: Access) -> str:
        verb = {"write": "wrote", "delete": "deleted", "test": "tested", "iterate": "iterated over", "mutate": "changed"}.get(access.op, "read")
        value = f" = {access.value}" if access.op in ("read", "write") and access.value.captured else ""
        return f"{verb} {self._predecessors.location(access.location).name}{value}"

    def _value(self, access: Access) -> list[Link]:
        """The writer of a value that was read, and what that (or this) write relied on."""
        source = self._predecessors.read_source(access)
        if source is None:
            return self._basis(access)
        links = [self.link(source)]
        for write in self._recording.accesses_between(source.at, source.at):
            if write.location == access.location:
                links += self._basis(write)
        return links

    def _basis(self, write: Access) -> list[Link]:
        """The read of the same place that a write followed, and whether it was stale by then."""
        read_at = self._reads.previous_read(write.at, write.location) if write.writes else None
        if read_at is None:
            return []
        read = next(a for a in self._recording.accesses_between(read_at, read_at) if a.location == write.location)
        name = self._predecessors.location(write.location).name
        place = self._places.of(read_at) or self._words.actor(self._actors.of(read_at))
        text = f"based on {_found(read, name)} at {place}"
        others = [at for at in self._reads.between(read_at, write.at, write.location) if self._actors.of(at).id != write.actor]
        if others:
            text += f", before it was written by {self._words.where(self._actors.of(others[-1]), others[-1])}"
        return [Link(read_at, read.actor, "program", text, self._places.of(read_at))]


def _found(read: Access, name: str) -> str:
    """What a read found, in words: a membership test tells presence, not a value."""
    if read.op == "test":
        return f"{name} being {'there' if read.value.kind is ValueKind.TRUE else 'absent'}, looked up"
    return f"{name} = {read.value}, read" if read.value.captured else f"{name}, read"
