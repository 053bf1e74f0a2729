"""The stop at which the program is held: its session answers queries about now, and starts travel into the past."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from causeway_core.errors import CausewayError, ProtocolError
from causeway_core.model import Mark, Stop
from causeway_core.session import Now, Session

from causeway_adapter.dap import verbs
from causeway_adapter.dap.conversation import Conversation, continued
from causeway_adapter.dap.live.backend import Message
from causeway_adapter.dap.live.frames import LiveFrames
from causeway_adapter.dap.live.inquiry import PLACE, Ask, evaluated, innermost
from causeway_adapter.dap.live.names import LiveNames
from causeway_adapter.dap.live.port import Port
from causeway_adapter.dap.live.recorder import Recorder
from causeway_adapter.dap.live.remote_recorder import RemoteRecorder
from causeway_adapter.dap.live.tasks import Tasks
from causeway_adapter.dap.reply import Event

BACKWARD = frozenset({"stepBack", "reverseContinue"})
OF_VIEWS = frozenset({"causeway/causality", "causeway/overview"})
"""Queries about now that do not leave it."""

FIRST_HANDLE = 1 << 30
"""Ids of frames and variables of the past begin here: debugpy's never reach so far, so that one from the other world is refused, not mistaken."""


class Present:
    """The stop of the program that the client was told last, as debugpy told it (`held`, None while it runs), and the session's place there (`now`,
    None until somebody asks). Used by the adapter's thread only.

    `ask` sends debugpy a request; `opens` has the client's breakpoints put into a session that has been opened.
    """

    def __init__(self, conversation: Conversation, port: Port, ask: Ask, opens: Callable[[], None]) -> None:
        self._conversation, self._port, self._ask, self._opens = conversation, port, ask, opens
        self.recorder: Recorder | RemoteRecorder | None = None
        self.held: dict[str, Any] | None = None
        self.now: Now | None = None
        self.in_past = False
        self.over = False
        """Whether the program has ended: all that is asked is about the past then."""
        self._thread = 0
        self._frames = LiveFrames()
        self._names = LiveNames()
        self.tasks = Tasks(ask)
        """The threads of the program, while it is held."""

    def hold(self, stop: dict[str, Any]) -> None:
        """The program is held, as debugpy says in a `stopped` event."""
        self.held, self.now = dict(stop), None
        self._forget()
        self.tasks.thread = int(stop.get("threadId") or 0)
        if self.recorder is not None:
            self.recorder.hold()

    def go_on(self) -> dict[str, Any] | None:
        """The program is about to continue; returns the stop that it leaves."""
        left = self.held
        self.held = self.now = None
        self._forget()
        self._conversation.leave()
        if self.recorder is not None:
            self.recorder.resume()
        return left

    def _forget(self) -> None:
        self._frames.clear()
        self._names.clear()
        self.tasks.clear()
        self._conversation.forget()

    def runs(self) -> None:
        """The program has gone on, or has ended."""
        self.held = self.now = None

    @property
    def has_tasks(self) -> bool:
        """Whether the program can be asked for its tasks: it is held, and recorded."""
        return self.held is not None and self.recorder is not None and not self.in_past

    def learn(self, request: Message, answer: Message) -> None:
        """The client has received debugpy's answer about where the program is held."""
        command, arguments = request["command"], request.get("arguments") or {}
        if not answer.get("success"):
            return
        if command == "stackTrace":
            self._frames.learn(arguments, answer)
        elif command in ("scopes", "variables"):
            self._names.learn(command, arguments, answer)

    def ends_at(self, stop: Stop) -> None:
        """The program has ended: from then on its end is now."""
        self.in_past = False
        self.now = Now(stop.mark)

    def reached(self, stop: Stop) -> bool:
        """Whether a stop of the session in the past is where the program is held; it has come back to now then."""
        if not self.in_past or self.held is None or not (stop.reason == "end" or (self.now is not None and self.now.is_at(stop.mark))):
            return False
        self.in_past = False
        return True

    def answers(self, request: Message) -> bool:
        """Whether a request is answered by the recording, also while the program is held."""
        command, arguments = request.get("command"), request.get("arguments") or {}
        if command == "stepIn":
            return int(arguments.get("targetId") or 0) >= FIRST_HANDLE
        if command == "evaluate":
            typed = arguments.get("context") == "repl" and self.recorder is not None
            return typed and verbs.verb_of(str(arguments.get("expression") or "")) is not None
        return command in BACKWARD or command in OF_VIEWS or command == "causeway/travel"

    def offer_causes(self, request: Message, arguments: dict[str, Any]) -> None:
        """debugpy's targets of a step into the line, then what led to it, in the past."""

        def answered(own: Message) -> None:
            targets = list((own.get("body") or {}).get("targets") or ()) if own.get("success") else []

            def answer() -> None:
                found = self._port.handle("stepInTargets", self.as_recorded(arguments)).body["targets"]
                self._port.respond(request, {"targets": [*targets, *found]})

            self._attempt(request, arguments, answer, lambda _: self._port.respond(request, {"targets": targets}))

        self._ask("stepInTargets", arguments, answered)

    def watch(self, request: Message, arguments: dict[str, Any]) -> None:
        """Whether the recording knows the place of a variable of debugpy's; a data breakpoint on it is for the past."""

        def refuse(error: Exception) -> None:
            why = error.message if isinstance(error, CausewayError) else "nothing is known of it"
            self._port.respond(request, {"dataId": None, "description": why})

        expression, frame = self._names.expression(arguments)
        if not expression:
            refuse(ProtocolError(f"{arguments.get('name')} is not a place that can be named"))
            return
        asked = {"name": expression, **({"frameId": frame} if frame is not None else {})}
        self._attempt(request, asked, lambda: self.hand_over(request, self.as_recorded(asked)), refuse)

    def _attempt(self, request: Message, arguments: dict[str, Any], answer: Callable[[], None], refuse: Callable[[Exception], None]) -> None:
        """`_look` for requests that are never answered by an error."""
        try:
            self.look(request, arguments, answer, refuse)
        except CausewayError as error:
            refuse(error)

    def look(
        self, request: Message, arguments: dict[str, Any],
        answer: Callable[[], None] | None = None, refuse: Callable[[Exception], None] | None = None,
    ) -> None:
        """Answer what needs the past of a program that is held: where is the thread, and before which line? `answer` then does it, the session
        standing at now; `refuse` says why it cannot be done, unless that is known at once: then it is raised."""
        answer = answer or (lambda: self._answer(request, arguments))
        refuse = refuse or (lambda error: self._port.fail(request, error))
        if self.recorder is None:
            raise ProtocolError("this program has no past: it was not launched here", "launch it with Causeway to have it recorded")
        held = self.held
        if held is None:
            raise ProtocolError("the program is running", "pause it, or set a breakpoint, to look at its past")
        task = self.tasks.named_in(arguments)
        asked = arguments.get("threadId") or arguments.get("actor") or self._frames.thread_of(arguments.get("frameId"))
        thread = int((asked if task is None else None) or held.get("threadId") or 0)

        def focus() -> None:
            assert self.now is not None
            self._conversation.session.focus(self.now.mark if task is None else self._mark_of(task))
            _guarded(answer, refuse)()

        if self.now is not None and self._thread == thread and self._conversation.attached and not self.recorder.grown():
            focus()
            return

        def placed(frame: dict[str, Any], said: str | None) -> None:
            if self.in_past or self.over:
                self.hand_over(request, arguments)  # an earlier request has gone there meanwhile
                return
            uid, _, rest = (said or "").partition(".")
            stream = rest.partition(".")[0]
            if self.held is not held:
                raise ProtocolError("the program is running", "pause it, or set a breakpoint, to look at its past")
            if not stream.isdigit():
                assert self.recorder is not None
                self.recorder.grown()  # Raises where the recording has stopped, which is the reason then.
                raise ProtocolError("this thread is not recorded", "choose another thread in the call stack")
            self._attach_at_now(thread, uid, int(stream), frame)
            focus()

        framed = _guarded(lambda frame: evaluated(self._ask, frame, PLACE, _guarded(lambda said: placed(frame, said), refuse)), refuse)
        innermost(self._ask, thread, framed, refuse)

    def _mark_of(self, task: int) -> Mark:
        """Where a task of the program, by its number in the recording, is while the program is held. Raises ProtocolError."""
        assert self.now is not None
        try:
            return self._conversation.session.latest(self.now, task)
        except KeyError:
            raise ProtocolError("nothing of this task has been recorded", "it has not begun, or runs no code of yours") from None

    def _attach_at_now(self, thread: int, uid: str, stream: int, frame: dict[str, Any]) -> None:
        """Open a session over all that has been recorded, and have it stand where the thread is held."""
        assert self.recorder is not None
        self._conversation.leave()
        session = self.recorder.session()
        try:
            path = (frame.get("source") or {}).get("path") or ""
            self.now = session.now(uid, stream, path, self._conversation.coordinates.line_in(frame.get("line") or 0))
        except KeyError:
            session.close()
            raise ProtocolError("nothing of this thread has been recorded", "choose another thread in the call stack") from None
        self._thread = thread
        session.focus(self.now.mark)
        self.open(session)

    def _answer(self, request: Message, arguments: dict[str, Any]) -> None:
        """The session stands at now: answer from there, or leave for the past."""
        assert self.now is not None
        command, session = request["command"], self._conversation.session
        if command in BACKWARD:
            here = self.now if session.mark == self.now.mark else Now(session.mark)
            stop = session.step_back_from(here) if command == "stepBack" else session.reverse_continue_from(self.now)
            self.in_past = True
            self._port.respond(request)
            self._port.emit(self._conversation.stopped(stop))
        elif command not in ("causeway/travel", "stepIn"):
            self.hand_over(request, self.as_recorded(arguments))
        elif arguments.get("now") is True:
            self._port.respond(request)
            self._port.emit(continued(self._thread))
            self._port.emit(self.back_to_now())
        elif "actor" in arguments and arguments.get("direction") == 1:
            raise ProtocolError("nothing has happened after now", "continue, or step forward")
        else:
            self.in_past = True
            try:
                self.hand_over(request, self.as_recorded(arguments))
            except Exception:
                self.in_past = False
                raise

    def as_recorded(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Arguments with the recording's numbers of actor and frame in place of debugpy's."""
        assert self.now is not None
        session = self._conversation.session
        given = {name: value for name, value in arguments.items() if name not in ("threadId", "actor", "frameId")}
        given |= {name: session.mark.actor for name in ("threadId", "actor") if name in arguments}
        waiting = self.tasks.frame(arguments.get("frameId"))
        if waiting is not None:
            frame = waiting.recorded(session, self._mark_of(waiting.task))
        else:
            frame = self._frames.recorded(arguments.get("frameId"), session, session.end_of(self.now))
        if frame is not None:
            given["frameId"] = self._conversation.frames.add(frame)
        return given

    def hand_over(self, request: Message, arguments: dict[str, Any]) -> None:
        """Have the handler over the recording answer."""
        reply = self._port.handle(request["command"], arguments)
        self._port.respond(request, reply.body)
        for event in reply.then:
            self._port.emit(event)

    def back_to_now(self) -> Event:
        """The program's own stop, once more."""
        return Event("stopped", {**(self.held or {}), "description": "Back to now", "text": "Back to now"})

    def open(self, session: Session) -> None:
        """Have the conversation be about a session from now on."""
        self._conversation.open(session)
        self._opens()


def _guarded(action: Callable[..., None], refuse: Callable[[Exception], None]) -> Callable[..., None]:
    """`action`, whose errors become an answer."""

    def guarded(*parts: Any) -> None:
        try:
            action(*parts)
        except Exception as error:
            refuse(error)

    return guarded
