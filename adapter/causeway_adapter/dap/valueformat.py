"""The client's value format: hexadecimal integers."""

from __future__ import annotations

from typing import Any

from causeway_core.model import ValueKind
from causeway_core.session import Variable

INTEGERS = (ValueKind.INT32, ValueKind.INT64)


def formatted(variable: Variable, format: dict[str, Any] | None) -> str:
    """The text of a variable, in hexadecimal if the client asks for it and it is an integer."""
    if format and format.get("hex") and variable.value is not None and variable.value.kind in INTEGERS and isinstance(variable.value.payload, int):
        return hex(variable.value.payload)
    return variable.text
