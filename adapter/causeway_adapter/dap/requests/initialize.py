"""`initialize`: what the client can do, and what we can."""

from __future__ import annotations

from typing import Any

from causeway_core.errors import ProtocolError

from causeway_adapter.dap.conversation import Conversation
from causeway_adapter.dap.protocol import Capabilities
from causeway_adapter.dap.reply import Reply

FILTERS_OF_DEBUGPY = frozenset({"raised", "uncaught", "userUnhandled"})
"""What a program that runs can stop at; the others look at its recording."""

EXCEPTION_FILTERS: list[dict[str, Any]] = [
    {
        "filter": "uncaught",
        "label": "Uncaught Exceptions",
        "description": "Stop where an exception leaves the program or its actor.",
        "default": True,
        "supportsCondition": True,
    },
    {"filter": "raised", "label": "Raised Exceptions", "description": "Stop at every exception.", "default": False, "supportsCondition": True},
    {
        "filter": "userUnhandled",
        "label": "User Uncaught Exceptions",
        "description": "Stop where an exception leaves the user's code for a library's. Only while the program runs.",
        "default": False,
    },
    {
        "filter": "unretrieved",
        "label": "Unretrieved Task Exceptions",
        "description": "Stop where an asyncio task fails and nobody looks.",
        "default": True,
    },
    {"filter": "cancelled", "label": "Cancellations", "description": "Stop where a task is cancelled.", "default": False},
    {"filter": "race", "label": "Races", "description": "Stop at both sides of every finding that is not a deadlock.", "default": True},
    {"filter": "deadlock", "label": "Deadlocks", "description": "Stop where an actor begins a wait that never ends.", "default": True},
]

CAPABILITIES: Capabilities = {
    "supportsConfigurationDoneRequest": True,
    "supportsStepBack": True,
    "supportsStepInTargetsRequest": True,
    "supportsGotoTargetsRequest": True,
    "supportsRestartFrame": True,
    "supportsConditionalBreakpoints": True,
    "supportsHitConditionalBreakpoints": True,
    "supportsLogPoints": True,
    "supportsFunctionBreakpoints": True,
    "supportsDataBreakpoints": True,
    "supportsExceptionFilterOptions": True,
    "supportsExceptionOptions": True,
    "supportsSetVariable": True,
    "supportsSetExpression": True,
    "supportsExceptionInfoRequest": True,
    "supportsBreakpointLocationsRequest": True,
    "supportsCompletionsRequest": True,
    "completionTriggerCharacters": [".", "["],
    "supportsEvaluateForHovers": True,
    "supportsClipboardContext": True,
    "supportsLoadedSourcesRequest": True,
    "supportsModulesRequest": True,
    "supportsDelayedStackTraceLoading": True,
    "supportsSingleThreadExecutionRequests": True,
    "supportsTerminateRequest": True,
    "supportTerminateDebuggee": True,
    "supportsCancelRequest": True,
    "supportsValueFormattingOptions": True,
    "supportsRestartRequest": True,
    "exceptionBreakpointFilters": EXCEPTION_FILTERS,  # type: ignore[typeddict-item]
}


def handle(conversation: Conversation, arguments: dict[str, Any]) -> Reply:
    """Status: required. The `initialized` event comes only after `attach` or `launch`, when breakpoints can be checked against the recording."""
    if conversation.initialized:
        raise ProtocolError("initialize was sent twice")
    if arguments.get("pathFormat", "path") != "path":
        raise ProtocolError("only the path format `path` is served", "send pathFormat: path")
    conversation.client_initialized(arguments)
    return Reply(CAPABILITIES)
