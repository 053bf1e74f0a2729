"""Answers to requests that we announce and debugpy does not know."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def _places(arguments: dict[str, Any]) -> dict[str, Any]:
    return {"breakpoints": [{"line": line} for line in range(arguments.get("line", 1), arguments.get("endLine", arguments.get("line", 1)) + 1)]}


WITHOUT_DEBUGPY: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "breakpointLocations": _places,
    "loadedSources": lambda _: {"sources": []},
    "cancel": lambda _: {},
}
"""Requests that we announce and debugpy does not know, as long as the program runs or is held."""
