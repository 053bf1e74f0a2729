"""`stepIn`: into a call, or along the cause that was picked."""

from __future__ import annotations

from typing import Any

from causeway_adapter.dap.conversation import Conversation
from causeway_adapter.dap.reply import Reply


def handle(conversation: Conversation, arguments: dict[str, Any]) -> Reply:
    """Status: required. With `targetId`, to the causal predecessor or successor that stepInTargets offered."""
    target = arguments.get("targetId")
    if target is not None:
        return conversation.moved(conversation.session.step_into_cause(conversation.step_targets.get(target)))
    conversation.turn_to(arguments.get("threadId"))
    return conversation.moved(conversation.session.step_in())
