"""A program that is being debugged and recorded: debugpy debugs it, a time-travel session shows its past, and the client sees one session."""

from __future__ import annotations

import threading
from typing import Any

from causeway_core.errors import CausewayError, ProtocolError
from causeway_core.model import Stop

from causeway_adapter.dap.conversation import Conversation
from causeway_adapter.dap.live.backend import PATIENCE_SECONDS, Message
from causeway_adapter.dap.live.breakpoints import SETTERS, Breakpoints
from causeway_adapter.dap.live.configuration import OTHERWISE
from causeway_adapter.dap.live.inquiry import Then
from causeway_adapter.dap.live.pending_start import PendingStart
from causeway_adapter.dap.live.port import Port
from causeway_adapter.dap.live.present import FIRST_HANDLE, Present
from causeway_adapter.dap.live.process import LaunchedProcess
from causeway_adapter.dap.live.program_end import ProgramEnd
from causeway_adapter.dap.live.recorder import ENDING_SECONDS, STOP_SECONDS, Recorder
from causeway_adapter.dap.live.recording_cost import RecordingCost
from causeway_adapter.dap.live.recording_server import RecordingServer
from causeway_adapter.dap.live.remote_recorder import RemoteRecorder
from causeway_adapter.dap.live.substitutes import WITHOUT_DEBUGPY
from causeway_adapter.dap.live.task_requests import EXTENDED, TaskRequests
from causeway_adapter.dap.reply import Event
from causeway_adapter.dap.requests.cost import cost
from causeway_adapter.dap.unrecorded import Unrecorded, gaps_of_program

FORWARD = frozenset({"continue", "next", "stepIn", "stepOut"})
FOR_DEBUGPY = frozenset({"setDebuggerProperty", "setPydevdSourceMap", "debugpySystemInfo", "pydevdSystemInfo", "configurationDone"})

SHARED = "sharedRecording"
"""The property by which the configuration of a child process's session, which debugpy makes of its parent's, says where the recording is."""

FAILED = "Attach to PID failed"
"""debugpy's console message that a debugger (gdb, lldb) could not attach to a process."""

PROGRAM_SECONDS = 5.0
"""How long a launched program may take to end once debugpy has."""

NOT_RECORDED = "a program that runs already is debugged without a past: only programs that are launched here are recorded"


