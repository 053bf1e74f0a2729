"""The state of one conversation between requests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from causeway_core.errors import ProtocolError
from causeway_core.model import Mark, Predecessor, Stop, StopReason

from causeway_adapter.dap.coordinates import Coordinates
from causeway_adapter.dap.handles import Handles
from causeway_adapter.dap.reply import Event, Reply

if TYPE_CHECKING:
    # What travels takes half a second to import; a conversation begins without it.
    from causeway_core.session import ActorList, Frame, Place, Ref, Session

    from causeway_adapter.dap.sources import Sources

DAP_REASON: dict[StopReason, str] = {
    "entry": "entry",
    "end": "pause",
    "step": "step",
    "breakpoint": "breakpoint",
    "data breakpoint": "data breakpoint",
    "exception": "exception",
    "race": "exception",
    "deadlock": "exception",
    "goto": "goto",
    "restart": "restart",
    "pause": "pause",
}

PLAIN: frozenset[StopReason] = frozenset({"step", "goto"})
"""Stops whose text is only their place. The description does not repeat it, because clients show it between the actor's name and the frames."""


@dataclass(frozen=True, slots=True)
class Children:
    """The meaning of a `variablesReference`: the session's reference and the number of children of each sort."""

    ref: Ref
    named: int
    indexed: int


class Conversation:
    """State of one client's conversation; used by one thread.

    Handles of frames, variables and targets become invalid at every stop. Ids of data breakpoints live as long as the conversation. `on_stop` may
    change each `stopped` event last.
    """

    def __init__(self, *, accepts: Callable[[object], bool], emit: Callable[[Event], None]) -> None:
        self.accepts = accepts
        self.emit = emit
        self.initialized = False
        self.over = False
        self.configured = False
        self.coordinates = Coordinates()
        self.client: dict[str, Any] = {}
        self.frames: Handles[Frame] = Handles("frame")
        self.variables: Handles[Children] = Handles("variable")
        self.step_targets: Handles[Predecessor] = Handles("step target")
        self.goto_targets: Handles[Mark] = Handles("goto target")
        self.data_ids: dict[str, Place] = {}
        self.stop: Stop | None = None
        self.entry: Callable[[Session], Stop] | None = None
        self.stop_on_entry = True
        self.logpoints: dict[str, tuple[tuple[int, str], ...]] = {}
        self.on_stop: Callable[[Stop, Event], Event] = lambda stop, event: event
        self._session: Session | None = None
        self._sources: Sources | None = None
        self._actors: ActorList | None = None

    def client_initialized(self, arguments: dict[str, Any]) -> None:
        """Take over the client's coordinates and capabilities."""
        self.initialized = True
        self.client = dict(arguments)
        self.coordinates = Coordinates(
            first_line=1 if arguments.get("linesStartAt1", True) else 0, first_column=1 if arguments.get("columnsStartAt1", True) else 0
        )

    @property
    def attached(self) -> bool:
        """Whether a recording is open."""
        return self._session is not None

    @property
    def session(self) -> Session:
        """The open session. Raises ProtocolError before `attach`."""
        if self._session is None:
            raise ProtocolError("no recording is open", "send attach or launch with a recording first")
        return self._session

    @property
    def sources(self) -> Sources:
        """The recorded sources. Raises ProtocolError before `attach`."""
        if self._sources is None:
            raise ProtocolError("no recording is open", "send attach or launch with a recording first")
        return self._sources

    def number_from(self, first: int) -> None:
        """Have the handles of frames, variables and step targets begin at `first`. Before any was given out."""
        self.frames = Handles("frame", first)
        self.variables = Handles("variable", first)
        self.step_targets = Handles("step target", first)

    def open(self, session: Session) -> None:
        """Begin to travel `session`, which the conversation then owns; one that was open before is closed."""
        from causeway_adapter.dap.sources import Sources

        if self._session is not None:
            self._session.close()
        self._session = session
        self._sources = Sources(session.recording)

    def leave(self) -> None:
        """Close the session, if one is open, and go on without."""
        if self._session is not None:
            self._session.close()
        self._session = self._sources = self._actors = None

    def close(self) -> None:
        """End the conversation and close the recording; may be called twice."""
        self.over = True
        self.leave()

    def actors(self) -> ActorList:
        """The actors at the session's mark; computed once a stop."""
        if self._actors is None:
            self._actors = self.session.actors()
        return self._actors

    def mark_of(self, thread: object) -> Mark:
        """Where actor `thread` is at this stop. Raises ProtocolError for one that was not announced."""
        if thread is None or thread == self.session.mark.actor:
            return self.session.mark
        for state in self.actors().actors:
            if state.actor == thread:
                return state.mark
        raise ProtocolError(f"there is no thread {thread!r}", "ask for threads again")

    def turn_to(self, thread: object) -> None:
        """Make actor `thread` the one that moves, as when a person picked it in the call stack."""
        mark = self.mark_of(thread)
        if mark != self.session.mark:
            self.session.focus(mark)

    def frame(self, number: object) -> Frame | None:
        """The frame with this handle, None where the client gave none."""
        return None if number is None else self.frames.get(number)

    def reference(self, ref: Ref | None, named: int, indexed: int) -> int:
        """A `variablesReference` for `ref`; 0 where there are no children."""
        return 0 if ref is None else self.variables.add(Children(ref, named, indexed))

    def stopped(self, stop: Stop) -> Event:
        """The `stopped` event of a movement; the handles of the former stop die."""
        self.stop = stop
        self.forget()
        event = Event(
            "stopped",
            {
                "reason": DAP_REASON[stop.reason],
                "description": "In the recording" if stop.reason in PLAIN else stop.text,
                "text": stop.text,
                "threadId": stop.mark.actor,
                "allThreadsStopped": True,
            },
        )
        return self.on_stop(stop, event)

    def forget(self) -> None:
        """All handles are dead from here on."""
        self.frames.clear()
        self.variables.clear()
        self.step_targets.clear()
        self.goto_targets.clear()
        self._actors = None

    def moved(self, stop: Stop, body: dict[str, Any] | None = None) -> Reply:
        """The reply to a request that moved the session."""
        return Reply(body or {}, (self.stopped(stop),))

    def travelled(self, stop: Stop) -> Reply:
        """The reply to a custom request that moved the session. Clients do not recognize it as a movement: the previous stop would remain beside this
        one.
        """
        before = self.stop.mark.actor if self.stop is not None else stop.mark.actor
        return Reply({}, (continued(before), self.stopped(stop)))


def continued(thread: int) -> Event:
    """Everything continues from where `thread` was stopped."""
    return Event("continued", {"threadId": thread, "allThreadsContinued": True})
