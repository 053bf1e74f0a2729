"""Requests that are refused: the message to the client, and whether the user sees a dialog for it."""

from __future__ import annotations

from typing import Any

from causeway_core.errors import CausewayError

ASKED_UNSEEN = frozenset(
    {
        "breakpointLocations",
        "cancel",
        "causeway/causality",
        "causeway/cost",
        "causeway/overview",
        "causeway/travel",
        "completions",
        "evaluate",
        "exceptionInfo",
        "loadedSources",
        "modules",
        "scopes",
        "source",
        "stackTrace",
        "threads",
        "variables",
    }
)
"""What clients ask by themselves (views that fill, hovers, watches), or whose failure they show where they asked: no box pops up for it."""


def is_shown(request: dict[str, Any]) -> bool:
    """Whether the refusal of `request` is shown to the user in a dialog."""
    return request.get("command") not in ASKED_UNSEEN


def error_body(error: CausewayError, *, shown: bool) -> dict[str, Any]:
    """A DAP `Message`: stable number from the slug, text with its next step; `shown` to the user in a box of its own."""
    number = 1000 + sum(ord(letter) * (index + 1) for index, letter in enumerate(error.slug)) % 9000
    return {"id": number, "format": str(error), "showUser": shown, "variables": {"slug": error.slug}}
