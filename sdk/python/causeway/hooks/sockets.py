"""Stream sockets both ends of which are in this process: what is sent happens before what is received.

Each direction of a connection counts the bytes that were sent and received, so a `recv` knows which sends its bytes come from; nothing is added to
them. A connection is followed if its listening socket belongs to this process, or if it is a `socketpair`. As soon as more bytes arrive than were
seen going out (`os.write`, `os.sendfile`, TLS in C), the direction is no longer followed: a missing edge is better than a wrong one.
"""

from __future__ import annotations

import os
import sys
import weakref
from _thread import RLock

from causeway import _tap
from causeway.hooks import records
from causeway.hooks.late import on_import

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

MOST = 4096
"""Connections and sockets that are remembered."""
PENDING = 256
"""Sends of one direction that may wait to be received."""
_WAKERS = ("asyncio.", "trio.")
"""Libraries that wake their event loop through a pair of their own; their hooks record who woke whom, and that orders less."""

_lock = RLock()
_number = 0
_PEEK = 0
_INTERNET: tuple[int, ...] = ()
_STREAM = 0


class Direction:
    """The bytes that flow one way."""

    __slots__ = ("followed", "pending", "received", "reserved", "sending", "sent")

    def __init__(self) -> None:
        self.followed = True
        self.sent = 0
        """Bytes of the sends that have returned."""
        self.reserved = 0
        """The same with the bytes of sends under way."""
        self.sending = 0
        self.received = 0
        self.pending: list[tuple[int, str]] = []
        """First byte and key of each send of which nothing has been received."""

    def drop(self) -> None:
        """Follow it no longer."""
        self.followed = False
        self.pending.clear()


class End:
    """One socket of a connection; with None in place of the directions it is not followed."""

    __slots__ = ("inward", "outward", "socket")

    def __init__(self, socket: Any, outward: Direction | None, inward: Direction | None) -> None:
        self.socket = weakref.ref(socket)
        self.outward = outward
        self.inward = inward


_ends: dict[int, End] = {}
"""By file descriptor; an end counts only for the very socket that it was made for."""
_connections: dict[tuple[Any, Any], tuple[Direction, Direction]] = {}
"""By the addresses of client and server: what the client sends, what the server sends."""
_listening: dict[int, Any] = {}
"""Weak references to the listening sockets, by port."""


def install() -> None:
    """Record what goes over sockets once the program has imported `socket`."""
    on_import("socket", _socket)


def _socket(module: ModuleType) -> None:
    global _PEEK, _INTERNET, _STREAM
    raw: Any = sys.modules["_socket"]
    _PEEK, _STREAM = int(getattr(raw, "MSG_PEEK", 0)), int(raw.SOCK_STREAM)
    _INTERNET = (int(raw.AF_INET), int(getattr(raw, "AF_INET6", raw.AF_INET)))
    base = raw.socket
    for name in ("send", "sendall", "sendmsg"):
        _tap.patch_method(base, name, _sends, _sent)
    for name in ("recv", "recvfrom"):
        _tap.patch_method(base, name, None, _received_by(1))
    for name in ("recv_into", "recvfrom_into", "recvmsg", "recvmsg_into"):
        _tap.patch_method(base, name, None, _received_by(2))
    for name in ("connect", "connect_ex"):
        _tap.patch_method(base, name, None, _connected)
    _tap.patch_method(base, "listen", None, _listens)
    if hasattr(module, "socketpair"):
        module.__dict__["socketpair"] = _tap.Around(module.socketpair, None, _paired, hook="sockets")
    os.register_at_fork(after_in_child=_forget)


def _forget() -> None:
    """In a forked child the other ends are another process's."""
    global _lock
    _lock = RLock()
    _ends.clear()
    _connections.clear()
    _listening.clear()


def _keep(table: dict[Any, Any], key: Any, value: Any) -> None:
    table.pop(key, None)
    table[key] = value
    if len(table) > MOST:
        del table[next(iter(table))]


def _end_of(socket: Any) -> End:
    number = socket.fileno()
    end = _ends.get(number)
    if end is None or end.socket() is not socket:
        end = _found(socket)
        _keep(_ends, number, end)
    return end


def _found(socket: Any) -> End:
    """The end that a socket is, by the addresses of its connection."""
    if _connections and socket.family in _INTERNET and socket.type == _STREAM:
        try:
            own, peer = socket.getsockname(), socket.getpeername()
        except OSError:
            return End(socket, None, None)
        if (own, peer) in _connections:
            outward, inward = _connections[own, peer]
            return End(socket, outward, inward)
        if (peer, own) in _connections:
            inward, outward = _connections[peer, own]
            return End(socket, outward, inward)
    return End(socket, None, None)


