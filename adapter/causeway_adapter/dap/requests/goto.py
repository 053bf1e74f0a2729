"""`goto`: to the execution that was picked."""

from __future__ import annotations

from typing import Any

from causeway_adapter.dap.conversation import Conversation
from causeway_adapter.dap.reply import Reply


def handle(conversation: Conversation, arguments: dict[str, Any]) -> Reply:
    """Status: optional (capability `supportsGotoTargetsRequest`)."""
    return conversation.moved(conversation.session.goto(conversation.goto_targets.get(arguments["targetId"])))
