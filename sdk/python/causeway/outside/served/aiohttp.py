"""aiohttp's server: a request's body is what arrives in its stream, whether it is read or not."""

from __future__ import annotations

from types import ModuleType

from causeway import _tap
from causeway.outside.bodies import Bodies
from causeway.outside.recorder import TOO_LARGE
from causeway.outside.served.arriving import Arriving

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from causeway.outside.recorder import AnswerRecorder


def record(recorder: AnswerRecorder, module: ModuleType) -> None:
    """Note each request of `aiohttp.web_protocol`."""
    bodies = Bodies.of_streams()
    handler: Any = module.RequestHandler

    def begins(args: Any, kwargs: Any) -> None:
        request = args[1]
        message = request._message
        if type(message.headers) is dict:
            return  # what came could not be read as a request
        headers = [(name.decode("latin-1"), text.decode("latin-1")) for name, text in message.raw_headers]
        arriving = Arriving(recorder, message.method, message.path, headers, decoded=True)

        def whole(data: bytes | None) -> None:
            if data is None:
                arriving.lose(TOO_LARGE)
            else:
                arriving.all(data)

        if arriving.length != 0:
            bodies.follow(request._payload, whole)

    handler._handle_request = _tap.Around(
        vars(handler)["_handle_request"], begins, None, "outside.aiohttp.handle_request", awaited=True, late=True
    )
