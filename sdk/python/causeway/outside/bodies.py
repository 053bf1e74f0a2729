"""Bodies that arrive in aiohttp's streams, of responses and of requests."""

from __future__ import annotations

from causeway import _tap
from causeway.outside.recorder import LARGEST_BODY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_MOST_OPEN = 1000


class _Body:
    """A body that is still coming."""

    __slots__ = ("parts", "reader", "size", "whole")

    def __init__(self, reader: Any, whole: Callable[[bytes | None], None]) -> None:
        self.reader = reader  # as long as it is in here, no other reader has its id
        self.whole = whole
        self.parts = list(getattr(reader, "_buffer", ()))  # nobody has read anything yet
        self.size = sum(map(len, self.parts))


class Bodies:
    """Those of `aiohttp.streams.StreamReader`, which it hooks. Used by the threads of event loops."""

    _known: Bodies | None = None

    def __init__(self) -> None:
        self._coming: dict[int, _Body] = {}

    @classmethod
    def of_streams(cls) -> Bodies:
        """The one of this process."""
        if cls._known is None:
            from aiohttp.streams import StreamReader

            cls._known = found = cls()
            for name, enter in (("feed_data", found._feed), ("feed_eof", found._eof), ("set_exception", found._failed)):
                setattr(StreamReader, name, _tap.Around(vars(StreamReader)[name], enter, None, f"outside.aiohttp.{name}"))
        return cls._known

    def follow(self, reader: Any, whole: Callable[[bytes | None], None]) -> None:
        """Calls `whole` once with all that arrives in a reader that nobody has read from; with None when that is more than is kept. Never where it
        does not come to its end.
        """
        body = _Body(reader, whole)
        if reader.is_eof():
            whole(b"".join(body.parts))
        elif len(self._coming) < _MOST_OPEN:
            self._coming[id(reader)] = body

    def _feed(self, args: Any, kwargs: Any) -> None:
        body = self._coming.get(id(args[0]))
        if body is not None:
            data = args[1] if len(args) > 1 else kwargs["data"]
            body.parts.append(data)
            body.size += len(data)
            if body.size > LARGEST_BODY:
                del self._coming[id(body.reader)]
                body.whole(None)

    def _eof(self, args: Any, kwargs: Any) -> None:
        body = self._coming.pop(id(args[0]), None)
        if body is not None:
            body.whole(b"".join(body.parts))

    def _failed(self, args: Any, kwargs: Any) -> None:
        self._coming.pop(id(args[0]), None)
