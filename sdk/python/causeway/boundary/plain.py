"""Values of the program as JSON text, without running any of its code."""

from __future__ import annotations

import os
import sys

from causeway import settings
from causeway.redaction import REDACTED, is_secret, scrub

TYPE_CHECKING = False  # typing is not imported: this module is loaded with every recording
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

try:
    import _json as _encoder
except ImportError:  # an interpreter built without the accelerator
    import json.encoder as _encoder  # type: ignore[no-redef]

quote: Callable[[str], str] = _encoder.encode_basestring_ascii
"""JSON of a text, in ASCII. Also for subclasses of str, whose own methods are not called."""

MAX_ELEMENTS = 32
MAX_BITS = 1024

_REDACTED = quote(REDACTED)
_type_name = type.__dict__["__name__"].__get__
_quoted: dict[str, str] = {}


def type_label(value: object) -> str:
    """`<type name>`, for a value whose contents are not read."""
    return f"<{_type_name(type(value))}>"


def exact(text: str) -> str:
    """The same text as an exact str; methods of a subclass are not called."""
    return text if type(text) is str else str.__str__(text)


def path_text(value: object) -> str | None:
    """A path given as str, bytes or pathlib's own classes; None for anything else, whose `__fspath__` is the program's."""
    if type(value) is str:
        return value
    if type(value) is bytes:
        return os.fsdecode(value)
    pathlib = sys.modules.get("pathlib")
    if pathlib is not None and type(value) in (pathlib.PosixPath, pathlib.WindowsPath, pathlib.PurePosixPath, pathlib.PureWindowsPath):
        return str(value)
    return None


def quote_name(name: str) -> str:
    """JSON of a name that occurs often. The result is cached, so the name must be an exact str and not user data."""
    known = _quoted.get(name)
    if known is None:
        if len(_quoted) > 2000:
            _quoted.clear()
        known = _quoted[name] = quote(name)
    return known


def value_json(value: object, *, depth: int = 1) -> str:
    """JSON of an exact scalar, or of an exact list or tuple of scalars; the type's name in angle brackets for anything else.

    Recognizable secrets are redacted.
    """
    kind = type(value)
    if value is None:
        return "null"
    if kind is bool:
        return "true" if value else "false"
    if settings.current.sanitize_values:
        return _REDACTED
    if kind is str:
        return quote(scrub(value))  # type: ignore[arg-type]
    if kind is int:
        return int.__repr__(value) if int.bit_length(value) <= MAX_BITS else '"<int>"'  # type: ignore[arg-type]
    if kind is float:
        # NaN and the infinities are not valid JSON.
        return float.__repr__(value) if value - value == 0.0 else f'"{float.__repr__(value)}"'  # type: ignore[operator]
    if depth and (kind is list or kind is tuple):
        parts = [value_json(item, depth=depth - 1) for item in value[:MAX_ELEMENTS]]  # type: ignore[index]
        if len(value) > MAX_ELEMENTS:  # type: ignore[arg-type]
            parts.append('"\\u2026"')
        return f"[{','.join(parts)}]"
    return quote(type_label(value))


def bound_json(name: str, value: object) -> str:
    """JSON of a value bound to `name`: redacted when the name marks a secret, unless it is None or a bool. `name` must be an exact str."""
    if is_secret(name) and value is not None and type(value) is not bool:
        return _REDACTED
    return value_json(value)


def attributes_json(attributes: Mapping[str, Any]) -> str:
    """A JSON object of named values."""
    return f"{{{members_json(attributes.items())}}}"


def members_json(items: Iterable[tuple[str, Any]]) -> str:
    """The members of a JSON object, without braces: `"name":value,…`."""
    parts = []
    for name, value in items:
        name = exact(name)
        parts.append(f"{quote(name[:256])}:{bound_json(name, value)}")
    return ",".join(parts)
