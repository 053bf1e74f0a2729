"""`threads`: the actors at this stop."""

from __future__ import annotations

from typing import Any

from causeway_adapter.dap.conversation import Conversation
from causeway_adapter.dap.reply import Reply


def handle(conversation: Conversation, arguments: dict[str, Any]) -> Reply:
    """Status: required. At most a thousand: the one that stopped, then those near to it in causality; the last says how many more there are.
    None where nothing is open: before the first stop, and when a program has ended that nobody travels."""
    if not conversation.configured or not conversation.attached:
        return Reply({"threads": []})
    listed = conversation.actors()
    threads = [{"id": state.actor, "name": f"{state.title} ({state.words})" if state.words else state.title} for state in listed.actors]
    if listed.note:
        threads[-1]["name"] = f"{threads[-1]['name']} · {listed.note}"
    return Reply({"threads": threads})
