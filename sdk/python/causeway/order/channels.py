"""What the file descriptors of this process are connected to: this shows whether the other end belongs to a process under the same order.

On Linux `/proc` shows it; elsewhere nothing is known of any descriptor. Each end has a name, and so has the end that it receives from:

`tcp A B`: the socket at address A that is connected to B · `pipe N r`, `pipe N w` · `process P`: the Unix sockets of process P · `listen A`: any peer
that connects to address A · `own`: a thread of these processes.
"""

from __future__ import annotations

import os
import sys

if sys.platform != "win32":
    # At once: an import that runs in the watchdog's thread during a fork would never end in the child.
    import _socket
    import fcntl
    import select
    import struct
    import termios

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FOLDER = "/proc/self/fd"
OWN = "own"
FAMILY_ONLY = ("anon_inode:[eventfd]", "anon_inode:[pidfd]")
"""Event counters are only shared by inheritance; the ends of children are known from the children."""


class Channels:
    """The ends that this process holds now. About ten microseconds a descriptor."""

    def __init__(self) -> None:
        self.held: set[str] = set()
        self.unsent: set[str] = set()
        """Those of the ends from which some bytes have not arrived yet."""
        self.visits: set[str] = set()
        """Addresses that this process is connected to."""
        self.visitors: set[tuple[str, str]] = set()
        """Addresses of this process, with the ends that are connected to them."""
        self._senders: dict[int, str] = {}
        for number, target in links().items():
            if target.startswith("socket:"):
                self._socket(number)
            elif target.startswith("pipe:"):
                self._pipe(number, target[6:-1])
            elif target in FAMILY_ONLY:
                self._senders[number] = OWN

    def sender_of(self, descriptor: int) -> str | None:
        """The name of the end that could make the descriptor ready; None if it is not known."""
        return self._senders.get(descriptor)

    def _pipe(self, number: int, inode: str) -> None:
        try:
            writes = fcntl.fcntl(number, fcntl.F_GETFL) & os.O_ACCMODE != os.O_RDONLY
        except OSError:
            return
        self.held.add(f"pipe {inode} {'w' if writes else 'r'}")
        self._senders[number] = f"pipe {inode} {'r' if writes else 'w'}"

    def _socket(self, number: int) -> None:
        try:
            sock = _socket.socket(fileno=number)
        except OSError:
            return
        try:
            if sock.family == _socket.AF_UNIX:
                self._unix(number, sock)
            elif sock.family in (_socket.AF_INET, _socket.AF_INET6) and sock.type == _socket.SOCK_STREAM:
                self._tcp(number, sock)
        except (OSError, ValueError):
            pass
        finally:
            sock.detach()

    def _unix(self, number: int, sock: Any) -> None:
        if _listens(sock):
            self._senders[number] = f"listen {sock.getsockname()!r}"
            return
        self._senders[number] = f"process {_peer(sock)}"
        if sock.getpeername():
            self.visits.add(repr(sock.getpeername()))
        elif sock.getsockname():
            self.visitors.add((repr(sock.getsockname()), self._senders[number]))

    def _tcp(self, number: int, sock: Any) -> None:
        here = _address(sock.getsockname())
        if _listens(sock):
            self._senders[number] = f"listen {here}"
            return
        there = _address(sock.getpeername())
        self.held.add(f"tcp {here} {there}")
        self._senders[number] = f"tcp {there} {here}"
        self.visits.add(there)
        self.visitors.add((here, self._senders[number]))
        if _outgoing(number):
            self.unsent.add(f"tcp {here} {there}")


def links() -> dict[int, str]:
    """What each descriptor is, by number; empty if the system does not tell."""
    found: dict[int, str] = {}
    try:
        names = os.listdir(FOLDER)
    except OSError:
        return found
    for name in names:
        try:
            found[int(name)] = os.readlink(f"{FOLDER}/{name}")
        except OSError:
            continue  # the descriptor that was used to list them
    return found


def inherited_pipes() -> frozenset[str]:
    """The pipes that existed before the program: any process may hold their other ends."""
    return frozenset(target[6:-1] for target in links().values() if target.startswith("pipe:"))


def ready(descriptor: int, reads: bool) -> bool:
    """Whether a thread that waits for the descriptor is about to continue."""
    poll = select.poll()
    try:
        poll.register(descriptor, select.POLLIN if reads else select.POLLOUT)
        return bool(poll.poll(0))
    except (OSError, ValueError):
        return True


def _address(name: Any) -> str:
    host, port = name[:2]
    return f"{host.removeprefix('::ffff:')}:{port}"


def _listens(sock: Any) -> bool:
    return bool(sock.getsockopt(_socket.SOL_SOCKET, _socket.SO_ACCEPTCONN))


def _peer(sock: Any) -> int:
    """The process that made the other end of a Unix socket."""
    process: int = struct.unpack("iII", sock.getsockopt(_socket.SOL_SOCKET, _socket.SO_PEERCRED, 12))[0]
    if process <= 0:
        raise ValueError("the process is not known")
    return process


def _outgoing(number: int) -> bool:
    waiting: int = struct.unpack("i", fcntl.ioctl(number, termios.TIOCOUTQ, b"\0\0\0\0"))[0]
    return waiting > 0
