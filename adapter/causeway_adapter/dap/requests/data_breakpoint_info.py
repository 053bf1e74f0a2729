"""`dataBreakpointInfo`: can a stop be set on this variable?"""

from __future__ import annotations

from typing import Any

from causeway_core.errors import EvaluationError
from causeway_core.session import Place

from causeway_adapter.dap.conversation import Conversation
from causeway_adapter.dap.reply import Reply


def handle(conversation: Conversation, arguments: dict[str, Any]) -> Reply:
    """Status: optional (capability `supportsDataBreakpoints`). Ids stay good for the conversation, not for another one."""
    name = arguments["name"]
    try:
        place = found(conversation, name, arguments.get("variablesReference"), arguments.get("frameId"))
    except EvaluationError as error:
        return Reply({"dataId": None, "description": str(error)})
    if place is None:
        return Reply({"dataId": None, "description": f"{name} is not a place that the recording watches"})
    id = f"{place.process}:{place.kind}:{place.owner}:{place.key}"
    conversation.data_ids[id] = place
    return Reply({"dataId": id, "description": place.name, "accessTypes": ["read", "write", "readWrite"], "canPersist": False})


def found(conversation: Conversation, name: str, reference: int | None, frame: int | None) -> Place | None:
    """The place of a child of a variable, or of an expression in a frame."""
    if not reference:
        return conversation.session.place(name, conversation.frame(frame))
    children = conversation.variables.get(reference)
    for variable in conversation.session.variables(children.ref):
        if variable.name == name:
            return variable.place
    return None
