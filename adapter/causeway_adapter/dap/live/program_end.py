"""The end of a program: a stop with its whole past open, where it is, and in what words."""

from __future__ import annotations

import signal

from causeway_core.errors import CausewayError
from causeway_core.model import Process, Stop
from causeway_core.session import Session

from causeway_adapter.dap.conversation import Conversation
from causeway_adapter.dap.live.backend import Message
from causeway_adapter.dap.live.port import Port
from causeway_adapter.dap.live.present import Present
from causeway_adapter.dap.live.recorder import Recorder
from causeway_adapter.dap.live.remote_recorder import RemoteRecorder
from causeway_adapter.dap.reply import Event

NO_INPUT = 'the program has nothing to read with "console": "internalConsole"; with "integratedTerminal" it reads what you type'
NOTHING = "no line of the program was recorded, so there is no past to step back into"


class ProgramEnd:
    """Holds back debugpy's messages about the end of the program until the client leaves the end. Used by the adapter's thread only."""

    def __init__(self, conversation: Conversation, port: Port, present: Present) -> None:
        self._conversation, self._port, self._present = conversation, port, present
        self._farewell: list[Message] = []
        self.exit_code: int | None = None
        self._at = ""
        """Where the client is: "stop" (at the end, as first reported), "end" (at the end again), or elsewhere in the past."""
        self._how = ""
        self._told_findings = False
        self.without_input = False
        """Whether the program's standard input is empty."""

    def handle_event(self, event: str, message: Message) -> None:
        """debugpy's `exited` or `terminated`."""
        self._farewell.append(message)
        if event == "exited":
            self.exit_code = (message.get("body") or {}).get("exitCode")

    def stay(self, recorder: Recorder | RemoteRecorder, pid: int, trouble: CausewayError | None) -> None:
        """Stop at the end, with the whole past open; or say what prevents that, and end."""
        if trouble is not None:
            self._port.emit(Event("output", {"category": "stderr", "output": f"causeway: {trouble}\n"}))
        try:
            session = recorder.session()
        except CausewayError as error:
            self._port.emit(Event("output", {"category": "stderr", "output": f"causeway: the past cannot be opened: {error}\n"}))
            self.end_session()
            return
        stop = last_stop(session, pid)
        if not stop.mark.at:
            session.close()
            self._port.emit(Event("output", {"category": "console", "output": f"causeway: {NOTHING}\n"}))
            self.end_session()
            return
        if self.without_input and (stop.text or "").startswith("EOFError: EOF when reading"):
            self._port.emit(Event("output", {"category": "console", "output": f"causeway: {NO_INPUT}\n"}))
        self._present.open(session)
        self._present.ends_at(stop)
        self._how = ending_words(self.exit_code, lost=_is_lost(session, pid))
        self._told_findings = recorder.findings is not None
        self._port.emit(self._conversation.stopped(stop).saying(ending_text(self._how, stop, recorder.findings)))
        self._at = "stop"

    def report_findings(self, recorder: Recorder | RemoteRecorder) -> bool:
        """The findings are known; returns whether that was still to be reported."""
        if self._told_findings:
            return False
        self._told_findings = True
        self._port.emit(Event("output", {"category": "console", "output": f"causeway: {findings_words(recorder.findings or 0)} in this run\n"}))
        return True

    def text(self, stop: Stop) -> str | None:
        """The text of a stop of the session after the end; None anywhere but at the end itself."""
        self._at = "end" if stop.reason == "end" else ""
        recorder = self._present.recorder
        return ending_text(self._how, stop, recorder.findings if recorder is not None else None) if self._at else None

    def leaves(self, command: str) -> bool:
        """Whether there is nothing to continue to from here."""
        return (command == "continue" and self._at == "stop") or self._at == "end"

    def part(self, recorder: Recorder | RemoteRecorder) -> None:
        """End without a stop: the findings of a run that succeeded are reported too."""
        if recorder.headline:
            text = f"causeway: {recorder.headline}\nOpen {recorder.path.name} to travel there; `causeway analyze` proves it.\n"
            self._port.emit(Event("output", {"category": "console", "output": text}))
        self.end_session()

    def end_session(self) -> None:
        """Pass on debugpy's last messages."""
        messages, self._farewell = self._farewell, []
        for message in messages:
            self._port.send({key: value for key, value in message.items() if key != "seq"})


def last_stop(session: Session, pid: int) -> Stop:
    """Where to stay when the program has ended: at the exception that ended it, else at its end; at event 0 where nothing was recorded. `pid` names
    its process where it is recorded beside others."""
    process = _process_of(session, pid)
    uncaught = [row for row in session.recording.exceptions() if row.fate == "uncaught"]
    own = [row for row in uncaught if process is None or session.recording.process_of(row.at) == process.id] or uncaught
    if not own:
        return session.end(process.id if process is not None else None)
    stop = session.goto(session.line_of(session.goto(own[-1].at).mark))
    return Stop(stop.mark, "exception", f"{own[-1].type.removeprefix('builtins.')}: {own[-1].message}")


def _process_of(session: Session, pid: int) -> Process | None:
    return next((one for one in session.recording.processes() if one.pid == pid), None)


def _is_lost(session: Session, pid: int) -> bool:
    """Whether the program was killed or crashed."""
    process = _process_of(session, pid)
    return process is not None and process.ending == "lost"


def ending_words(exit_code: int | None, *, lost: bool) -> str:
    """How the program ended. debugpy gives 256 less the number of a signal as the exit code; a program that exits with such a code is not `lost`."""
    if exit_code is None:
        return "has ended"
    if lost and 256 - exit_code in {*signal.Signals}:
        return f"was ended by {signal.Signals(256 - exit_code).name} (exit code {exit_code})"
    return f"has ended with exit code {exit_code}"


def ending_text(how: str, stop: Stop, findings: int | None) -> str:
    """The text of that stop, from `ending_words`; `findings` is None as long as their number is not known."""
    why = f" by {stop.text}" if stop.reason == "exception" else ""
    found = f"{findings_words(findings)}. " if findings else ""
    return f"The program {how}{why}. {found}Its whole past is open: step back, or continue to finish"


def findings_words(count: int) -> str:
    """In the words of the console, which lists them by `races`."""
    return f"{count} finding{'s' if count != 1 else ''} (races lists them)" if count else "no findings"
