"""`restartFrame`: to the first line of a frame's activation."""

from __future__ import annotations

from typing import Any

from causeway_core.errors import ProtocolError

from causeway_adapter.dap.conversation import Conversation
from causeway_adapter.dap.reply import Reply


def handle(conversation: Conversation, arguments: dict[str, Any]) -> Reply:
    """Status: optional (capability `supportsRestartFrame`)."""
    frame = conversation.frames.get(arguments["frameId"])
    if frame.is_label:
        raise ProtocolError(f"{frame.label} is a separator, not a call", "choose a frame above or below it")
    return conversation.moved(conversation.session.restart_frame(frame))
