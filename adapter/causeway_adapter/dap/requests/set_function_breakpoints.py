"""`setFunctionBreakpoints`."""

from __future__ import annotations

from typing import Any

from causeway_core.session import FunctionBreakpoint

from causeway_adapter.dap.breakpoints import described
from causeway_adapter.dap.conversation import Conversation
from causeway_adapter.dap.reply import Reply


def handle(conversation: Conversation, arguments: dict[str, Any]) -> Reply:
    """Status: optional (capability `supportsFunctionBreakpoints`)."""
    breakpoints = [FunctionBreakpoint(one["name"], one.get("condition") or None, one.get("hitCondition") or None) for one in arguments["breakpoints"]]
    verified = conversation.session.set_function_breakpoints(breakpoints)
    return Reply(
        {"breakpoints": [described(conversation, ("function", one.name), outcome) for one, outcome in zip(breakpoints, verified, strict=True)]}
    )
