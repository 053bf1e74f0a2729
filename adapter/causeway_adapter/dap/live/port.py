"""The way back to the client and to the adapter's own thread, for requests that are answered later."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from causeway_adapter.dap.refusals import is_shown
from causeway_adapter.dap.reply import Event, Reply

Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Port:
    """What an adapter offers: `send` numbers and sends a message and gives its number; `emit` sends an event; `answer(request, success, parts)`
    sends a response; `fail` one that an error explains; `handle` asks one of the handlers of requests, over the recording; `deliver` and `later`
    may be called by any thread: they have the adapter's thread hear a message of debugpy's, or call a function."""

    send: Callable[[Message], int]
    emit: Callable[[Event], None]
    fail: Callable[[Message, Exception], None]
    handle: Callable[[str, dict[str, Any]], Reply]
    deliver: Callable[[Message | None], None]
    later: Callable[[Callable[[], None]], None]

    def respond(self, request: Message, body: Mapping[str, Any] | None = None) -> None:
        """Answer a request with success."""
        self.respond_as(request, {"success": True, "body": dict(body or {})})

    def respond_as(self, request: Message, answer: Message) -> None:
        """Answer a request as debugpy answered the one that stood for it."""
        response = {"type": "response", "request_seq": request["seq"], "command": request["command"], "success": bool(answer.get("success"))}
        if "message" in answer:
            response["message"] = answer["message"]
        body = answer.get("body")
        if not response["success"] and not (isinstance(body, dict) and "error" in body):
            # Clients show a refusal only by its `error`.
            text = str(answer.get("message") or "debugpy refused")
            body = {"error": {"id": 2000, "format": text.replace("{", "(").replace("}", ")"), "showUser": is_shown(request)}}
        self.send({**response, "body": body if body is not None else {}})
