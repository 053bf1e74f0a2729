"""`stackTrace`: calls, then who awaited, created or called from another service."""

from __future__ import annotations

from typing import Any

from causeway_core.session import Frame

from causeway_adapter.dap.conversation import Conversation
from causeway_adapter.dap.protocol import StackFrame
from causeway_adapter.dap.reply import Reply


def handle(conversation: Conversation, arguments: dict[str, Any]) -> Reply:
    """Status: required. Label frames separate; the frames under them have their own variables, as they were at the creation, await or send."""
    frames = conversation.session.frames(conversation.mark_of(arguments["threadId"]))
    start = max(0, arguments.get("startFrame") or 0)
    levels = arguments.get("levels") or len(frames)
    return Reply({"stackFrames": [stack_frame(conversation, frame) for frame in frames[start : start + levels]], "totalFrames": len(frames)})


def stack_frame(conversation: Conversation, frame: Frame) -> StackFrame:
    """One frame as the client wants it."""
    number = conversation.frames.add(frame)
    if frame.is_label:
        return {"id": number, "name": frame.label or "", "line": 0, "column": 0, "presentationHint": "label"}
    line = conversation.sources.line(frame.source, frame.line)
    return {
        "id": number,
        "name": frame.function,
        "source": conversation.sources.describe(frame.source),
        "line": conversation.coordinates.line_out(frame.line),
        "column": conversation.coordinates.column_out(frame.column or 1, line),
        "canRestart": True,
        "presentationHint": "normal",
    }