def _listens(socket: Any, args: tuple[Any, ...], kwargs: dict[str, Any] | None, result: object, exception: BaseException | None, began: int) -> None:
    """After `listen()`."""
    del args, kwargs, result, began
    if exception is None and socket.family in _INTERNET:
        with _lock:
            _keep(_listening, socket.getsockname()[1], weakref.ref(socket))


def _connected(
    socket: Any, args: tuple[Any, ...], kwargs: dict[str, Any] | None, result: object, exception: BaseException | None, began: int
) -> None:
    """After `connect(address)`, also if it goes on in the background. Nothing can have been sent before."""
    del kwargs, result, began
    if (exception is not None and not isinstance(exception, BlockingIOError)) or not _listening or socket.family not in _INTERNET or not args:
        return
    address = args[0]
    listener = _listening.get(address[1]) if type(address) is tuple else None
    if listener is None or listener() is None:
        return
    try:
        own = socket.getsockname()
        peer = socket.getpeername()
    except OSError:
        if exception is None or socket.family != _INTERNET[0]:
            return
        peer = address
    outward, inward = Direction(), Direction()
    with _lock:
        _keep(_connections, (own, peer), (outward, inward))
        _keep(_ends, socket.fileno(), End(socket, outward, inward))


def _paired(state: object, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any, exception: BaseException | None) -> None:
    """After `socketpair()`."""
    del state, args, kwargs
    caller = sys._getframe(1).f_globals.get("__name__", "")
    if exception is not None or caller.startswith(_WAKERS) or result[0].type != _STREAM:
        return
    there, back = Direction(), Direction()
    with _lock:
        _keep(_ends, result[0].fileno(), End(result[0], there, back))
        _keep(_ends, result[1].fileno(), End(result[1], back, there))


def _size(args: tuple[Any, ...]) -> int | None:
    """How many bytes `send(data)` or `sendmsg(buffers)` is given; None if that is no bytes, which the call will refuse."""
    data: Any = args[0] if args else None
    if type(data) is bytes:
        return len(data)
    try:
        return sum(memoryview(part).nbytes for part in data) if isinstance(data, list | tuple) else memoryview(data).nbytes
    except (TypeError, ValueError, BufferError):
        return None


def _sends(socket: Any, args: tuple[Any, ...], kwargs: dict[str, Any] | None) -> None:
    """Before `send(data)`, `sendall(data)` or `sendmsg(buffers)`."""
    del kwargs
    with _lock:
        way = _end_of(socket).outward
        if way is None or not way.followed:
            return
        size = _size(args)
        if size is None:
            way.drop()
            return
        way.sending += 1
        way.reserved += size
        # Whose bytes come first is not known of two sends at a time.
        key = _key(way) if way.sending == 1 else None
    if key is not None:
        records.plain_message(records.SEND, key, "socket")


def _key(way: Direction) -> str | None:
    global _number
    if len(way.pending) >= PENDING:
        way.drop()
        return None
    _number += 1
    key = f"socket:{os.getpid()}:{_number}"
    way.pending.append((way.sent, key))
    return key


def _sent(socket: Any, args: tuple[Any, ...], kwargs: dict[str, Any] | None, result: Any, exception: BaseException | None, began: int) -> None:
    """After `send`, `sendall` or `sendmsg`."""
    del kwargs, began
    with _lock:
        way = _end_of(socket).outward
        if way is None or not way.followed:
            return
        way.sending -= 1
        if exception is not None and not isinstance(exception, BlockingIOError):
            way.drop()
        elif exception is None:
            way.sent += result if result is not None else _size(args) or 0
        elif way.pending and way.pending[-1][0] == way.sent:
            del way.pending[-1]
        if way.sending <= 0:
            way.reserved = way.sent


def _received_by(place: int) -> Any:
    """What follows a kind of `recv` whose argument at `place` is the flags."""

    def leave(socket: Any, args: tuple[Any, ...], kwargs: dict[str, Any] | None, result: Any, exception: BaseException | None, began: int) -> None:
        del began
        flags = args[place] if len(args) > place else (kwargs or {}).get("flags", 0)
        if exception is None and not (int(flags) & _PEEK):
            first = result[0] if type(result) is tuple else result
            _received(socket, first if type(first) is int else len(first))

    return leave


def _received(socket: Any, count: int) -> None:
    with _lock:
        way = _end_of(socket).inward
        if way is None or not way.followed:
            return
        way.received += count
        if way.received > way.reserved:
            way.drop()
            return
        arrived = [key for start, key in way.pending if start < way.received]
        del way.pending[: len(arrived)]
    for key in arrived:
        records.plain_message(records.RECEIVE, key, "socket")


__all__ = ["Direction", "End", "install"]
