"""`exceptionInfo`: the exception, race or deadlock at this stop."""

from __future__ import annotations

from typing import Any

from causeway_core.errors import ProtocolError
from causeway_core.storage.rows import ExceptionRow

from causeway_adapter.dap.conversation import Conversation
from causeway_adapter.dap.reply import Reply

BREAK_MODES = {"uncaught": "unhandled", "unretrieved": "unhandled"}


def handle(conversation: Conversation, arguments: dict[str, Any]) -> Reply:
    """Status: optional (capability `supportsExceptionInfoRequest`)."""
    mark = conversation.mark_of(arguments["threadId"])
    stop = conversation.stop
    if stop is not None and stop.reason in ("race", "deadlock") and stop.mark == mark:
        return Reply(
            {"exceptionId": stop.reason, "description": stop.text, "breakMode": "always", "details": {"message": stop.text, "typeName": stop.reason}}
        )
    found = nearest(conversation, mark.actor, mark.at)
    if found is None:
        raise ProtocolError("there is no exception at this stop")
    return Reply(
        {
            "exceptionId": found.type.removeprefix("builtins."),
            "description": found.message,
            "breakMode": BREAK_MODES.get(found.fate, "always"),
            "details": {
                "message": found.message,
                "typeName": found.type.rpartition(".")[2],
                "fullTypeName": found.type,
                "stackTrace": stack(conversation),
            },
        }
    )


def nearest(conversation: Conversation, actor: int, at: int) -> ExceptionRow | None:
    """The exception of this actor that is raised by what happens at the mark: the first one not before it."""
    candidates = [row for row in conversation.session.recording.exceptions() if row.actor == actor and row.at >= at and row.at >> 40 == at >> 40]
    return min(candidates, key=lambda row: row.at, default=None)


def stack(conversation: Conversation) -> str:
    """The stack in the form of a traceback, outermost first."""
    frames = [frame for frame in conversation.session.frames() if not frame.is_label]
    return "\n".join(f'  File "{frame.path}", line {frame.line}, in {frame.function}' for frame in reversed(frames))
