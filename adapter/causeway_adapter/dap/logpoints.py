"""Logpoints: they print over the whole recording at once, after the fact."""

from __future__ import annotations

from collections.abc import Iterator

from causeway_adapter.dap.conversation import Conversation
from causeway_adapter.dap.reply import Event

MAX_LINES = 10_000
"""More output than this is not useful, and overloads the client's console."""


def logpoint_output(conversation: Conversation) -> Iterator[Event]:
    """The output of all logpoints, one clickable line a hit, in the order of the recording. Nothing before `configurationDone`."""
    if not conversation.configured or not any(conversation.logpoints.values()):
        return
    for number, line in enumerate(conversation.session.run_logpoints()):
        if number == MAX_LINES:
            yield Event("output", {"category": "important", "output": f"… more than {MAX_LINES:,} lines; narrow the logpoint with a condition\n"})
            return
        known = conversation.sources.by_path(line.path)
        yield Event(
            "output",
            {
                "category": "console",
                "output": f"[{line.actor_title}] {line.text}\n",
                "line": conversation.coordinates.line_out(line.line),
                "source": conversation.sources.describe(known.id) if known else {"path": line.path},
            },
        )
