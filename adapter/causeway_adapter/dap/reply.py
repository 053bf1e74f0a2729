"""The result of a request handler."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """An event for the client."""

    name: str
    body: Mapping[str, Any]

    def saying(self, text: str) -> Event:
        """A `stopped` event with this text, wherever clients show one."""
        return Event(self.name, {**self.body, "description": text, "text": text})


@dataclass(frozen=True, slots=True)
class Reply:
    """The response's body and the events that follow it: clients expect `stopped` after the response that caused it."""

    body: Mapping[str, Any] = field(default_factory=dict)
    then: tuple[Event, ...] = ()
