"""The causal graph of a recording."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from causeway_core.graph.actors import Actors
from causeway_core.graph.ancestry import Ancestry
from causeway_core.graph.causal_order import CausalOrder
from causeway_core.graph.chain import Chains
from causeway_core.graph.clock import VectorClock
from causeway_core.graph.held import HeldLock, HeldLocks
from causeway_core.graph.input import GraphInput
from causeway_core.graph.link import Link
from causeway_core.graph.network import as_networkx
from causeway_core.graph.past import Past, Pasts
from causeway_core.graph.place import Places, SourcePlace
from causeway_core.graph.predecessors import Predecessors
from causeway_core.graph.reads_from import ReadsFrom
from causeway_core.graph.slicing import Slices
from causeway_core.graph.why import WhyItRan
from causeway_core.graph.words import Words
from causeway_core.model import At, Predecessor, Step
from causeway_core.storage.recording import Recording

if TYPE_CHECKING:
    import networkx


class CausalGraph:
    """Every question about cause and order in a recording. `must` leaves the soft edges out (lock, semaphore and transaction order).

    Each part is built when first needed: the order in about 2 us a segment, reads-from and locks in about 1 us a row. Questions about events in
    streams of the recording in which nothing ran raise KeyError. Not for use by several threads at a time.
    """

    def __init__(self, recording: Recording, order: CausalOrder) -> None:
        self.recording = recording
        self.order = order
        self.places = Places(recording)
        self.actors = Actors(recording, order)
        self.words = Words(recording, self.places)

    @classmethod
    def load(cls, recording: Recording) -> CausalGraph:
        """The graph of a recording, as it is now (a growing one is loaded again)."""
        return cls(recording, CausalOrder(GraphInput.of(recording)))

    # Order.

    def happens_before(self, a: At, b: At, *, must: bool = False) -> bool:
        """Whether `a` happens before `b`."""
        return self.order.happens_before(a, b, must=must)

    def concurrent(self, a: At, b: At, *, must: bool = False) -> bool:
        """Whether neither happens before the other."""
        return self.order.concurrent(a, b, must=must)

    def past(self, at: At, *, must: bool = False) -> Past:
        """All that happens before an event."""
        return self.pasts.past(at, must=must)

    def vector_clock(self, at: At, *, by_actor: bool = False) -> VectorClock:
        """The clock of an event, a component a process (or an actor)."""
        return self.pasts.actor_clock(at) if by_actor else self.pasts.process_clock(at)

    def common_ancestor(self, a: At, b: At) -> At | None:
        """The nearest event that both follow from; None when they share no past."""
        return self.ancestry.common_ancestor(a, b)

    def why_unordered(self, a: At, b: At) -> str:
        """In words, why nothing orders two events: nearest common ancestor, locks held by each."""
        return self.ancestry.why_unordered(a, b)

    def locks_held(self, at: At) -> tuple[HeldLock, ...]:
        """The locks that the event's actor holds there, with their acquisition numbers."""
        return self.held.at(self.actors.of(at).id, at)

    # Causes.

    def predecessors(self, at: At, until: At | None = None) -> tuple[Predecessor, ...]:
        """The immediate causes of what happens from `at` to `until` (inclusive; default: `at`), in words."""
        return self.causes.of(at, until)

    def successors(self, at: At, until: At | None = None) -> tuple[Predecessor, ...]:
        """The immediate effects of what happens from `at` to `until`, in words."""
        return self.causes.successors(at, until)

    def cause_of_step(self, step: Step) -> Predecessor | None:
        """What made a step run."""
        return self.causes.cause_of_step(step)

    def why_it_ran(self, at: At) -> Predecessor | None:
        """The one cause from another actor to read first: the waker, the message served, or the creator."""
        return self.why.of(at)

    def chain(self, at: At, until: At | None = None) -> tuple[Link, ...]:
        """One path backwards to a root, effect first: value, writer, what made the writer run, its creator or sender …"""
        return self.chains.of(at, until)

    def slice(self, at: At, until: At | None = None, *, other: At | None = None, limit: int = 200) -> tuple[Link, ...]:
        """Everything that mattered, nearest first; with `other`, down to the nearest common ancestor."""
        return self.slices.of(at, until, other, limit)

    def place(self, at: At) -> SourcePlace | None:
        """The line that was executing at an event; None where no woven code ran."""
        return self.places.of(at)

    def as_networkx(self) -> networkx.MultiDiGraph[int]:
        """The graph for networkx: a node a segment, an edge a program order or synchronization edge."""
        return as_networkx(self.recording, self.order)

    # Parts.

    @cached_property
    def reads(self) -> ReadsFrom:
        """Which write a read saw."""
        return ReadsFrom(self.recording, self.order.total)

    @cached_property
    def held(self) -> HeldLocks:
        """Possession of locks."""
        return HeldLocks(self.recording, self.order.total)

    @cached_property
    def causes(self) -> Predecessors:
        """Immediate causes and effects."""
        return Predecessors(self.recording, self.order, self.actors, self.places, self.words, self.reads)

    @cached_property
    def pasts(self) -> Pasts:
        """Pasts and clocks."""
        return Pasts(self.recording, self.order)

    @cached_property
    def ancestry(self) -> Ancestry:
        """Questions about two events."""
        return Ancestry(self.order, self.actors, self.words, self.held)

    @cached_property
    def why(self) -> WhyItRan:
        """What made an actor run."""
        return WhyItRan(self.recording, self.order, self.actors, self.causes)

    @cached_property
    def chains(self) -> Chains:
        """Chains."""
        return Chains(self.recording, self.actors, self.places, self.words, self.reads, self.causes, self.why)

    @cached_property
    def slices(self) -> Slices:
        """Slices."""
        return Slices(self.recording, self.order, self.ancestry, self.reads, self.causes, self.why, self.chains)
