"""`gotoTargets`: every execution of the cursor's line."""

from __future__ import annotations

from typing import Any

from causeway_adapter.dap.conversation import Conversation
from causeway_adapter.dap.reply import Reply

LIMIT = 200
"""A quick-pick with more entries is no longer one."""


def handle(conversation: Conversation, arguments: dict[str, Any]) -> Reply:
    """Status: optional (capability `supportsGotoTargetsRequest`). The executions nearest to the stop, in the recording's order."""
    line = conversation.coordinates.line_in(arguments["line"])
    executions = conversation.session.executions(conversation.sources.path_of(arguments["source"]), line, LIMIT)
    return Reply(
        {
            "targets": [
                {
                    "id": conversation.goto_targets.add(one.mark),
                    "label": f"#{one.nth} {one.actor_title} +{one.offset_ns / 1e6:.1f} ms{': ' + one.preview if one.preview else ''}",
                    "line": arguments["line"],
                }
                for one in executions
            ]
        }
    )
