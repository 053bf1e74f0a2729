"""uvicorn: one cycle is one request, whose body is what the application receives."""

from __future__ import annotations

from types import ModuleType

from causeway import _tap
from causeway.outside.served.arriving import Arriving

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from causeway.outside.recorder import AnswerRecorder


def record(recorder: AnswerRecorder, module: ModuleType) -> None:
    """Note each request of `uvicorn.protocols.http.h11_impl` or `httptools_impl`."""
    arriving: dict[int, Arriving] = {}
    cycle: Any = module.RequestResponseCycle

    def begins(args: Any, kwargs: Any) -> int:
        scope = args[0].scope
        query = scope.get("query_string") or b""
        target = (scope.get("raw_path") or scope["path"].encode()) + (b"?" + query if query else b"")
        headers = [(name.decode("latin-1"), text.decode("latin-1")) for name, text in scope["headers"]]
        arriving[id(args[0])] = Arriving(recorder, scope["method"], target.decode("latin-1"), headers)
        return id(args[0])

    def over(key: int, args: Any, kwargs: Any, result: Any, error: Any) -> None:
        arriving.pop(key, None)

    def received(state: None, args: Any, kwargs: Any, message: Any, error: Any) -> None:
        request = arriving.get(id(args[0]))
        if request is not None and error is None and message.get("type") == "http.request":
            request.add(message.get("body", b""))
            if not message.get("more_body"):
                request.end()

    cycle.run_asgi = _tap.Around(vars(cycle)["run_asgi"], begins, over, "outside.uvicorn.run_asgi", awaited=True, late=True)
    cycle.receive = _tap.Around(vars(cycle)["receive"], None, received, "outside.uvicorn.receive", awaited=True)
