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
    """A wait that blocked. `object` is what the actor waited for (object.id, 0 unknown), `words` the same in words, `at` its last request
    (0 unknown), `order` the rank of that request, -1 if it is unknown.

    `since` and `until` are when it began and ended, by `Waits.time` (None: unknown; nothing ended it). A wait ends when the actor gives up, is
    cancelled, or gets what it waited for. `stack` is innermost first.
    """

    actor: int
    object: int
    words: str
    at: At
    order: int
    since: int | None
    until: int | None = None
    stack: tuple[tuple[str, int, str], ...] = ()


class Waits:
    """The unanswered waits of a recording: of each process the snapshot that the recorder made when it was interrupted, else what each
    actor's last request tells.

    One pass over the synchronization operations.
    """

    def __init__(self, evidence: Evidence, events: Iterable[Operation]) -> None:
        self._evidence = evidence
        self._many = len({actor.process for actor in evidence.facts.actors.values()}) > 1
        self.requests: defaultdict[int, dict[tuple[int, int], Operation]] = defaultdict(dict)
        self.last_request: dict[tuple[int, int], Operation] = {}
        self._last: dict[int, Operation] = {}
        self._given_up: list[Wait] = []
        self._granted: defaultdict[int, list[Wait]] = defaultdict(list)
        self._asking: defaultdict[int, list[int]] = defaultdict(list)
        for event in events:
            if event.op in SETTLES:
                continue
            before = self._last.get(event.actor)
            if before is not None and before.op in REQUESTS and before.flags & SyncFlag.BLOCKED:
                ended = self._granted[event.actor] if _answers(event, before) else self._given_up
                ended.append(self._wait(before, until=self.time(event.order, event.at)))
            self._last[event.actor] = event
            if event.op in (SyncOp.ACQUIRED, SyncOp.ACQUIRE_REQUEST):
                self._asking[event.actor].append(event.at)
            if event.op in REQUESTS:
                self.requests[event.actor][event.op, event.object] = event
                self.last_request[event.actor, event.object] = event
            elif event.op in _ANSWERS:
                self.requests[event.actor].pop((_ANSWERS[event.op], event.object), None)
        snapshot = self._snapshot()
        interrupted = {self._process(wait.actor) for wait in snapshot}
        self.all = (*snapshot, *(wait for wait in self._open() if self._process(wait.actor) not in interrupted))

    def time(self, order: int, at: int) -> int | None:
        """When an event was, to be compared with other events only: its rank, or among several processes, whose ranks do not compare, the
        nanosecond.
        """
        return self._evidence.clock.ns(at) if self._many else order

    def _wait(self, asked: Operation, until: int | None = None) -> Wait:
        return Wait(asked.actor, max(asked.object, 0), "", At(asked.at), asked.order, self.time(asked.order, asked.at), until)

    def _process(self, actor: int) -> int | None:
        row = self._evidence.facts.actors.get(actor)
        return None if row is None else row.process

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
            at, order, since = (At(asked.at), asked.order, self.time(asked.order, asked.at)) if asked else (At(0), -1, None)
            found.append(Wait(row.actor, max(object or 0, 0), row.waiting_on, at, order, since, None, row.stack))
        return tuple(found)

    def _asked(self, actor: int, object: int | None) -> Operation | None:
        """The last request of an actor, for that object if it is known."""
        if object is not None and (actor, object) in self.last_request:
            return self.last_request[actor, object]
        open_requests = [event for event in self.requests.get(actor, {}).values() if object is None or event.object == object]
        return max(open_requests, key=lambda event: event.order, default=None)

    def _open(self) -> tuple[Wait, ...]:
        """What is known without a snapshot: actors whose last operation was a request that blocked and that did nothing after it, and requests
        for locks that were given up.
        """
        found = [wait for wait in self._given_up if wait.object and self._evidence.holds.of(wait.object)]
        for actor, last in self._last.items():
            row = self._evidence.facts.actors.get(actor)
            if last.op in REQUESTS and last.flags & SyncFlag.BLOCKED and row is not None and row.state in ("running", "suspended", "waiting"):
                found.append(self._wait(last))
        return tuple(found)

    def holder(self, wait: Wait) -> Hold | None:
        """The acquisition whose release a wait for a lock waits for. None if the waiting actor holds the lock itself and either others are known to
        release it, or it requests it again in the same library call with a time limit: the lock then serves as a signal.
        """
        holds = [hold for hold in self._evidence.holds.of(wait.object) if self._held(hold, wait.since)]
        hold = max(holds, key=lambda hold: self.time(hold.order, hold.at) or 0, default=None)
        if hold is None or hold.actor != wait.actor:
            return hold
        woken = self._evidence.holds.signals(wait.object) or (wait.until is not None and wait.at == hold.at + SYNC_WORDS)
        return None if woken else hold

    def _held(self, hold: Hold, since: int | None) -> bool:
        """Whether a lock was held when a wait for it began; at the end, where the beginning is unknown."""
        end = self.released(hold)
        if since is None:
            return hold.until is None
        begin = self.time(hold.order, hold.at)
        return begin is not None and begin < since and (end is None or since < end)

    def released(self, hold: Hold) -> int | None:
        """When a hold ended, by `time`; None if it did not."""
        return None if hold.until is None or hold.until_at is None else self.time(hold.until, hold.until_at)

    def was_granted(self, wait: Wait) -> bool:
        """Whether a wait ended because the actor got what it waited for."""
        return wait in self._granted[wait.actor]

    def granted(self, actor: int, during: Wait) -> Wait | None:
        """The last wait of an actor that overlaps another wait and was granted."""
        return next((wait for wait in reversed(self._granted.get(actor, [])) if _overlap(wait, during)), None)

    def refused(self, wait: Wait) -> bool:
        """Whether giving up a wait raised an exception in its actor: before it turned to another lock, or ended."""
        following = next((at for at in self._asking[wait.actor] if at > wait.at), None)
        raised = (each.at for each in self._evidence.facts.exceptions if each.actor == wait.actor and each.at > wait.at)
        return any(following is None or at < following for at in raised)

    def joined(self, wait: Wait) -> int | None:
        """The actor that a wait for a thread's or task's end waits for."""
        for actor in self._evidence.facts.actors.values():
            if actor.object is not None and actor.object == wait.object and actor.id != wait.actor:
                return actor.id
        return None


def _answers(event: Operation, asked: Operation) -> bool:
    """Whether the actor of a request got what it asked for, or was refused it."""
    return _ANSWERS.get(event.op) == asked.op and event.object == asked.object


def _overlap(wait: Wait, other: Wait) -> bool:
    """Whether there was a time at which both waited."""
    return (
        wait.since is not None
        and other.since is not None
        and (wait.until is None or other.since < wait.until)
        and (other.until is None or wait.since < other.until)
    )
