"""Peers that read slowly: what asyncio writes to a socket is sent one turn of the loop later, and the writer is told to wait until then.

A real peer does that now and then. Code that awaits a send (`await ws.send_str(…)`, `await writer.drain()`) lets other tasks run there; with a quick
peer such an await never suspends, so no order could come in between. uvloop's transports are written in C, so asyncio's own loop stands in for it.
"""

from __future__ import annotations

import sys

from causeway.hooks.late import on_import

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import ModuleType
    from typing import Any, NoReturn

    from causeway.order.patches import Patches


def install(patches: Patches) -> None:
    """Slows asyncio's socket transports once the program has imported them; undone by `patches`."""
    on_import("asyncio.selector_events", lambda module: _transports(module, patches))
    on_import("uvloop", lambda module: _loop(module, patches))
    # aiohttp waits for the transport only once so many bytes were written.
    on_import("aiohttp._websocket.writer", lambda module: _websockets(module, patches))
    on_import("aiohttp.http_writer", lambda module: _responses(module, patches))


class _Busy:
    """Stands for the socket while a transport tries to send at once."""

    def send(self, data: Any) -> NoReturn:
        raise BlockingIOError


def _transports(module: ModuleType, patches: Patches) -> None:
    transport: Any = vars(module)["_SelectorSocketTransport"]
    original = transport.write

    def write(self: Any, data: Any) -> None:
        if self._buffer:
            original(self, data)
            return
        sock, high = self._sock, self._high_water
        self._sock, self._high_water = _Busy(), 0
        try:
            original(self, data)
        finally:
            self._sock, self._high_water = sock, high

    def writelines(self: Any, parts: Iterable[Any]) -> None:
        self.write(b"".join(parts))

    patches.put(transport, "write", write)
    patches.put(transport, "writelines", writelines)


def _loop(module: ModuleType, patches: Patches) -> None:
    selector_loop: Any = vars(sys.modules["asyncio"])["SelectorEventLoop"]

    class Loop(selector_loop):  # type: ignore[misc]
        """Made wherever uvloop makes one of its own."""

    patches.put(module, "Loop", Loop)


def _websockets(module: ModuleType, patches: Patches) -> None:
    writer: Any = module.WebSocketWriter
    original = writer.__init__

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        self._limit = 0

    patches.put(writer, "__init__", __init__)


def _responses(module: ModuleType, patches: Patches) -> None:
    writer: Any = module.StreamWriter
    original = writer.write

    async def write(self: Any, chunk: Any, *, drain: bool = True, LIMIT: int = 0) -> None:
        await original(self, chunk, drain=drain, LIMIT=0)

    patches.put(writer, "write", write)
