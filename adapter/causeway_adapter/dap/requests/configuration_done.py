"""`configurationDone`: breakpoints are set; go to the first stop."""

from __future__ import annotations

from typing import Any

from causeway_core.errors import ProtocolError

from causeway_adapter.dap.conversation import Conversation
from causeway_adapter.dap.logpoints import logpoint_output
from causeway_adapter.dap.reply import Reply


def handle(conversation: Conversation, arguments: dict[str, Any]) -> Reply:
    """Status: required (capability `supportsConfigurationDoneRequest`)."""
    if not conversation.attached or conversation.entry is None:
        raise ProtocolError("configurationDone before a recording is open", "send attach or launch with a recording first")
    if conversation.configured:
        raise ProtocolError("configurationDone was sent twice")
    conversation.configured = True
    stop = conversation.entry(conversation.session)
    if not conversation.stop_on_entry:
        stop = conversation.session.continue_forward()
    return Reply({}, (*logpoint_output(conversation), conversation.stopped(stop)))
