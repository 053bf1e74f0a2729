"""`disconnect`, `terminate`, `restart`, `pause` and `cancel`."""

from __future__ import annotations

from typing import Any

from causeway_core.model import Stop

from causeway_adapter.dap.conversation import Conversation
from causeway_adapter.dap.reply import Event, Reply


def disconnect(conversation: Conversation, arguments: dict[str, Any]) -> Reply:
    """Status: required. Closes the recording; there is no program to end."""
    conversation.over = True
    return Reply()


def terminate(conversation: Conversation, arguments: dict[str, Any]) -> Reply:
    """Status: optional (capability `supportsTerminateRequest`). The client answers `terminated` with `disconnect`."""
    return Reply({}, (Event("terminated", {}),))


def restart(conversation: Conversation, arguments: dict[str, Any]) -> Reply:
    """Status: optional (capability `supportsRestartRequest`). Back to the first stop."""
    entry = conversation.entry
    assert entry is not None
    return conversation.moved(entry(conversation.session))


def pause(conversation: Conversation, arguments: dict[str, Any]) -> Reply:
    """Status: required. Nothing ever runs, so the session is where it was; clients wait for a `stopped` all the same."""
    return conversation.moved(Stop(conversation.mark_of(arguments.get("threadId")), "pause", "A recording is always paused"))


def cancel(conversation: Conversation, arguments: dict[str, Any]) -> Reply:
    """Status: optional (capability `supportsCancelRequest`). Requests are answered in order, so by now the one meant is done."""
    return Reply()
