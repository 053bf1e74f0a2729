"""`evaluate`: expressions over recorded state, and the console's own verbs."""

from __future__ import annotations

from typing import Any

from causeway_adapter.dap import verbs
from causeway_adapter.dap.conversation import Conversation
from causeway_adapter.dap.reply import Reply
from causeway_adapter.dap.valueformat import formatted


def handle(conversation: Conversation, arguments: dict[str, Any]) -> Reply:
    """Status: required. Nothing runs, in no context; in `repl` also the verbs `why`, `history`, `races`, `help`. What fails is an error reply."""
    expression = arguments["expression"].strip()
    frame = conversation.frame(arguments.get("frameId"))
    if arguments.get("context") == "repl":
        answer = verbs.answer(conversation, expression, frame)
        if answer is not None:
            return Reply({"result": answer, "variablesReference": 0})
    variable = conversation.session.evaluate(expression, frame)
    body: dict[str, Any] = {
        "result": formatted(variable, arguments.get("format")),
        "variablesReference": conversation.reference(variable.ref, variable.named, variable.indexed),
        "presentationHint": {"attributes": ["readOnly"]},
    }
    if variable.type:
        body["type"] = variable.type
    if variable.ref is not None:
        body["namedVariables"] = variable.named
        body["indexedVariables"] = variable.indexed
    return Reply(body)
