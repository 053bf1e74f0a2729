"""`breakpointLocations`: where a breakpoint can be."""

from __future__ import annotations

from typing import Any

from causeway_adapter.dap.conversation import Conversation
from causeway_adapter.dap.reply import Reply


def handle(conversation: Conversation, arguments: dict[str, Any]) -> Reply:
    """Status: optional (capability `supportsBreakpointLocationsRequest`)."""
    first = conversation.coordinates.line_in(arguments["line"])
    last = conversation.coordinates.line_in(arguments.get("endLine") or arguments["line"])
    path = conversation.sources.path_of(arguments["source"])
    known = conversation.sources.by_path(path)
    places = conversation.session.breakable_lines(path, first, last)
    return Reply(
        {
            "breakpoints": [
                {
                    "line": conversation.coordinates.line_out(line),
                    "column": conversation.coordinates.column_out(column, conversation.sources.line(known.id, line) if known else ""),
                }
                for line, column in places
            ]
        }
    )
