"""gunicorn: a request's body is what the application reads of it."""

from __future__ import annotations

from types import ModuleType

from causeway import _tap
from causeway.outside.served.arriving import Arriving

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from causeway.outside.recorder import AnswerRecorder

_MOST_OPEN = 1000


def record(recorder: AnswerRecorder, module: ModuleType) -> None:
    """Note each request of `gunicorn.http.wsgi`."""
    from gunicorn.http.body import Body

    # By the id of a body that is in here as long as it is not read to its end.
    reading: dict[int, tuple[Any, Arriving]] = {}

    def begins(args: Any, kwargs: Any) -> None:
        request = args[0]
        arriving = Arriving(recorder, request.method, request.uri, list(request.headers))
        if arriving.length != 0:
            if len(reading) >= _MOST_OPEN:
                del reading[next(iter(reading))]
            reading[id(request.body)] = request.body, arriving

    def read(state: None, args: Any, kwargs: Any, data: Any, error: Any) -> None:
        known = reading.get(id(args[0]))
        if known is not None and error is None and kwargs.get("size", args[1] if len(args) > 1 else None) != 0:
            if data:
                known[1].add(data)
            else:
                del reading[id(args[0])]
                if known[1].length is None:
                    known[1].end()

    module.create = _tap.Around(module.create, begins, None, "outside.gunicorn.create")  # type: ignore[attr-defined]
    for name in ("read", "readline"):
        setattr(Body, name, _tap.Around(vars(Body)[name], None, read, f"outside.gunicorn.{name}"))
