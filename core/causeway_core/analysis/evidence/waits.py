"""Which actor waits for what at the end of the run, or when the user interrupted it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.holds import Hold
from causeway_core.analysis.evidence.operations import REQUESTS, SETTLES, Operation
from causeway_core.model import At
from causeway_core.wire.kinds import SYNC_WORDS, SyncFlag, SyncOp

_ANSWERS: Mapping[int, int] = {
    SyncOp.ACQUIRED: SyncOp.ACQUIRE_REQUEST,
    SyncOp.SEM_ACQUIRED: SyncOp.ACQUIRE_REQUEST,
    SyncOp.ACQUIRE_FAILED: SyncOp.ACQUIRE_REQUEST,
    SyncOp.WAIT_END: SyncOp.WAIT_BEGIN,
    SyncOp.TIMEOUT: SyncOp.WAIT_BEGIN,
    SyncOp.JOIN: SyncOp.WAIT_BEGIN,
    SyncOp.GET: SyncOp.GET_REQUEST,
    SyncOp.PUT: SyncOp.PUT_REQUEST,
}


@dataclass(frozen=True, slots=True)
class Wait:
    """A wait that never ended. `object` is what the actor waited for (object.id, 0 unknown), `words` the same in words, `at` its last
    request (0 unknown), `order` its rank.

    `until` is the rank of what the actor did next (None: nothing more): it was cancelled, or gave up. `stack` is innermost first.
    """

    actor: int
    object: int
    words: str
    at: At
    order: int
    until: int | None = None
    stack: tuple[tuple[str, int, str], ...] = ()


class Waits:
    """The unanswered waits of a recording: the snapshot the recorder made when the program was interrupted, else what each actor's last
    request tells.

    One pass over the synchronization operations.
    """

    def __init__(self, evidence: Evidence, events: Iterable[Operation]) -> None:
        self._evidence = evidence
        self.requests: defaultdict[int, dict[tuple[int, int], Operation]] = defaultdict(dict)
        self.last_request: dict[tuple[int, int], Operation] = {}
        self._last: dict[int, Operation] = {}
        self._given_up: list[Wait] = []
        for event in events:
            if event.op in SETTLES:
                continue
            before = self._last.get(event.actor)
            if before is not None and _gave_up(before, event):
                self._given_up.append(Wait(before.actor, max(before.object, 0), "", At(before.at), before.order, event.order))
            self._last[event.actor] = event
            if event.op in REQUESTS:
                self.requests[event.actor][event.op, event.object] = event
                self.last_request[event.actor, event.object] = event
            elif event.op in _ANSWERS:
                self.requests[event.actor].pop((_ANSWERS[event.op], event.object), None)
        self.all = self._snapshot() or self._open()

    @property
    def interrupted(self) -> bool:
        """Whether the recorder listed the waits when an interrupt came: then the first thread of a process is among them. At the end of a program
        it is not, and the actors that wait then, such as workers that wait for more work, block nothing.
        """
        actors = self._evidence.facts.actors
        first: dict[int, int] = {}
        for actor in actors.values():
            if actor.kind == "thread":
                first[actor.process] = min(actor.id, first.get(actor.process, actor.id))
        return any(row.actor in first.values() for row in self._evidence.facts.waiting)

    def _snapshot(self) -> tuple[Wait, ...]:
        found = []
        for row in self._evidence.facts.waiting:
            asked = self._asked(row.actor, row.object)
            object = asked.object if row.object is None and asked is not None else row.object
            found.append(
                Wait(row.actor, max(object or 0, 0), row.waiting_on, At(asked.at if asked else 0), asked.order if asked else -1, None, row.stack)
            )
        return tuple(found)

    def _asked(self, actor: int, object: int | None) -> Operation | None:
        """The last request of an actor, for that object if it is known."""
        if object is not None and (actor, object) in self.last_request:
            return self.last_request[actor, object]
        open_requests = [event for event in self.requests.get(actor, {}).values() if object is None or event.object == object]
        return max(open_requests, key=lambda event: event.order, default=None)

    def _open(self) -> tuple[Wait, ...]:
        """Without a snapshot: actors whose last operation was a request that blocked and that did nothing after it, and requests for locks
        that were given up.
        """
        found = [wait for wait in self._given_up if wait.object and self._evidence.holds.of(wait.object)]
        for actor, last in self._last.items():
            row = self._evidence.facts.actors.get(actor)
            if last.op in REQUESTS and last.flags & SyncFlag.BLOCKED and row is not None and row.state in ("running", "suspended", "waiting"):
                found.append(Wait(actor, max(last.object, 0), "", At(last.at), last.order))
        return tuple(found)

    def holder(self, wait: Wait) -> Hold | None:
        """The acquisition whose release a wait for a lock waits for. None if the waiting actor holds the lock itself and either others are known to
        release it, or it requests it again in the same library call with a time limit: the lock then serves as a signal.
        """
        holds = [hold for hold in self._evidence.holds.of(wait.object) if hold.order < wait.order or wait.order < 0]
        holds = [hold for hold in holds if hold.until is None or hold.until > wait.order >= 0]
        hold = max(holds, key=lambda hold: hold.order, default=None)
        if hold is None or hold.actor != wait.actor:
            return hold
        woken = self._evidence.holds.signals(wait.object) or (wait.until is not None and wait.at == hold.at + SYNC_WORDS)
        return None if woken else hold

    def joined(self, wait: Wait) -> int | None:
        """The actor that a wait for a thread's or task's end waits for."""
        for actor in self._evidence.facts.actors.values():
            if actor.object is not None and actor.object == wait.object and actor.id != wait.actor:
                return actor.id
        return None


def _gave_up(asked: Operation, event: Operation) -> bool:
    """Whether the actor of a blocked request continued without an answer."""
    answered = _ANSWERS.get(event.op) == asked.op and event.object == asked.object
    return asked.op in REQUESTS and bool(asked.flags & SyncFlag.BLOCKED) and not answered
