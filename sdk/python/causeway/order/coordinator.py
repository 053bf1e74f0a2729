"""One order over several processes: the first one serves a Unix socket; the others report what they pass and receive what other processes passed.

Messages are lines of JSON: `{"hello": root path, "pid": …}`, `{"passed": key}`, `{"gave_up": {…}}`, `{"watch": true}` (an actor waits),
`{"held": {…}}` (databases, at the end of a process), `{"ask": n}` and `{"standing": {…}, "answer": n}`, `{"interrupt": true}` (the program hangs).
They arrive in the order in which they were sent. The end of a connection is the end of its process.
All threads in here are internal: they are not actors, pass no gates and are not recorded.
"""

from __future__ import annotations

import _thread
import json
import os
import select
import signal
import socket
import time

from causeway import _tap
from causeway.order.process_state import process_state

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from causeway.order.forcing import Forcing
    from causeway.order.ordering import Ordering


DRAIN_SECONDS = 5.0
ANSWER_SECONDS = 1.0
GONE = -1


class _Peer:
    """One end of a connection."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.root = ""
        self.answer: tuple[int, dict[str, Any]] = (0, {})
        self.answered = _thread.allocate_lock()
        """Released when there is a new answer, or when there can be none any more."""
        self.answered.acquire()
        self._rest = b""

    def send(self, message: dict[str, Any]) -> None:
        try:
            self.connection.sendall(json.dumps(message).encode() + b"\n")
        except OSError:
            pass

    def answers(self, number: int, state: dict[str, Any]) -> None:
        """The process has reported its state, or (`GONE`) never will."""
        self.answer = (number, state)
        if self.answered.locked():
            self.answered.release()

    def receive(self) -> list[dict[str, Any]] | None:
        """The next messages; None at the end."""
        try:
            data = self.connection.recv(65536)
        except OSError:
            return None
        if not data:
            return None
        *lines, self._rest = (self._rest + data).split(b"\n")
        try:
            return [message for message in map(json.loads, lines) if isinstance(message, dict)]
        except ValueError:
            return None


class Coordinator:
    """The serving side, in the first process. Its methods are called with the forcing's lock held."""

    decides = True
    """Whether the end of this process is the end of the run."""

    def __init__(self, forcing: Ordering, path: str) -> None:
        self.path = path
        self._forcing = forcing
        self._peers: list[_Peer] = []
        self._question = 0
        self.joined: dict[int, str] = {}
        """All processes that ever took part, by process id."""
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(path)
        self._socket.listen(64)
        self._owner = os.getpid()
        self._connections: list[socket.socket] = [self._socket]
        self._busy: list[socket.socket] = []
        """The peers that are being read: each is marked before anything is received from it."""
        start_unseen(forcing, self._accept)

    def alone(self) -> bool:
        """Whether no other process takes part now, nor a forked one that has not joined yet."""
        return not self._peers and not self._forcing.children.joining(self.joined.values())

    def passed(self, key: str) -> None:
        """Sends it to all other processes."""
        for peer in self._peers:
            peer.send({"passed": key})

    def gave_up(self, why: dict[str, Any]) -> None:
        """Sends it to all other processes."""
        for peer in self._peers:
            peer.send({"gave_up": why})

    def interrupt(self) -> None:
        """Interrupts all other processes, as Ctrl-C would."""
        for peer in self._peers:
            peer.send({"interrupt": True})

    def held(self, held: dict[str, Any]) -> None:
        """Does nothing: the result is written in this process."""

    def process_states(self) -> list[dict[str, Any]] | None:
        """The state of all other processes (`process_state`); None if one does not answer. Called without the forcing's lock, from one thread."""
        with self._forcing.lock:
            self._question += 1
            peers = list(self._peers)
        for peer in peers:
            peer.send({"ask": self._question})
        ends = time.monotonic() + ANSWER_SECONDS
        for peer in peers:
            while peer.answer[0] != self._question:
                if peer.answer[0] == GONE or not peer.answered.acquire(timeout=max(ends - time.monotonic(), 0)):
                    return None
        return [peer.answer[1] for peer in peers]

    def drain(self) -> None:
        """Reads everything that ended processes have sent. Called without the forcing's lock."""
        if os.getpid() != self._owner:
            return
        ends = time.monotonic() + DRAIN_SECONDS
        # In this order: a peer that is no longer to be read stays marked as being read until that is noted.
        while (_readable(list(self._connections), 0) or self._busy) and time.monotonic() < ends:
            _readable([], 1)

    def close(self) -> None:
        """Ends the service; only the process that began it removes the socket."""
        if os.getpid() == self._owner:
            try:
                self._socket.close()
                os.unlink(self.path)
                os.rmdir(os.path.dirname(self.path))
            except OSError:
                pass

    def _accept(self) -> None:
        while self._marked(self._socket):
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self._connections.append(connection)
            peer = _Peer(connection)
            start_unseen(self._forcing, lambda peer=peer: self._serve(peer))  # type: ignore[misc]
            self._busy.remove(self._socket)

    def _marked(self, connection: socket.socket) -> bool:
        """Waits until a peer can be read, and marks it."""
        if connection.fileno() < 0:
            return False
        _readable([connection], None)
        self._busy.append(connection)
        return True

    def _serve(self, peer: _Peer) -> None:
        while self._marked(peer.connection):
            messages = peer.receive()
            if messages is None:
                break
            for message in messages:
                self._take(peer, message)
            self._busy.remove(peer.connection)
        forcing = self._forcing
        with forcing.lock:
            if peer in self._peers:
                self._peers.remove(peer)
            peer.answers(GONE, {})
            forcing.process_ended(peer.root)
            forcing.liveness.check()
        self._connections.remove(peer.connection)
        self._busy.remove(peer.connection)
        peer.connection.close()

    def _take(self, peer: _Peer, message: dict[str, Any]) -> None:
        forcing = self._forcing
        with forcing.lock:
            if "hello" in message:
                peer.root = str(message["hello"])
                self._peers.append(peer)
                self.joined[int(message["pid"])] = peer.root
                peer.send({"welcome": list(forcing.passed), "gave_up": forcing.gave_up})
            elif "passed" in message:
                forcing.passed_elsewhere(str(message["passed"]))
                self.passed(str(message["passed"]))
            elif "anchored" in message:
                forcing.anchored.update(map(str, message["anchored"]))
            elif "held" in message:
                forcing.databases.merge_rows(message["held"])
            elif "gave_up" in message:
                forcing.gave_up_elsewhere(message["gave_up"])
                self.gave_up(message["gave_up"])
            elif "watch" in message:
                forcing.liveness.watch()
            elif "standing" in message:
                peer.answers(int(message["answer"]), message["standing"])


