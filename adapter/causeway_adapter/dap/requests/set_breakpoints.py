"""`setBreakpoints`: line breakpoints and logpoints of one file."""

from __future__ import annotations

from typing import Any

from causeway_core.session import LineBreakpoint

from causeway_adapter.dap.breakpoints import described
from causeway_adapter.dap.conversation import Conversation
from causeway_adapter.dap.logpoints import logpoint_output
from causeway_adapter.dap.reply import Reply


def handle(conversation: Conversation, arguments: dict[str, Any]) -> Reply:
    """Status: required. Logpoints print at once over the whole recording (after `configurationDone`), and again when they change."""
    wanted = arguments.get("breakpoints") or [{"line": line} for line in arguments.get("lines") or []]
    path = conversation.sources.path_of(arguments["source"])
    breakpoints = [
        LineBreakpoint(
            path,
            conversation.coordinates.line_in(one["line"]),
            None,
            one.get("condition") or None,
            one.get("hitCondition") or None,
            one.get("logMessage") or None,
        )
        for one in wanted
    ]
    verified = conversation.session.set_line_breakpoints(path, breakpoints)
    known = conversation.sources.by_path(path)
    source = conversation.sources.describe(known.id) if known else arguments["source"]
    body = {
        "breakpoints": [
            described(conversation, ("line", path, one.line, number), outcome, source)
            for number, (one, outcome) in enumerate(zip(breakpoints, verified, strict=True))
        ]
    }
    logpoints = tuple((one.line, f"{one.log}|{one.condition}|{one.hit}") for one in breakpoints if one.log)
    changed = logpoints != conversation.logpoints.get(path, ())
    conversation.logpoints[path] = logpoints
    return Reply(body, tuple(logpoint_output(conversation)) if changed and logpoints else ())