class Live:
    """Sits between the client and debugpy, and decides who answers each request. Used by the adapter's thread only.

    While the program runs or is held, requests are forwarded to debugpy. In the past, and when the program has ended, `handle_request` leaves them to
    the adapter's handlers, as for a finished recording. `stopped` is called at each of their stops, and returns to the present where the stop is now.

    `Present` knows whether the client is in the past or at the held program, `ProgramEnd` handles what follows the program's end, `Recorder` (in a
    child process `RemoteRecorder`) is the recording.
    """

    def __init__(self, conversation: Conversation, port: Port, start: PendingStart) -> None:
        """Takes over what `begin` has begun. Raises RecordingError when it cannot be recorded; the start is the caller's to abandon then."""
        self._conversation = conversation
        self._port = port
        self._launch = start.launch
        self._start = start
        self._pending: dict[int, Then] = {start.asked: lambda answer: self._launched(start.request, answer)}
        self._asked: dict[int, int] = {}
        self._breakpoints = Breakpoints(conversation)
        self._present = Present(conversation, port, self._ask, self._breakpoints.apply)
        self._task_requests = TaskRequests(port, self._present, self._forward)
        self._end = ProgramEnd(conversation, port, self._present)
        self._end.without_input = start.launch is not None and start.launch.console(conversation.client) == "internalConsole"
        self._wanted_end = False
        self._ran, self._pid = False, 0
        self._process: LaunchedProcess | None = None
        self._server: RecordingServer | None = None
        # In a shared recording it is not known which records are those of this session's program.
        self._cost = None if start.launch is None or start.output is None else RecordingCost(start.launch.target.python)
        self._unrecorded: Unrecorded | None = None
        self._backend = start.backend
        access = (start.request.get("arguments") or {}).get(SHARED)
        if start.launch is not None and start.output is not None:
            self._unrecorded = Unrecorded(port.emit, start.output[0].name)
            self._present.recorder = Recorder(start.launch.target, *start.output, start.launch.detail, self._report_gaps)
        elif start.shared is not None:
            self._share_recording(start.shared)
        elif isinstance(access, dict):
            self._record_remotely(access)
        else:
            port.emit(Event("output", {"category": "console", "output": f"causeway: {NOT_RECORDED}\n"}))
        conversation.number_from(FIRST_HANDLE)
        conversation.on_stop = self.stopped

    # Beginning and end.

    def _record_remotely(self, access: dict[str, Any]) -> None:
        """The recording is that of another session. If the recording fails, the process is debugged without it."""
        try:
            self._share_recording(RemoteRecorder(access))
        except CausewayError as error:
            self._port.emit(Event("output", {"category": "stderr", "output": f"causeway: this process has no past: {error}\n"}))

    def _share_recording(self, recorder: RemoteRecorder) -> None:
        self._present.recorder = recorder
        self._unrecorded = Unrecorded(self._port.emit, recorder.path.name)
        recorder.gaps = self._report_gaps

    def _report_gaps(self, details: list[str]) -> None:
        """Called on other threads."""
        unrecorded = self._unrecorded
        if unrecorded is not None:
            self._port.later(lambda: unrecorded.say(details))

    def _launched(self, request: Message, answer: Message) -> None:
        if answer.get("success"):
            self._conversation.configured = True
        self._port.respond_as(request, answer)

    def close(self) -> None:
        """End debugpy and the program, and complete the recording."""
        self._backend.close()
        if self._process is not None:
            # debugpy ends it; one that is stuck does not.
            self._process.end(PROGRAM_SECONDS)
        if self._server is not None:
            self._server.close()
        if self._ran and self._present.recorder is not None:
            self._present.recorder.close()
        else:
            self._discard()

    def cut(self) -> None:
        """The client has left, and the adapter's thread seems to wait for a debugpy that does not read. May be called by any thread."""
        self._backend.cut()

    def _discard(self) -> None:
        """Nothing was run."""
        if self._present.recorder is not None:
            self._present.recorder.discard()

    def _report_cost(self, request: Message, recorder: Recorder | RemoteRecorder) -> None:
        body = cost(recorder.events, recorder.path, recorder.spool).body
        self._port.respond(request, {**body, **(self._cost.of(recorder.events, self._pid) if self._cost is not None else {})})

    # From the client.

    def handle_request(self, request: Message) -> bool:
        """Handle a request; False leaves it to the adapter's handlers, over the past."""
        command = request.get("command")
        arguments = request.get("arguments") or {}
        if command in ("launch", "attach"):
            raise ProtocolError("a program is being debugged already", "disconnect first")
        if command == "restart":
            raise ProtocolError("a program that runs is not restarted in place", "end the session and launch it again; editors do that by themselves")
        self._wanted_end = self._wanted_end or command in ("terminate", "disconnect")
        if command == "disconnect":
            if self._process is not None and arguments.get("terminateDebuggee") is False:
                self._process.leave()
            self._disconnect(request)
        elif command in SETTERS:
            self._set_breakpoints(request, arguments)
        elif self._present.over and command in ("terminate", *FORWARD) and (command == "terminate" or self._end.leaves(str(command))):
            self._port.respond(request)
            self._end.end_session()
        elif command == "causeway/cost" and self._present.recorder is not None:
            self._report_cost(request, self._present.recorder)
        elif command == "terminate" or command in FOR_DEBUGPY:
            self._forward(request)
        elif self._present.in_past or self._present.over:
            return False
        elif self._present.recorder is not None and self._task_requests.handles(request, arguments):
            pass
        elif self._present.answers(request):
            self._present.look(request, arguments)
        elif command == "stepInTargets":
            self._present.offer_causes(request, arguments)
        elif command == "dataBreakpointInfo":
            self._present.watch(request, arguments)
        elif command in WITHOUT_DEBUGPY:
            self._port.respond(request, WITHOUT_DEBUGPY[command](arguments))
        else:
            self._forward(request)
        return True

    def handle_response(self, response: Message) -> None:
        """The client's answer to a request of debugpy's."""
        seq = self._asked.pop(response.get("request_seq", 0), None)
        if seq is not None:
            self._backend.send({**response, "request_seq": seq})

    def _forward(self, request: Message) -> None:
        left = self._go_on() if request["command"] in FORWARD else None

        def answered(answer: Message) -> None:
            if not answer.get("success") and self._present.held is None:
                self._present.held = left
            self._present.learn(request, answer)
            if request["command"] == "threads" and not answer.get("success"):
                answer = {"success": True, "body": {"threads": []}}  # the program is ending, or not there yet
            if request["command"] in EXTENDED and self._present.has_tasks and answer.get("success"):
                self._task_requests.extend(request, answer)
            else:
                self._port.respond_as(request, answer)

        self._ask(request["command"], request.get("arguments") or {}, answered)

    def _go_on(self) -> Message | None:
        self._task_requests.continued()
        return self._present.go_on()

    def _ask(self, command: str, arguments: dict[str, Any], then: Then) -> None:
        seq = self._backend.send({"type": "request", "command": command, "arguments": arguments})
        self._pending[seq] = then

    def _set_breakpoints(self, request: Message, arguments: dict[str, Any]) -> None:
        own = self._breakpoints.set(request["command"], arguments)
        if self._present.over or request["command"] == "setDataBreakpoints":
            self._port.respond(request, own)
            return
        passed = self._breakpoints.for_debugpy(request["command"], arguments)
        self._ask(
            request["command"], passed,
            lambda answer: self._port.respond_as(request, self._breakpoints.answer(request["command"], arguments, answer)),
        )

    def _disconnect(self, request: Message) -> None:
        if self._present.over:
            self._left(request)
        else:
            self._ask("disconnect", request.get("arguments") or {}, lambda answer: self._left(request))
            timer = threading.Timer(PATIENCE_SECONDS, lambda: self._port.later(lambda: self._left(request)))
            timer.daemon = True
            timer.start()

    def _left(self, request: Message) -> None:
        if self._conversation.over:
            return
        if self._present.recorder is not None:
            self._present.recorder.finish(self._end.exit_code, ENDING_SECONDS)
        self._conversation.leave()
        self.close()
        self._port.respond(request)
        self._conversation.over = True

    # From debugpy.

    def handle_event(self, message: Message | None) -> None:
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
                self._serve_recording(configuration)
            self._asked[self._port.send({key: value for key, value in message.items() if key != "seq"})] = message["seq"]
        else:
            self._event(message)

    def _serve_recording(self, configuration: dict[str, Any]) -> None:
        """A child process gets a session of its own: it shares the recording."""
        if isinstance(self._present.recorder, Recorder):
            self._server = self._server or RecordingServer(self._present.recorder)
            configuration[SHARED] = self._server.access
        elif self._present.recorder is not None:
            configuration[SHARED] = self._present.recorder.access

    def _event(self, message: Message) -> None:
        name, body = message.get("event"), message.get("body") or {}
        if name == "debugpyAttach":
            self._serve_recording(body)
        if name == "output" and str(body.get("output")).startswith(FAILED):
            self._not_attached()
        if name in ("exited", "terminated"):
            self._end.handle_event(name, message)
            if name == "terminated":
                self._program_ended()
            return
        if name == "stopped":
            if self._present.in_past:
                return  # another thread, held at the same moment; it is seen when the client comes back
            self._present.hold(body)
        elif name == "continued" and not self._present.in_past:
            self._task_requests.continued()
            self._present.runs()
        if name == "process":
            self._ran, self._pid = True, int(body.get("systemProcessId") or 0)
            if self._launch is not None and self._process is None:
                self._process = LaunchedProcess(self._pid)
            if isinstance(self._present.recorder, RemoteRecorder):
                self._present.recorder.pid = self._pid
        if name == "initialized":
            self._port.emit(Event("capabilities", {"capabilities": {"supportsRestartRequest": False}}))
        self._port.send({key: value for key, value in message.items() if key != "seq"})

    def _not_attached(self) -> None:
        """debugpy has given up, but would say so only after a minute."""
        then = self._pending.pop(self._start.asked, None)
        if then is not None:
            process = (self._start.request.get("arguments") or {}).get("processId")
            why = f"debugpy did not get into process {process}: see the console for what it said. Where that is not possible, {OTHERWISE}"
            then({"success": False, "message": why})

    def _program_ended(self) -> None:
        if self._present.over:
            return
        self._present.over = True
        self._task_requests.continued()
        self._present.runs()
        recorder = self._present.recorder
        if recorder is None:
            self._end.end_session()
        elif self._wanted_end or not (self._stays() or self._present.in_past):
            recorder.finish(self._end.exit_code, ENDING_SECONDS, lambda error: self._port.later(lambda: self._end.part(recorder)))
        else:
            recorder.finish(
                self._end.exit_code,
                STOP_SECONDS,
                lambda error: self._port.later(lambda: self._stay(recorder, error)),
                lambda: self._port.later(lambda: self._report_findings(recorder)),
            )

    def _stays(self) -> bool:
        asked = self._launch.stop_at_end if self._launch is not None else False
        return asked if asked is not None else self._end.exit_code != 0

    def _lost(self) -> None:
        """debugpy itself has ended: its unanswered requests get an error."""
        pending, self._pending = self._pending, {}
        for then in pending.values():
            then({"success": False, "message": "debugpy has ended", "body": {}})
        if not self._present.over:
            self._end.handle_event("terminated", {"type": "event", "event": "terminated"})
            self._program_ended()

    def _stay(self, recorder: Recorder | RemoteRecorder, trouble: CausewayError | None) -> None:
        """The program has ended, and the session stays at its end, unless the client wants it to end."""
        if self._wanted_end:
            self._end.end_session()
        else:
            self._end.stay(recorder, self._pid, trouble)
            if self._unrecorded is not None and self._conversation.attached:
                recording = self._conversation.session.recording
                shared = isinstance(recorder, RemoteRecorder)
                self._unrecorded.say(gaps_of_program(recording, self._pid) if shared else (gap.detail for gap in recording.gaps()))

    def _report_findings(self, recorder: Recorder | RemoteRecorder) -> None:
        """The analysis has ended: breakpoints on findings can stop."""
        if self._present.over and self._conversation.attached and self._end.report_findings(recorder):
            self._breakpoints.apply()

    # Stops in the past.

    def stopped(self, stop: Stop, event: Event) -> Event:
        """The event of a stop in the past: as it is, or the program's own stop when the past has led up to it."""
        if self._present.over:
            text = self._end.text(stop)
            return event.saying(text) if text is not None else self._past_event(event, stop)
        return self._present.back_to_now() if self._present.reached(stop) else self._past_event(event, stop)

    def _past_event(self, event: Event, stop: Stop) -> Event:
        """VS Code shows `description` beside the thread and `text` above it: both say that this is the past, and how far."""
        if self._present.now is None:
            return event
        count = self._conversation.session.lines_before(self._present.now)
        return event.saying(f"In the past: {count:,} step{'s' if count != 1 else ''} before now. {stop.text}")
