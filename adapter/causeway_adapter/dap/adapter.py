"""One client's conversation: reads requests, answers each exactly once, in order."""

from __future__ import annotations

import logging
import queue
import subprocess
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from causeway_core.errors import CausewayError, InternalError, ProtocolError

from causeway_adapter.dap.arguments import checked
from causeway_adapter.dap.connection import Connection
from causeway_adapter.dap.conversation import Conversation
from causeway_adapter.dap.live.backend import PATIENCE_SECONDS, kill_debugpy
from causeway_adapter.dap.live.port import Port
from causeway_adapter.dap.refusals import error_body, is_shown
from causeway_adapter.dap.reply import Event, Reply
from causeway_adapter.dap.requests import initialize

if TYPE_CHECKING:
    from causeway_adapter.dap.live.live import Live
    from causeway_adapter.dap.requests.movement import Handler

log = logging.getLogger(__name__)

BEFORE_A_RECORDING = frozenset(
    {
        "initialize",
        "launch",
        "attach",
        "disconnect",
        "terminate",
        "cancel",
        "configurationDone",
        "setBreakpoints",
        "setFunctionBreakpoints",
        "setExceptionBreakpoints",
        "setDataBreakpoints",
        "setInstructionBreakpoints",
        "threads",
    }
)

RUNNING = ("connect", "listen", "processId", "host", "port")
"""What an `attach` to a running program names."""