class Client:
    """The other side, in every further process."""

    decides = False

    def __init__(self, forcing: Ordering, path: str, root: str) -> None:
        self._forcing = forcing
        self._watched = False
        self._main = _thread.get_ident()
        self._interrupts = 0
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(path)
        self._peer = _Peer(connection)
        self._peer.send({"hello": root, "pid": os.getpid()})
        for message in self._peer.receive() or ():
            self._take(message)
        start_unseen(forcing, self._read)

    def alone(self) -> bool:
        """Always False: the first process takes part."""
        return False

    def passed(self, key: str) -> None:
        """Sends it to the first process, which forwards it to the others."""
        self._peer.send({"passed": key})

    def gave_up(self, why: dict[str, Any]) -> None:
        """Sends it to the first process."""
        self._peer.send({"gave_up": why})

    def held(self, held: dict[str, Any]) -> None:
        """Reports the contents of databases at the end of this process."""
        if held:
            self._peer.send({"held": held})

    def watch(self) -> None:
        """Reports that an actor waits in this process."""
        if not self._watched:
            self._watched = True
            self._peer.send({"watch": True})

    def drain(self) -> None:
        """Does nothing: the first process keeps the result."""

    def anchored(self, keys: list[str]) -> None:
        """Reports that these places are in modules of this process."""
        self._peer.send({"anchored": keys})

    def close(self) -> None:
        """This process has ended."""
        self._peer.connection.close()

    def _take(self, message: dict[str, Any]) -> None:
        forcing = self._forcing
        with forcing.lock:
            for key in message.get("welcome", ()):
                forcing.passed_elsewhere(str(key))
            if "passed" in message:
                forcing.passed_elsewhere(str(message["passed"]))
            if message.get("gave_up"):
                forcing.gave_up_elsewhere(message["gave_up"])
            if "interrupt" in message:
                self._interrupt()
            if "ask" in message:
                self._peer.send({"standing": process_state(forcing), "answer": message["ask"]})

    def _interrupt(self) -> None:
        """As Ctrl-C would, which a program may ignore; by force if the program still hangs after several."""
        from causeway.order.hang import EXIT_CODE, INTERRUPTS

        self._interrupts += 1
        if self._interrupts > INTERRUPTS:
            os._exit(EXIT_CODE)
        signal.pthread_kill(self._main, signal.SIGINT)

    def _read(self) -> None:
        while (messages := self._peer.receive()) is not None:
            for message in messages:
                self._take(message)
        with self._forcing.lock:
            self._forcing.release_all()


def _readable(connections: list[socket.socket], timeout: int | None) -> bool:
    """Whether any of them becomes readable within this number of milliseconds (None: no limit)."""
    poll = select.poll()
    for connection in connections:
        try:
            poll.register(connection, select.POLLIN)
        except (OSError, ValueError):
            continue  # closed just now
    return bool(poll.poll(timeout))


def start_unseen(forcing: Forcing, run: Callable[[], None]) -> None:
    """Starts a thread that is hidden from the order and from recordings."""

    def unseen() -> None:
        _tap.pause()
        _tap.enter_gate()
        ident = _thread.get_ident()
        forcing.unseen.add(ident)
        try:
            run()
        finally:
            forcing.unseen.discard(ident)

    _tap.pause()
    _tap.enter_gate()
    try:
        _thread.start_new_thread(unseen, ())
    finally:
        _tap.leave_gate()
        _tap.resume()
