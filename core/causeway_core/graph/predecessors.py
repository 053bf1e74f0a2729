"""Immediate causes and effects of an event."""

from __future__ import annotations

from collections.abc import Iterable

from causeway_core.graph.actors import Actors
from causeway_core.graph.causal_order import CausalOrder
from causeway_core.graph.place import Places
from causeway_core.graph.reads_from import ReadsFrom
from causeway_core.graph.words import Words
from causeway_core.model import Access, At, Edge, Location, Predecessor, Step
from causeway_core.storage.recording import Recording

_RANK = {
    "lock": 0, "semaphore": 0, "event": 0, "condition": 0, "barrier": 0, "queue": 0, "join": 0, "future": 1, "message": 1, "executor": 1,
    "fork": 2, "spawn": 2, "wake": 3, "timer": 3, "call_soon": 4, "transaction": 5,
}
"""Which of several edges into one event says most."""

_NOT_WAITED_FOR = frozenset(("earlier release", "get that made room", "seen"))
_CALLBACKS = 8
_OWN_WORDS = frozenset(("lock", "semaphore", "event", "condition", "barrier", "queue"))
"""Edges whose words name what a callback of the standard library did; of others, what set the callback going says more."""


class Predecessors:
    """What led directly to an event, and what it led to directly: its actor's previous line, edges, and reads of shared places."""

    def __init__(self, recording: Recording, order: CausalOrder, actors: Actors, places: Places, words: Words, reads: ReadsFrom) -> None:
        self._recording = recording
        self._order = order
        self._actors = actors
        self._places = places
        self._words = words
        self._reads = reads
        self._locations: dict[int, Location] = {}

    def of(self, at: At, until: At | None = None) -> tuple[Predecessor, ...]:
        """Causes of what happens from `at` to `until` (both inclusive, one stream; default: `at` alone), most telling first: other actors' writes
        that it read or overwrote, then wakers, creators and senders, then what its own actor did.

        Edges that arrived since the actor's line before are among them, so that a line after a wait has the waker as a predecessor.
        """
        actor = self._actors.of(at).id
        step = self._actors.step_of(at)
        until = until or at
        line = self._places.line_before(at)
        since = max(step.first_at, line + 1 if line is not None else 0) if step else at
        accesses = self._recording.accesses_between(at, until)
        sources = [self.read_source(access) for access in accesses] + [self.overwritten(access) for access in accesses]
        program = self._program(at, step, line)
        found = [source for source in sources if source is not None] + self.into(At(min(since, at)), until) + ([program] if program else [])
        return _distinct(sorted(found, key=lambda cause: cause.actor == actor))

    def successors(self, at: At, until: At | None = None) -> tuple[Predecessor, ...]:
        """Effects of what happens from `at` to `until`: the actor's next step, edges that leave, reads that saw a write."""
        until = until or at
        found = []
        for edge in self._recording.edges_out_of(at, until):
            target = self._actors.of(edge.dst)
            found.append(Predecessor(edge.dst, target.id, edge.kind, self._words.effect(edge, target)))
        for access in self._recording.accesses_between(at, until):
            if access.writes:
                found += self._readers(access)
        step = self._actors.step_of(until)
        following = self._actors.next_step(step) if step else None
        if following is not None:
            actor = self._recording.actor(following.actor)
            found.append(Predecessor(following.first_at, actor.id, "program", f"next in {self._words.where(actor, following.first_at)}"))
        return _distinct(found)

    def cause_of_step(self, step: Step) -> Predecessor | None:
        """What made a step run, other than its own actor; None for the first of a recording and for steps that never waited."""
        found = self.into(step.first_at, step.first_at)
        return min(found, key=lambda cause: _RANK.get(cause.kind, 9), default=None)

    def into(self, first: At, last: At) -> list[Predecessor]:
        """The edges that arrive at events from `first` to `last`, most telling first."""
        return [self._cause(edge) for edge in sorted(self._edges_into(first, last), key=lambda edge: (_rank(edge), -edge.dst))]

    def wakes_into(self, first: At, last: At, *, answers: bool = True) -> list[Predecessor]:
        """As `into`, but only what the actor had to wait for; without `answers`, also not the answers to its own requests."""
        passed_over = _NOT_WAITED_FOR if answers else _NOT_WAITED_FOR | {"response"}
        edges = [edge for edge in self._edges_into(first, last) if edge.note not in passed_over]
        return [self._cause(edge) for edge in sorted(edges, key=lambda edge: (_rank(edge), -edge.dst))]

    def _edges_into(self, first: At, last: At) -> list[Edge]:
        if not self._order.arrives(first, last):
            return []
        return [edge for edge in self._recording.edges_into(first, last) if not self._words.private(edge)]

    def read_source(self, access: Access) -> Predecessor | None:
        """The write that an access (a read, test, iteration or augmented write) saw."""
        if access.op in ("write", "delete"):
            return None
        at = self._reads.writer(access.at, access.location)
        if at is None:
            return None
        writer = self._actors.of(at)
        write = next((a for a in self._recording.accesses_between(at, at) if a.location == access.location), None)
        return Predecessor(at, writer.id, "reads_from", self._words.reads_from(access, self.location(access.location), writer, write, at))

    def overwritten(self, access: Access) -> Predecessor | None:
        """The write whose value a write or deletion replaced unseen (a mutation has it as `read_source`)."""
        if access.op not in ("write", "delete"):
            return None
        at = self._reads.writer(access.at, access.location)
        if at is None:
            return None
        writer = self._actors.of(at)
        words = self._words.overwrites(self.location(access.location), writer, at)
        return Predecessor(at, writer.id, "overwrites", words)

    def location(self, id: int) -> Location:
        """A shared place by id."""
        if not self._locations:
            self._locations = {location.id: location for location in self._recording.locations()}
        return self._locations[id]

    def _cause(self, edge: Edge) -> Predecessor:
        edge = self._behind_callbacks(edge)
        source, target = self._actors.of(edge.src), self._actors.of(edge.dst)
        return Predecessor(edge.src, source.id, edge.kind, self._words.cause(edge, source, target))

    def _behind_callbacks(self, edge: Edge) -> Edge:
        """The edge from the actor that scheduled the standard library's callback: what ends a sleep is the timer, not the callback."""
        for _ in range(_CALLBACKS):
            source = self._actors.of(edge.src)
            if source.kind != "callback" or source.first_at is None or self._places.of(edge.src) is not None:
                break
            arriving = self._edges_into(source.first_at, edge.src)
            if not arriving:
                break
            before = min(arriving, key=lambda edge: (_rank(edge), edge.dst))
            reason = edge if edge.kind in _OWN_WORDS else before
            edge = Edge(before.src, edge.dst, reason.kind, edge.hard and before.hard, reason.object, reason.note)
        return edge

    def _readers(self, access: Access) -> list[Predecessor]:
        found = []
        name = self.location(access.location).name
        for at in self._reads.readers(access.at, access.location):
            reader = self._actors.of(at)
            found.append(Predecessor(at, reader.id, "reads_from", f"{name} is read by {self._words.where(reader, at)}"))
        return found

    def _program(self, at: At, step: Step | None, line: At | None) -> Predecessor | None:
        """The actor's line before, in this step or an earlier one."""
        actor = self._actors.of(at)
        if line is not None and (step is None or line >= step.first_at):
            before = line
        else:
            previous = self._actors.previous_step(step) if step else None
            if previous is None:
                return None
            place = self._places.of(previous.last_at)
            before = place.at if place is not None and previous.first_at <= place.at else previous.last_at
        return Predecessor(before, actor.id, "program", f"continues {self._words.where(actor, before)}")


def _rank(edge: Edge) -> int:
    return _RANK.get(edge.kind, 9)


def _distinct(found: Iterable[Predecessor]) -> tuple[Predecessor, ...]:
    """Without repetitions: one for each cause event, and for each sentence."""
    events: set[At] = set()
    reasons: set[str] = set()
    result = []
    for predecessor in found:
        if predecessor.at not in events and predecessor.reason not in reasons:
            result.append(predecessor)
        events.add(predecessor.at)
        reasons.add(predecessor.reason)
    return tuple(result)