class Adapter:
    """Answers one client until it disconnects or its stream ends.

    Everything happens on the thread that calls `run`, in the order in which it comes: what the client says (read by a thread of its own) and, once
    a program is being debugged, what debugpy says. Movement over a recording takes milliseconds, so nothing needs to be answered while another
    request is under way. `debugpy` is a debugpy that was started ahead, for the program that will probably be launched; the adapter ends it.

    When the client has left, the conversation ends within some twenty seconds, whatever debugpy does. `leave` is called where that fails because
    something keeps the stream to the client open and does not read it.
    """

    def __init__(
        self, connection: Connection, *,
        accepts: Callable[[object], bool], debugpy: subprocess.Popen[bytes] | None = None, leave: Callable[[], None] = lambda: None,
    ) -> None:
        self._connection = connection
        self._conversation = Conversation(accepts=accepts, emit=self._emit)
        self._inbox: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._live: Live | None = None
        self._spare = debugpy
        self._debugpys = 0
        self._leave = leave
        self._ends = threading.Event()

    def run(self) -> None:
        """Hold the conversation until its end."""
        threading.Thread(target=self._read, name="client", daemon=True).start()
        try:
            while not self._conversation.over:
                self._do(self._inbox.get())
        finally:
            self._ends.set()
            self._conversation.close()
            if self._live is not None:
                self._live.close()
            self._end_spare()

    def close_connection(self) -> None:
        """Behave as if the client had disconnected after its last message. May be called at any moment, also by a signal handler."""
        self._inbox.put(self._on_disconnect)
        threading.Thread(target=self._force_end, args=(PATIENCE_SECONDS,), daemon=True).start()

    def _do(self, what: Callable[[], None]) -> None:
        try:
            what()
        except Exception as error:
            log.exception("a message was not handled")
            text = error if isinstance(error, CausewayError) else f"a message was not handled: {type(error).__name__}: {error}; please report this"
            self._emit(Event("output", {"category": "stderr", "output": f"causeway: {text}\n"}))

    def _read(self) -> None:
        """On a separate thread: pass on the client's messages, until it disconnects."""
        while True:
            try:
                message = self._connection.receive()
            except ProtocolError as error:
                self._inbox.put(lambda error=error: self._report_misread(error))  # type: ignore[misc]
                continue
            except (OSError, ValueError):
                message = None
            if message is None:
                self._inbox.put(self._on_disconnect)
                self._force_end(PATIENCE_SECONDS)
                return
            self._inbox.put(lambda message=message: self._answer(message))  # type: ignore[misc]
            if message.get("command") == "disconnect":
                self._force_end(2 * PATIENCE_SECONDS)  # It has debugpy disconnect first.
                return

    def _force_end(self, seconds: float) -> None:
        """Not on the adapter's thread: the client has left, and the adapter's thread is to end the conversation within this time."""
        if not self._ends.wait(seconds) and self._live is not None:
            self._live.cut()
        if not self._ends.wait(seconds) and self._connection.is_stuck(seconds):
            self._leave()

    def _report_misread(self, error: ProtocolError) -> None:
        self._emit(Event("output", {"category": "stderr", "output": f"causeway: {error}\n"}))

    def _on_disconnect(self) -> None:
        self._conversation.over = True

    def _answer(self, message: dict[str, Any]) -> None:
        if message.get("type") == "response" and self._live is not None:
            self._live.handle_response(message)
        if message.get("type") != "request":
            return
        try:
            if self._is_handled_live(message):
                return
            reply = self._handle(message.get("command"), message.get("arguments"))
        except Exception as error:
            self._fail(message, error)
            return
        self._connection.send({**_response(message), "success": True, "body": dict(reply.body)})
        for event in reply.then:
            self._emit(event)

    def _is_handled_live(self, message: dict[str, Any]) -> bool:
        """Whether a program that is being debugged, or begins to be, takes a request."""
        if self._live is not None:
            return self._live.handle_request(message)
        arguments, command = message.get("arguments"), message.get("command")
        if command not in ("launch", "attach") or not isinstance(arguments, dict):
            return False
        if arguments.get("recording") is not None:
            self._end_spare()
            return False
        if command == "attach" and not any(arguments.get(name) is not None for name in RUNNING):
            return False
        if not self._conversation.initialized or self._conversation.attached or not self._conversation.accepts(arguments.get("token")):
            return False
        self._begin(message, arguments)
        return True

    def _begin(self, message: dict[str, Any], arguments: dict[str, Any]) -> None:
        """Import the slowest modules here, step by step, while debugpy starts, and then the program."""
        from causeway_adapter.dap.live.configuration import address_of, parse
        from causeway_adapter.dap.live.pending_start import begin

        launch = parse(arguments) if message["command"] == "launch" else None
        address = address_of(arguments) if launch is None else None
        if address is not None:
            self._end_spare()
        port = self._port()
        start = begin(message, self._conversation.client, port.deliver, launch=launch, address=address, debugpy=self._spare)
        self._spare = None
        try:
            from causeway_adapter.dap.live.live import Live

            self._live = Live(self._conversation, port, start)
        except Exception:
            start.abandon()
            raise

    def _end_spare(self) -> None:
        spare, self._spare = self._spare, None
        if spare is not None:
            kill_debugpy(spare)

    def _port(self) -> Port:
        """For one debugpy: later messages of an earlier one are ignored."""
        self._debugpys += 1
        number = self._debugpys
        return Port(
            send=self._connection.send,
            emit=self._emit,
            fail=self._fail,
            handle=self._handle,
            deliver=lambda message: self._inbox.put(lambda: self._listen_to_live(number, message)),
            later=self._inbox.put,
        )

    def _listen_to_live(self, number: int, message: dict[str, Any] | None) -> None:
        if self._live is not None and number == self._debugpys:
            self._live.handle_event(message)

    def _fail(self, request: dict[str, Any], error: Exception) -> None:
        if not isinstance(error, CausewayError):
            log.error("%s failed", request.get("command"), exc_info=error)
            text = f"{request.get('command')} failed inside Causeway: {type(error).__name__}: {error}"
            error = InternalError(text, "please report this, with the log")
        body = {"error": error_body(error, shown=is_shown(request))}
        self._connection.send({**_response(request), "success": False, "message": error.message, "body": body})

    def _handle(self, command: object, arguments: object) -> Reply:
        if not isinstance(command, str):
            raise ProtocolError("a request without a command")
        if arguments is not None and not isinstance(arguments, dict):
            raise ProtocolError(f"the arguments of {command} are not an object")
        handler = _handler_of(command)
        if command != "initialize" and not self._conversation.initialized:
            raise ProtocolError(f"{command} before initialize")
        if command not in BEFORE_A_RECORDING and not self._conversation.attached:
            raise ProtocolError(f"{command} before a recording is open", "send attach or launch with a recording first")
        try:
            return handler(self._conversation, checked(command, arguments or {}))
        except (KeyError, TypeError, AttributeError) as error:
            missing = f"{error.args[0]!r} is missing" if isinstance(error, KeyError) and error.args else str(error)
            if _arguments_at_fault(handler, error):
                raise ProtocolError(f"malformed {command}: {missing}") from error
            raise

    def _emit(self, event: Event) -> None:
        self._connection.send({"type": "event", "event": event.name, "body": dict(event.body)})


def _handler_of(command: str) -> Handler:
    """Raises ProtocolError where there is none."""
    if command == "initialize":
        return initialize.handle
    from causeway_adapter.dap.requests.table import HANDLERS, NOT_SERVED

    if command in NOT_SERVED:
        raise ProtocolError(f"{command} is not served: {NOT_SERVED[command]}")
    if command not in HANDLERS:
        raise ProtocolError(f"unknown request {command!r}")
    return HANDLERS[command]


def _response(request: dict[str, Any]) -> dict[str, Any]:
    """The common beginning of all responses to a request."""
    command, seq = request.get("command"), request.get("seq")
    return {"type": "response", "request_seq": seq if isinstance(seq, int) else 0, "command": command if isinstance(command, str) else ""}


def _arguments_at_fault(handler: Callable[..., Reply], error: Exception) -> bool:
    """Whether `error` was raised by the handler's own reading of its arguments rather than deeper down, where it would be a bug of ours."""
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    return traceback is not None and traceback.tb_frame.f_code.co_filename == handler.__code__.co_filename
