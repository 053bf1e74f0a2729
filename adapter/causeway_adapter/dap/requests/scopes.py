"""`scopes`: groups of variables of a frame."""

from __future__ import annotations

from typing import Any

from causeway_core.session import ScopeKind

from causeway_adapter.dap.conversation import Conversation
from causeway_adapter.dap.reply import Reply

HINTS: dict[ScopeKind, str] = {"locals": "locals", "result": "returnValue"}


def handle(conversation: Conversation, arguments: dict[str, Any]) -> Reply:
    """Status: required. Locals, Closure, Globals, Return or Exception, and Causality: who wrote this, what made this run, what runs concurrently."""
    frame = conversation.frames.get(arguments["frameId"])
    scopes = []
    for scope in conversation.session.scopes(frame):
        described: dict[str, Any] = {
            "name": scope.name,
            "variablesReference": conversation.reference(scope.ref, scope.named, 0),
            "namedVariables": scope.named,
            "expensive": scope.expensive,
        }
        if scope.kind in HINTS:
            described["presentationHint"] = HINTS[scope.kind]
        scopes.append(described)
    return Reply({"scopes": scopes})
