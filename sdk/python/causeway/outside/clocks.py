"""The clocks of `time` and `datetime`, as recorded code reads them."""

from __future__ import annotations

import sys
import time

from causeway import _tap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from causeway.outside.recorder import AnswerRecorder
    from causeway.outside.replayer import AnswerReplayer

CLOCKS = {"time": 1.0, "time_ns": 1e-9, "monotonic": 1.0, "monotonic_ns": 1e-9, "perf_counter": 1.0, "perf_counter_ns": 1e-9}
"""Functions of `time`, and their units in seconds. `date.today` asks `time.time`."""
_MICROSECOND = 1e-6
_OUT_OF_DATE = (
    "datetime.datetime.utcnow() is deprecated and scheduled for removal in a future version. Use timezone-aware objects to represent datetimes in "
    "UTC: datetime.datetime.now(datetime.UTC)."
)
"""What the interpreter says, in the name of the caller."""


def record(recorder: AnswerRecorder, on_import: Callable[..., None]) -> None:
    """Note each reading."""
    for name in CLOCKS:

        def leave(state: None, args: Any, kwargs: Any, result: Any, error: Any, kind: str = name) -> None:
            if error is None and recorder.asker.recorded():
                recorder.note(kind, result)

        setattr(time, name, _tap.Around(getattr(time, name), None, leave, f"time.{name}"))
    on_import("_datetime", lambda module: _put_now(module, lambda kind, read: _recorded_reading(recorder, kind, read)))


def _recorded_reading(recorder: AnswerRecorder, kind: str, read: Callable[[], int]) -> int:
    reading = read()
    if recorder.asker.recorded(4):
        recorder.note(kind, reading)
    return reading


def replay(replayer: AnswerReplayer) -> None:
    """Readings come from the record."""
    for name, unit in CLOCKS.items():
        replayer.function(time, name, lambda args, kwargs, kind=name, unit=unit: replayer.answers.clock(kind, unit))  # type: ignore[misc]

    def patch(module: Any) -> None:
        replayer.patches.also(_put_now(module, lambda kind, read: _replayed_reading(replayer, kind, read)))

    replayer.on_import("_datetime", patch)


def _replayed_reading(replayer: AnswerReplayer, kind: str, read: Callable[[], int]) -> int:
    return int(replayer.answers.clock(kind, _MICROSECOND)) if replayer.asker.recorded(4) else read()


def _put_now(module: Any, reading: Callable[[str, Callable[[], int]], int]) -> Callable[[], None]:
    """`datetime.now` and `utcnow` made of `reading(kind, really)`: microseconds since the year 1. Gives what puts the real ones back."""
    kind = module.datetime
    real_now, real_utcnow = vars(kind)["now"], vars(kind)["utcnow"]
    first, unit = kind.min, module.timedelta(microseconds=1)

    def now(cls: Any, tz: Any = None) -> Any:
        if tz is None:
            return _made(cls, first + unit * reading("datetime.now", lambda: (real_now.__get__(None, kind)() - first) // unit))
        if not isinstance(tz, module.tzinfo):
            return real_now.__get__(None, cls)(tz)
        universal = first + unit * reading("datetime.utcnow", lambda: (_universal() - first) // unit)
        return tz.fromutc(_made(cls, universal, tz))

    def utcnow(cls: Any) -> Any:
        if sys.version_info >= (3, 12):
            import warnings

            warnings.warn(_OUT_OF_DATE, DeprecationWarning, stacklevel=2)
        return _made(cls, first + unit * reading("datetime.utcnow", lambda: (_universal() - first) // unit))

    def _universal() -> Any:
        return real_now.__get__(None, kind)(module.timezone.utc).replace(tzinfo=None)

    for name, function, real in (("now", now, real_now), ("utcnow", utcnow, real_utcnow)):
        function.__doc__, function.__qualname__ = real.__doc__, f"datetime.{name}"
        _tap.set_type_attribute(kind, name, classmethod(function))

    def back() -> None:
        _tap.set_type_attribute(kind, "now", real_now)
        _tap.set_type_attribute(kind, "utcnow", real_utcnow)

    return back


def _made(cls: Any, moment: Any, tz: Any = None) -> Any:
    return cls(moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second, moment.microsecond, tz)
