"""What made an actor run."""

from __future__ import annotations

from collections.abc import Sequence

from causeway_core.graph.actors import Actors
from causeway_core.graph.causal_order import CausalOrder
from causeway_core.graph.predecessors import Predecessors
from causeway_core.graph.received import ReceivedMessages
from causeway_core.model import Actor, At, Predecessor
from causeway_core.model.edge import EdgeKind
from causeway_core.storage.recording import Recording

_SEGMENTS_BACK = 256

HANDOFFS: frozenset[EdgeKind] = frozenset(("queue", "future"))
"""Waits that end because something was handed over."""

WAKES: frozenset[EdgeKind] = HANDOFFS | frozenset(("lock", "semaphore", "event", "condition", "barrier", "join"))
"""All waits that another actor ends on purpose; timers and yields to the event loop only say when, not why."""

CREATIONS: frozenset[EdgeKind] = frozenset(("executor", "message", "fork", "spawn"))
"""Edges by which an actor, or the work it does, came to be."""


class WhyItRan:
    """Picks, of all that precedes an event, the one cause from another actor that a person should read."""

    def __init__(self, recording: Recording, order: CausalOrder, actors: Actors, predecessors: Predecessors) -> None:
        self._order = order
        self._actors = actors
        self._predecessors = predecessors
        self._received = ReceivedMessages(recording.messages(), order, actors)

    def of(self, at: At, wakes: frozenset[EdgeKind] = WAKES) -> Predecessor | None:
        """The cause: who woke it for the running step (by an edge of `wakes`); else the message it serves; else who created it. None at a root.

        A thread has no steps that begin by being scheduled, so all its waits since its last 256 segments count. The answer to a request of its
        own counts as a wake: without `wakes` it is passed over.
        """
        actor = self._actors.of(at)
        messages, parts = self._received.before(actor.id, at, answers=bool(wakes))
        return self._wake(actor, at, wakes, messages, parts) or self._message(messages) or self._creation(actor)

    def _wake(self, actor: Actor, at: At, wakes: frozenset[EdgeKind], messages: Sequence[At], parts: frozenset[At]) -> Predecessor | None:
        segments = self._order.segments
        segment, _ = segments.locate(at)
        chain = segments.chain(actor.id)
        step = self._actors.step_of(at)
        since = step.first_at if step is not None and actor.kind != "thread" else None
        for number in range(segment, max(chain.start, segment - _SEGMENTS_BACK), -1):
            first = At(int(segments.first[number]))
            if first in messages:
                return None  # what it did since is for the message's sake
            kinds = wakes | CREATIONS - ({"message"} if first in parts else frozenset())
            cause = self._first_of_kinds(self._predecessors.wakes_into(first, first, answers=bool(wakes)), actor.id, kinds)
            if cause is not None:
                return cause
            if since is not None and first <= since:
                return None
        return None

    def _message(self, messages: Sequence[At]) -> Predecessor | None:
        last = max(messages, key=self._order.total.key, default=None)
        causes = self._predecessors.into(last, last) if last is not None else []
        return next((cause for cause in causes if cause.kind == "message"), None)

    def _creation(self, actor: Actor) -> Predecessor | None:
        first = At(int(self._order.segments.first[self._order.segments.chain(actor.id).start]))
        causes = [cause for cause in self._predecessors.into(first, first) if cause.actor != actor.id]
        return self._first_of_kinds(causes, actor.id, WAKES | CREATIONS) or next(iter(causes), None)

    @staticmethod
    def _first_of_kinds(causes: Sequence[Predecessor], actor: int, kinds: frozenset[EdgeKind]) -> Predecessor | None:
        return next((cause for cause in causes if cause.actor != actor and cause.kind in kinds), None)
