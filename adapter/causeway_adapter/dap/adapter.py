"""One client's conversation: reads requests, answers each exactly once, in order."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from causeway_core.errors import CausewayError, InternalError, ProtocolError

from causeway_adapter.dap.arguments import checked
from causeway_adapter.dap.connection import Connection
from causeway_adapter.dap.conversation import Conversation
from causeway_adapter.dap.reply import Event, Reply
from causeway_adapter.dap.requests import HANDLERS, NOT_SERVED

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


class Adapter:
    """Answers one client until it disconnects or its stream ends.

    Everything happens on the thread that calls `run`; requests are answered in the order in which they come. Movement over a
    recording takes milliseconds, so nothing needs to be answered while another request is under way.
    """

    def __init__(self, connection: Connection, *, accepts: Callable[[object], bool]) -> None:
        self._connection = connection
        self._conversation = Conversation(accepts=accepts, emit=self._emit)

    def run(self) -> None:
        """Converse until the end."""
        try:
            while not self._conversation.over:
                try:
                    message = self._connection.receive()
                except ProtocolError as error:
                    self._emit(Event("output", {"category": "stderr", "output": f"causeway: {error}\n"}))
                    continue
                if message is None:
                    break
                self._answer(message)
        finally:
            self._conversation.close()

    def _answer(self, message: dict[str, Any]) -> None:
        if message.get("type") != "request":
            return
        command = message.get("command")
        seq = message.get("seq")
        response: dict[str, Any] = {
            "type": "response",
            "request_seq": seq if isinstance(seq, int) else 0,
            "command": command if isinstance(command, str) else "",
        }
        try:
            reply = self._handle(command, message.get("arguments"))
        except CausewayError as error:
            self._connection.send({**response, "success": False, "message": error.message, "body": {"error": error_body(error)}})
            return
        except Exception as error:
            log.exception("%s failed", command)
            trouble = InternalError(f"{command} failed inside Causeway: {type(error).__name__}: {error}", "please report this, with the log")
            self._connection.send({**response, "success": False, "message": trouble.message, "body": {"error": error_body(trouble)}})
            return
        self._connection.send({**response, "success": True, "body": dict(reply.body)})
        for event in reply.then:
            self._emit(event)

    def _handle(self, command: object, arguments: object) -> Reply:
        if not isinstance(command, str):
            raise ProtocolError("a request without a command")
        if arguments is not None and not isinstance(arguments, dict):
            raise ProtocolError(f"the arguments of {command} are not an object")
        if command in NOT_SERVED:
            raise ProtocolError(f"{command} is not served: {NOT_SERVED[command]}")
        handler = HANDLERS.get(command)
        if handler is None:
            raise ProtocolError(f"unknown request {command!r}")
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


def _arguments_at_fault(handler: Callable[..., Reply], error: Exception) -> bool:
    """Whether `error` was raised by the handler's own reading of its arguments rather than deeper down, where it would be a bug of ours."""
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    return traceback is not None and traceback.tb_frame.f_code.co_filename == handler.__code__.co_filename


def error_body(error: CausewayError) -> dict[str, Any]:
    """A DAP `Message`: stable number from the slug, text, shown to the user with its next step and a link to its explanation."""
    number = 1000 + sum(ord(letter) * (index + 1) for index, letter in enumerate(error.slug)) % 9000
    return {"id": number, "format": str(error), "showUser": True, "variables": {"slug": error.slug}}
