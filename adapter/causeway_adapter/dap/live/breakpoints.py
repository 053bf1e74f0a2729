"""Breakpoints that are set once and serve the present and the past."""

from __future__ import annotations

from typing import Any

from causeway_core.errors import CausewayError

from causeway_adapter.dap.arguments import checked
from causeway_adapter.dap.conversation import Conversation
from causeway_adapter.dap.requests import set_breakpoints, set_data_breakpoints, set_exception_breakpoints, set_function_breakpoints
from causeway_adapter.dap.requests.initialize import FILTERS_OF_DEBUGPY

SETTERS = {
    "setBreakpoints": set_breakpoints.handle,
    "setFunctionBreakpoints": set_function_breakpoints.handle,
    "setExceptionBreakpoints": set_exception_breakpoints.handle,
    "setDataBreakpoints": set_data_breakpoints.handle,
}


class Breakpoints:
    """The client's current breakpoints of each sort (lines: of each file), set in each session over the past that is opened."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self._set: dict[tuple[str, str], dict[str, Any]] = {}

    def set(self, command: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Keep them, and set them in the session over the past if one is open; returns its answer. Raises ProtocolError for malformed ones."""
        good = checked(command, arguments)
        source = good.get("source") or {}
        self._set[command, str(source.get("path") or source.get("sourceReference") or "")] = good
        if self._conversation.attached:
            return dict(SETTERS[command](self._conversation, good).body)
        return {"breakpoints": [{"verified": True} for _ in good.get("breakpoints") or ()]}

    def apply(self) -> None:
        """Set all in the session that has just been opened."""
        for (command, _), arguments in self._set.items():
            try:
                SETTERS[command](self._conversation, arguments)
            except CausewayError:
                continue  # it was refused when it was set, or means nothing in the past

    def for_debugpy(self, command: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """The arguments without what only the past knows."""
        if command != "setExceptionBreakpoints":
            return arguments
        filters = [one for one in arguments.get("filters") or () if one in FILTERS_OF_DEBUGPY]
        options = [one for one in arguments.get("filterOptions") or () if one.get("filterId") in FILTERS_OF_DEBUGPY]
        return {**arguments, "filters": filters, **({"filterOptions": options} if "filterOptions" in arguments else {})}

    def answer(self, command: str, arguments: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
        """debugpy's answer, with one entry for each filter that was sent."""
        if command == "setExceptionBreakpoints" and answer.get("success"):
            count = len(arguments.get("filters") or ()) + len(arguments.get("filterOptions") or ())
            return {**answer, "body": {"breakpoints": [{"verified": True} for _ in range(count)]}}
        return answer
