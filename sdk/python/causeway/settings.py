"""What the program itself asks of the recorder: `configure` and the settings it makes."""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # typing is not imported: this module is loaded by `import causeway`
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, Literal

    Detail = Literal["full", "causal"]

_TYPES: dict[str, type] = {"sanitize_values": bool, "capture_args": bool, "buffer_size": int, "batch_size": int, "flush_interval_ms": int}


class Settings:
    """The settings in force; replaced as a whole by `configure`, never changed.

    include, exclude_patterns: globs on paths or dotted module names, for modules imported from now on; an exclude pattern without slash and dot also
    marks names (of variables, attributes, parameters, keys) that contain it as secret · sanitize_values: record no text or number
    that crosses the API or a boundary (attributes, parameters, messages) · capture_args: record SQL parameters and arguments · detail: None leaves
    what the host asked for · sampling_rate: the share of new traces whose spans and events are recorded (scheduling and synchronization always are) ·
    buffer_size, batch_size, flush_interval_ms: how many events are kept, sent at once, and how long they may wait, where events are sent over a
    network; a local recording is written at once and ignores them.
    """

    __slots__ = (
        "batch_size", "buffer_size", "capture_args", "detail", "exclude_patterns", "flush_interval_ms", "include", "sampling_rate", "sanitize_values",
    )  # fmt: skip

    def __init__(self) -> None:
        self.include: tuple[str, ...] = ()
        self.exclude_patterns: tuple[str, ...] = ()
        self.sanitize_values = False
        self.capture_args = True
        self.detail: Detail | None = None
        self.sampling_rate = 1.0
        self.buffer_size = 10_000
        self.batch_size = 100
        self.flush_interval_ms = 100


current = Settings()
"""Read it at each use: `configure` replaces the object."""

listeners: list[Callable[[Settings], None]] = []
"""Called with the new settings after each `configure`; the recorder's parts that keep copies put themselves here."""


def _patterns(name: str, value: Iterable[str]) -> tuple[str, ...]:
    if isinstance(value, (str, bytes)):
        raise TypeError(f"{name} is a list of patterns, not one {type(value).__name__}")
    patterns = tuple(value)
    for pattern in patterns:
        if not isinstance(pattern, str):
            raise TypeError(f"{name} holds patterns of type str, not {type(pattern).__name__}")
    return patterns


def _checked(name: str, value: Any) -> Any:
    """The value as it is kept; raises TypeError or ValueError."""
    if name in ("include", "exclude_patterns"):
        return _patterns(name, value)
    if name == "detail":
        if value not in ("full", "causal"):
            raise ValueError(f"detail is 'full' or 'causal', not {value!r}")
        return value
    if name == "sampling_rate":
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise TypeError(f"sampling_rate is a number from 0 to 1, not {type(value).__name__}")
        if not 0 <= value <= 1:
            raise ValueError(f"sampling_rate is a number from 0 to 1, not {value!r}")
        return float(value)
    kind = _TYPES[name]
    if type(value) is not kind:
        raise TypeError(f"{name} is of type {kind.__name__}, not {type(value).__name__}")
    if type(value) is int and value < 1:
        raise ValueError(f"{name} is at least 1, not {value!r}")
    return value


def configure(
    *,
    include: Iterable[str] | None = None,
    exclude_patterns: Iterable[str] | None = None,
    sanitize_values: bool | None = None,
    capture_args: bool | None = None,
    detail: Detail | None = None,
    sampling_rate: float | None = None,
    buffer_size: int | None = None,
    batch_size: int | None = None,
    flush_interval_ms: int | None = None,
) -> None:
    """Set what is recorded from now on; what is not named (or None) stays as it is.

    Raises TypeError or ValueError for a bad argument and then changes nothing. May be called from any thread, also when nothing records. What each
    means: `Settings`.
    """
    given: dict[str, Any] = {
        "include": include,
        "exclude_patterns": exclude_patterns,
        "sanitize_values": sanitize_values,
        "capture_args": capture_args,
        "detail": detail,
        "sampling_rate": sampling_rate,
        "buffer_size": buffer_size,
        "batch_size": batch_size,
        "flush_interval_ms": flush_interval_ms,
    }
    checked = {name: _checked(name, value) for name, value in given.items() if value is not None}
    global current
    fresh = Settings()
    for name in Settings.__slots__:
        setattr(fresh, name, checked.get(name, getattr(current, name)))
    current = fresh
    _apply(fresh)


def _apply(settings: Settings) -> None:
    """Tell the parts of a running recorder that keep copies."""
    for listener in listeners:
        listener(settings)
    tap = sys.modules.get("causeway._tap")
    if tap is None or not tap.active():
        return
    tap.configure(exclude_patterns=name_patterns(settings))
    hook = getattr(sys.modules.get("causeway.autostart"), "_hook", None)
    if hook is not None:
        hook.weaver.configure(settings.include, settings.exclude_patterns, settings.detail)


def name_patterns(settings: Settings) -> tuple[str, ...]:
    """What `exclude_patterns` say of names: those without a slash or a dot, in lower case and without their stars, mark names that contain them."""
    words = (pattern.strip("*").lower() for pattern in settings.exclude_patterns if "/" not in pattern and "." not in pattern)
    return tuple(word for word in words if word and "*" not in word)
