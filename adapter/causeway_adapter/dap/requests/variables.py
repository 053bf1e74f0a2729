"""`variables`: children of a scope or value, in pages."""

from __future__ import annotations

from typing import Any

from causeway_core.session import Variable

from causeway_adapter.dap.conversation import Conversation
from causeway_adapter.dap.protocol import Variable as DapVariable
from causeway_adapter.dap.reply import Reply
from causeway_adapter.dap.valueformat import formatted


def handle(conversation: Conversation, arguments: dict[str, Any]) -> Reply:
    """Status: required. `filter`, `start` and `count` page through named or indexed children."""
    children = conversation.variables.get(arguments["variablesReference"])
    start, count = arguments.get("start") or 0, arguments.get("count") or None
    wanted = arguments.get("filter")
    if wanted == "indexed":
        count = min(count or children.indexed, max(0, children.indexed - start))
        start += children.named
    elif wanted == "named":
        count = min(count or children.named, max(0, children.named - start))
    found = conversation.session.variables(children.ref, start, count) if count != 0 else []
    return Reply({"variables": [dap_variable(conversation, variable, arguments.get("format")) for variable in found]})


def dap_variable(conversation: Conversation, variable: Variable, format: dict[str, Any] | None = None) -> DapVariable:
    """One variable as the client wants it. Everything in the past is read-only."""
    described: DapVariable = {
        "name": variable.name,
        "value": formatted(variable, format),
        "variablesReference": conversation.reference(variable.ref, variable.named, variable.indexed),
        "presentationHint": {"attributes": ["readOnly"]},
    }
    if variable.type:
        described["type"] = variable.type
    if variable.expression:
        described["evaluateName"] = variable.expression
    if variable.ref is not None:
        described["namedVariables"] = variable.named
        described["indexedVariables"] = variable.indexed
    return described
