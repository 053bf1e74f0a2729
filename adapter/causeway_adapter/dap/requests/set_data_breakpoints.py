"""`setDataBreakpoints`: who wrote this, who will."""

from __future__ import annotations

from typing import Any

from causeway_core.session import DataBreakpoint, Verified

from causeway_adapter.dap.breakpoints import described
from causeway_adapter.dap.conversation import Conversation
from causeway_adapter.dap.reply import Reply

UNKNOWN = Verified(False, 0, "this data breakpoint belongs to another session; set it again from the Variables view")


def handle(conversation: Conversation, arguments: dict[str, Any]) -> Reply:
    """Status: optional (capability `supportsDataBreakpoints`)."""
    wanted = arguments["breakpoints"]
    known = [one for one in wanted if one["dataId"] in conversation.data_ids]
    breakpoints = [
        DataBreakpoint(
            conversation.data_ids[one["dataId"]], one.get("accessType") or "write", one.get("condition") or None, one.get("hitCondition") or None
        )
        for one in known
    ]
    outcomes = iter(conversation.session.set_data_breakpoints(breakpoints))
    body = [described(conversation, ("data", one["dataId"]), next(outcomes) if one["dataId"] in conversation.data_ids else UNKNOWN) for one in wanted]
    return Reply({"breakpoints": body})
