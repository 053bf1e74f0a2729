"""A program that is being debugged and recorded: its present is debugpy's, its past is a time-travel session, and the client sees one session."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from causeway_core.errors import CausewayError, ProtocolError
from causeway_core.model import Stop
from causeway_core.session import Now, Session

from causeway_adapter.dap import verbs
from causeway_adapter.dap.conversation import Conversation, continued
from causeway_adapter.dap.live.backend import PATIENCE_SECONDS, Message
from causeway_adapter.dap.live.beginning import Beginning
from causeway_adapter.dap.live.borrowed import Borrowed
from causeway_adapter.dap.live.breakpoints import SETTERS, Breakpoints
from causeway_adapter.dap.live.ending import ending_text, findings_words, last_stop
from causeway_adapter.dap.live.frames import LiveFrames
from causeway_adapter.dap.live.lender import Lender
from causeway_adapter.dap.live.names import LiveNames
from causeway_adapter.dap.live.port import Port
from causeway_adapter.dap.live.recorder import ENDING_SECONDS, STOP_SECONDS, Recorder
from causeway_adapter.dap.live.substitutes import WITHOUT_DEBUGPY
from causeway_adapter.dap.reply import Event
from causeway_adapter.dap.requests.cost import cost

PLACE = "__import__('causeway.hooks.debugger', fromlist=['place']).place()"
"""What a thread that is held evaluates to say where it is in the recording."""

BACKWARD = frozenset({"stepBack", "reverseContinue"})
OF_VIEWS = frozenset({"causeway/causality", "causeway/overview"})
"""Questions about now, which they do not leave."""

FORWARD = frozenset({"continue", "next", "stepIn", "stepOut"})
ABOUT_THE_BACKEND = frozenset({"setDebuggerProperty", "setPydevdSourceMap", "debugpySystemInfo", "pydevdSystemInfo", "configurationDone"})
FIRST_HANDLE = 1 << 30
"""Ids of frames and variables of the past begin here: debugpy's never reach so far, so that one from the other world is refused, not mistaken."""

Then = Callable[[Message], None]


TERMS = "borrows"
"""The property by which the configuration of a child process's session, which debugpy makes of its parent's, says where the recording is."""

NO_PAST = "a program that runs already is debugged without a past: only programs that are launched here are recorded"


