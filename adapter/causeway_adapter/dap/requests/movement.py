"""The requests that move: each turns to the thread it names, moves the session and reports where it stopped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from causeway_core.model import Stop
from causeway_core.session import Session

from causeway_adapter.dap.conversation import Conversation
from causeway_adapter.dap.reply import Reply

Handler = Callable[[Conversation, dict[str, Any]], Reply]


def moving(move: Callable[[Session], Stop], body: dict[str, Any] | None = None) -> Handler:
    """A handler for a request whose whole meaning is `move`."""

    def handle(conversation: Conversation, arguments: dict[str, Any]) -> Reply:
        conversation.turn_to(arguments.get("threadId"))
        return conversation.moved(move(conversation.session), body)

    return handle