class Live:
    """Stands between the client and debugpy. Used by the adapter's thread only.

    Requests go to debugpy untouched while the program runs or is held; in the past (and when the program has ended) `takes` leaves them to the
    adapter's own handlers, which know nothing of the present: `stopped` is where they return to it.
    """

    def __init__(self, conversation: Conversation, port: Port, beginning: Beginning) -> None:
        """Takes over what `begin` has begun. Raises RecordingError when it cannot be recorded; the beginning is the caller's to abandon then."""
        self._conversation = conversation
        self._port = port
        self._launch = beginning.launch
        self._pending: dict[int, Then] = {beginning.asked: lambda answer: self._launched(beginning.request, answer)}
        self._asked: dict[int, int] = {}
        self._breakpoints = Breakpoints(conversation)
        self._held: dict[str, Any] | None = None
        self._now: Now | None = None
        self._now_thread = 0
        self._frames = LiveFrames()
        self._names = LiveNames()
        self._in_past = False
        self._farewell: list[Message] = []
        self._exit_code: int | None = None
        self._ended = False
        self._at_end = ""
        self._told_findings = False
        self._wanted_end = False
        self._ran, self._pid = False, 0
        self._recorder: Recorder | Borrowed | None = None
        self._lender: Lender | None = None
        self._backend = beginning.backend
        terms = (beginning.request.get("arguments") or {}).get(TERMS)
        if beginning.launch is not None and beginning.output is not None:
            self._recorder = Recorder(beginning.launch.target, *beginning.output, beginning.launch.detail)
        elif beginning.borrowed is not None:
            self._recorder = beginning.borrowed
        elif isinstance(terms, dict):
            self._borrow(terms)
        else:
            port.emit(Event("output", {"category": "console", "output": f"causeway: {NO_PAST}\n"}))
        conversation.number_from(FIRST_HANDLE)
        conversation.on_stop = self.stopped

    # Beginning and end.

    def _borrow(self, terms: dict[str, Any]) -> None:
        """Without the recording a process is debugged all the same."""
        try:
            self._recorder = Borrowed(terms)
        except CausewayError as error:
            self._port.emit(Event("output", {"category": "stderr", "output": f"causeway: this process has no past: {error}\n"}))

    def _launched(self, request: Message, answer: Message) -> None:
        if answer.get("success"):
            self._conversation.configured = True
        self._port.respond_as(request, answer)

    def close(self) -> None:
        """End debugpy and the program, and complete the recording."""
        self._backend.close()
        if self._lender is not None:
            self._lender.close()
        if self._ran and self._recorder is not None:
            self._recorder.close()
        else:
            self._discard()

    def _discard(self) -> None:
        """Nothing has run."""
        if self._recorder is not None:
            self._recorder.discard()

    # What the client wants.

    def takes(self, request: Message) -> bool:
        """Handle a request; False leaves it to the adapter's handlers, over the past."""
        command = request.get("command")
        arguments = request.get("arguments") or {}
        if command in ("launch", "attach"):
            raise ProtocolError("a program is being debugged already", "disconnect first")
        if command == "restart":
            raise ProtocolError("a program that runs is not restarted in place", "end the session and launch it again; editors do that by themselves")
        self._wanted_end = self._wanted_end or command in ("terminate", "disconnect")
        if command == "disconnect":
            self._disconnect(request)
        elif command in SETTERS:
            self._set_breakpoints(request, arguments)
        elif self._ended and command in ("terminate", *FORWARD) and (command == "terminate" or self._leaves(str(command))):
            self._port.respond(request)
            self._say_farewell()
        elif command == "causeway/cost" and self._recorder is not None:
            self._port.respond(request, cost(self._recorder.events, self._recorder.path, self._recorder.spool).body)
        elif command == "terminate" or command in ABOUT_THE_BACKEND:
            self._forward(request)
        elif self._in_past or self._ended:
            return False
        elif self._is_of_the_past(request):
            self._look(request, arguments)
        elif command == "stepInTargets":
            self._offer_causes(request, arguments)
        elif command == "dataBreakpointInfo":
            self._watch(request, arguments)
        elif command in WITHOUT_DEBUGPY:
            self._port.respond(request, WITHOUT_DEBUGPY[command](arguments))
        else:
            self._forward(request)
        return True

    def takes_response(self, response: Message) -> None:
        """The client's answer to a request of debugpy's."""
        seq = self._asked.pop(response.get("request_seq", 0), None)
        if seq is not None:
            self._backend.send({**response, "request_seq": seq})

    def _forward(self, request: Message) -> None:
        held = self._held
        if request["command"] in FORWARD:
            self._held = self._now = None
            self._frames.clear()
            self._names.clear()
            self._conversation.leave()
            if self._recorder is not None:
                self._recorder.resume()

        def answered(answer: Message) -> None:
            if not answer.get("success") and self._held is None:
                self._held = held
            if request["command"] == "stackTrace" and answer.get("success"):
                self._frames.learn(request.get("arguments") or {}, answer)
            elif request["command"] in ("scopes", "variables") and answer.get("success"):
                self._names.learn(request["command"], request.get("arguments") or {}, answer)
            elif request["command"] == "threads" and not answer.get("success"):
                answer = {"success": True, "body": {"threads": []}}  # the program is ending, or not there yet
            self._port.respond_as(request, answer)

        self._ask(request["command"], request.get("arguments") or {}, answered)

    def _ask(self, command: str, arguments: dict[str, Any], then: Then) -> None:
        seq = self._backend.send({"type": "request", "command": command, "arguments": arguments})
        self._pending[seq] = then

    def _set_breakpoints(self, request: Message, arguments: dict[str, Any]) -> None:
        own = self._breakpoints.set(request["command"], arguments)
        if self._ended or request["command"] == "setDataBreakpoints":
            self._port.respond(request, own)
            return
        passed = self._breakpoints.for_debugpy(request["command"], arguments)
        self._ask(
            request["command"], passed,
            lambda answer: self._port.respond_as(request, self._breakpoints.answer(request["command"], arguments, answer)),
        )

    def _disconnect(self, request: Message) -> None:
        if self._ended:
            self._left(request)
        else:
            self._ask("disconnect", request.get("arguments") or {}, lambda answer: self._left(request))
            timer = threading.Timer(PATIENCE_SECONDS, lambda: self._port.later(lambda: self._left(request)))
            timer.daemon = True
            timer.start()

    def _left(self, request: Message) -> None:
        if self._conversation.over:
            return
        if self._recorder is not None:
            self._recorder.finish(self._exit_code, ENDING_SECONDS)
        self._conversation.leave()
        self.close()
        self._port.respond(request)
        self._conversation.over = True

    # What debugpy says.

    def hears(self, message: Message | None) -> None:
        """Handle a message of debugpy's, None when it has gone."""
        if message is None:
            self._lost()
        elif message.get("type") == "response":
            then = self._pending.pop(message.get("request_seq", 0), None)
            if then is not None:
                then(message)
        elif message.get("type") == "request":
            configuration = (message.get("arguments") or {}).get("configuration")
            if message.get("command") == "startDebugging" and isinstance(configuration, dict):
                self._lend(configuration)
            self._asked[self._port.send({key: value for key, value in message.items() if key != "seq"})] = message["seq"]
        else:
            self._event(message)

    def _lend(self, configuration: dict[str, Any]) -> None:
        """A child process gets a session of its own: it shares the recording."""
        if isinstance(self._recorder, Recorder):
            self._lender = self._lender or Lender(self._recorder)
            configuration[TERMS] = self._lender.terms
        elif self._recorder is not None:
            configuration[TERMS] = self._recorder.terms

    def _event(self, message: Message) -> None:
        name, body = message.get("event"), message.get("body") or {}
        if name == "debugpyAttach":
            self._lend(body)
        if name in ("exited", "terminated"):
            self._farewell.append(message)
            if name == "exited":
                self._exit_code = body.get("exitCode")
            else:
                self._program_ended()
            return
        if name == "stopped":
            if self._in_past:
                return  # another thread, held at the same moment; it is seen when the client comes back
            self._held, self._now = dict(body), None
            self._frames.clear()
            self._names.clear()
            if self._recorder is not None:
                self._recorder.hold()
        elif name == "continued" and not self._in_past:
            self._held = self._now = None
        if name == "process":
            self._ran, self._pid = True, int(body.get("systemProcessId") or 0)
        if name == "initialized":
            self._port.emit(Event("capabilities", {"capabilities": {"supportsRestartRequest": False}}))
        self._port.send({key: value for key, value in message.items() if key != "seq"})

    def _program_ended(self) -> None:
        if self._ended:
            return
        self._ended = True
        self._held = self._now = None
        recorder = self._recorder
        if recorder is None:
            self._say_farewell()
        elif self._wanted_end or not (self._stays() or self._in_past):
            recorder.finish(self._exit_code, ENDING_SECONDS, lambda error: self._port.later(self._say_farewell))
        else:
            recorder.finish(
                self._exit_code,
                STOP_SECONDS,
                lambda error: self._port.later(lambda: self._stay(recorder, error)),
                lambda: self._port.later(lambda: self._tell_findings(recorder)),
            )

    def _stays(self) -> bool:
        asked = self._launch.stop_at_end if self._launch is not None else False
        return asked if asked is not None else self._exit_code != 0

    def _lost(self) -> None:
        """debugpy itself has ended: whatever it still owed an answer for gets an error."""
        pending, self._pending = self._pending, {}
        for then in pending.values():
            then({"success": False, "message": "debugpy has ended", "body": {}})
        if not self._ended:
            self._farewell.append({"type": "event", "event": "terminated"})
            self._program_ended()

    def _stay(self, recorder: Recorder | Borrowed, trouble: CausewayError | None) -> None:
        """The program has ended, and the session stays at its end with the whole past open."""
        if self._wanted_end:
            self._say_farewell()
            return
        if trouble is not None:
            self._port.emit(Event("output", {"category": "stderr", "output": f"causeway: {trouble}\n"}))
        try:
            session = recorder.session()
        except CausewayError as error:
            self._port.emit(Event("output", {"category": "stderr", "output": f"causeway: the past cannot be opened: {error}\n"}))
            self._say_farewell()
            return
        self._open(session)
        self._in_past = False
        stop = last_stop(session, self._pid)
        self._now = Now(stop.mark)
        self._told_findings = recorder.findings is not None
        self._port.emit(self._conversation.stopped(stop).saying(ending_text(self._exit_code, stop, recorder.findings)))
        self._at_end = "stop"

    def _tell_findings(self, recorder: Recorder | Borrowed) -> None:
        """The analysis has ended: what stops at findings can, and if the stop at the end came before it is said now."""
        if not self._ended or not self._conversation.attached or self._told_findings:
            return
        self._told_findings = True
        self._breakpoints.apply()
        self._port.emit(Event("output", {"category": "console", "output": f"causeway: {findings_words(recorder.findings or 0)} in this run\n"}))

    def _leaves(self, command: str) -> bool:
        return (command == "continue" and self._at_end == "stop") or self._at_end == "end"

    def _say_farewell(self) -> None:
        messages, self._farewell = self._farewell, []
        for message in messages:
            self._port.send({key: value for key, value in message.items() if key != "seq"})

    # Into the past, and back.

    def _is_of_the_past(self, request: Message) -> bool:
        """Whether a request is answered by the recording, also while the program is held."""
        command, arguments = request.get("command"), request.get("arguments") or {}
        if command == "stepIn":
            return int(arguments.get("targetId") or 0) >= FIRST_HANDLE
        if command == "evaluate":
            typed = arguments.get("context") == "repl" and self._recorder is not None
            return typed and verbs.verb_of(str(arguments.get("expression") or "")) is not None
        return command in BACKWARD or command in OF_VIEWS or command == "causeway/travel"

    def _offer_causes(self, request: Message, arguments: dict[str, Any]) -> None:
        """debugpy's targets of a step into the line, then what led to it, in the past."""

        def answered(own: Message) -> None:
            targets = list((own.get("body") or {}).get("targets") or ()) if own.get("success") else []

            def answer() -> None:
                found = self._port.handle("stepInTargets", self._as_recorded(arguments)).body["targets"]
                self._port.respond(request, {"targets": [*targets, *found]})

            self._attempt(request, arguments, answer, lambda _: self._port.respond(request, {"targets": targets}))

        self._ask("stepInTargets", arguments, answered)

    def _watch(self, request: Message, arguments: dict[str, Any]) -> None:
        """Whether the recording knows the place of a variable of debugpy's; a data breakpoint on it is for the past."""

        def refuse(error: Exception) -> None:
            why = error.message if isinstance(error, CausewayError) else "nothing is known of it"
            self._port.respond(request, {"dataId": None, "description": why})

        expression, frame = self._names.expression(arguments)
        if not expression:
            refuse(ProtocolError(f"{arguments.get('name')} is not a place that can be named"))
            return
        asked = {"name": expression, **({"frameId": frame} if frame is not None else {})}
        self._attempt(request, asked, lambda: self._hand_over(request, self._as_recorded(asked)), refuse)

    def _attempt(self, request: Message, arguments: dict[str, Any], answer: Callable[[], None], refuse: Callable[[Exception], None]) -> None:
        """`_look` for requests that are never answered by an error."""
        try:
            self._look(request, arguments, answer, refuse)
        except CausewayError as error:
            refuse(error)

    def _look(
        self, request: Message, arguments: dict[str, Any],
        answer: Callable[[], None] | None = None, refuse: Callable[[Exception], None] | None = None,
    ) -> None:
        """Answer what needs the past of a program that is held: where is the thread, and before which line? `answer` then does it, the session
        standing at now; `refuse` says why it cannot be done, unless that is known at once: then it is raised."""
        answer = answer or (lambda: self._answer(request, arguments))
        refuse = refuse or (lambda error: self._port.fail(request, error))
        if self._recorder is None:
            raise ProtocolError("this program has no past: it was not launched here", "launch it with Causeway to have it recorded")
        held = self._held
        if held is None:
            raise ProtocolError("the program is running", "pause it, or set a breakpoint, to look at its past")
        asked = arguments.get("threadId") or arguments.get("actor") or self._frames.thread_of(arguments.get("frameId"))
        thread = int(asked or held.get("threadId") or 0)
        if self._now is not None and self._now_thread == thread and self._conversation.attached and not self._recorder.grown():
            self._conversation.session.focus(self._now.mark)
            _guarded(answer, refuse)()
            return

        def framed(answer: Message) -> None:
            frames = (answer.get("body") or {}).get("stackFrames") or []
            frame = next((one for one in frames if one.get("presentationHint") != "label"), None)
            if frame is None:
                raise ProtocolError("this thread runs no Python code", "choose another thread in the call stack")
            arguments = {"expression": PLACE, "frameId": frame["id"], "context": "watch"}
            self._ask("evaluate", arguments, _guarded(lambda said: placed(frame, said), refuse))

        def placed(frame: dict[str, Any], said: Message) -> None:
            if self._in_past or self._ended:
                self._hand_over(request, arguments)  # an earlier request has gone there meanwhile
                return
            place = str((said.get("body") or {}).get("result", "")).strip("'\"")
            uid, _, rest = place.partition(".")
            stream = rest.partition(".")[0]
            if self._held is not held:
                raise ProtocolError("the program is running", "pause it, or set a breakpoint, to look at its past")
            if not said.get("success") or not stream.isdigit():
                raise ProtocolError("this thread is not recorded", "choose another thread in the call stack")
            self._stand_at_now(thread, uid, int(stream), frame)
            answer()

        self._ask("stackTrace", {"threadId": thread, "startFrame": 0, "levels": 5}, _guarded(framed, refuse))

    def _stand_at_now(self, thread: int, uid: str, stream: int, frame: dict[str, Any]) -> None:
        """Open a session over all that has been recorded, and have it stand where the thread is held."""
        assert self._recorder is not None
        self._conversation.leave()
        session = self._recorder.session()
        try:
            path = (frame.get("source") or {}).get("path") or ""
            self._now = session.now(uid, stream, path, self._conversation.coordinates.line_in(frame.get("line") or 0))
        except KeyError:
            session.close()
            raise ProtocolError("nothing of this thread has been recorded", "choose another thread in the call stack") from None
        self._now_thread = thread
        session.focus(self._now.mark)
        self._open(session)

    def _answer(self, request: Message, arguments: dict[str, Any]) -> None:
        """The session stands at now: answer from there, or leave for the past."""
        assert self._now is not None
        command, session = request["command"], self._conversation.session
        if command in BACKWARD:
            stop = session.step_back_from(self._now) if command == "stepBack" else session.reverse_continue_from(self._now)
            self._in_past = True
            self._port.respond(request)
            self._port.emit(self._conversation.stopped(stop))
        elif command not in ("causeway/travel", "stepIn"):
            self._hand_over(request, self._as_recorded(arguments))
        elif arguments.get("now") is True:
            self._port.respond(request)
            self._port.emit(continued(self._now_thread))
            self._port.emit(self._back_to_now())
        elif "actor" in arguments and arguments.get("direction") == 1:
            raise ProtocolError("nothing has happened after now", "continue, or step forward")
        else:
            self._in_past = True
            try:
                self._hand_over(request, self._as_recorded(arguments))
            except Exception:
                self._in_past = False
                raise

    def _as_recorded(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Arguments with the recording's numbers of actor and frame in place of debugpy's."""
        assert self._now is not None
        session = self._conversation.session
        given = {name: value for name, value in arguments.items() if name not in ("threadId", "actor", "frameId")}
        given |= {name: session.mark.actor for name in ("threadId", "actor") if name in arguments}
        frame = self._frames.recorded(arguments.get("frameId"), session, session.end_of(self._now))
        if frame is not None:
            given["frameId"] = self._conversation.frames.add(frame)
        return given

    def _hand_over(self, request: Message, arguments: dict[str, Any]) -> None:
        """Have the handler over the recording answer."""
        reply = self._port.handle(request["command"], arguments)
        self._port.respond(request, reply.body)
        for event in reply.then:
            self._port.emit(event)

    def _back_to_now(self) -> Event:
        return Event("stopped", {**(self._held or {}), "description": "Back to now", "text": "Back to now"})

    def _open(self, session: Session) -> None:
        self._conversation.open(session)
        self._breakpoints.apply()

    def stopped(self, stop: Stop, event: Event) -> Event:
        """The event of a stop in the past: as it is, or the program's own stop when the past has led up to it."""
        if self._ended:
            self._at_end = "end" if stop.reason == "end" else ""
            if self._at_end:
                return event.saying(ending_text(self._exit_code, stop, self._recorder.findings if self._recorder is not None else None))
            return self._past_event(event, stop)
        if self._in_past and self._held is not None and (stop.reason == "end" or (self._now is not None and self._now.is_at(stop.mark))):
            self._in_past = False
            return self._back_to_now()
        return self._past_event(event, stop)

    def _past_event(self, event: Event, stop: Stop) -> Event:
        """VS Code shows `description` beside the thread and `text` above it: both say that this is the past, and how far."""
        if self._now is None:
            return event
        count = self._conversation.session.lines_before(self._now)
        return event.saying(f"In the past: {count:,} step{'s' if count != 1 else ''} before now. {stop.text}")


def _guarded(action: Callable[..., None], refuse: Callable[[Exception], None]) -> Callable[..., None]:
    """`action`, whose errors become an answer."""

    def guarded(*parts: Any) -> None:
        try:
            action(*parts)
        except Exception as error:
            refuse(error)

    return guarded
