"""debugpy's own adapter: its messages come in, the client's messages are passed on to it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

from causeway_core.errors import LaunchError, ProtocolError

from causeway_adapter.dap.connection import ByteSink, ByteSource, Connection

Message = dict[str, Any]
PATIENCE_SECONDS = 10.0


class Backend:
    """The adapter of the debugged program: debugpy's adapter as a child process, or one that is listening already.

    `deliver` is called on a thread of its own with each message, and with None when the stream has ended. `send` may be called by any thread.
    """

    def __init__(
        self, source: ByteSource, sink: ByteSink, deliver: Callable[[Message | None], None], end: Callable[[], None], cut: Callable[[], None]
    ) -> None:
        """Use `started` or `connected`. `end` closes what the streams belong to."""
        self._connection = Connection(source, sink)
        self._deliver = deliver
        self.close = end
        """End it, and with it the program that it started; waits for that, at most some seconds."""
        self.cut = cut
        """End it at once, also while a `send` waits because it does not read. May be called by any thread."""
        threading.Thread(target=self._read, name="debugpy", daemon=True).start()

    @classmethod
    def started(cls, deliver: Callable[[Message | None], None], process: subprocess.Popen[bytes] | None = None) -> Backend:
        """A `debugpy.adapter` of our own: `process`, which `start_debugpy` gave, or a new one. Raises LaunchError when it cannot be started."""
        process = process or start_debugpy()
        assert process.stdin is not None and process.stdout is not None
        return cls(process.stdout, process.stdin, deliver, lambda: _end(process), process.kill)

    @classmethod
    def connected(cls, host: str, port: int, deliver: Callable[[Message | None], None]) -> Backend:
        """The adapter behind a program that called `debugpy.listen`, or of a child process. Raises LaunchError when nothing listens there."""
        try:
            connection = socket.create_connection((host, port), PATIENCE_SECONDS)
        except (OSError, OverflowError) as error:
            raise LaunchError(f"nothing listens on {host}:{port}: {error}", "start the program with debugpy.listen, and check `connect`") from error
        connection.settimeout(None)
        source, sink = connection.makefile("rb"), connection.makefile("wb")
        return cls(source, sink, deliver, lambda: _close_connection(connection), lambda: _shut_down(connection))

    def _read(self) -> None:
        while True:
            try:
                message = self._connection.receive()
            except ProtocolError:
                continue
            except (OSError, ValueError):
                message = None
            self._deliver(message)
            if message is None:
                return

    def send(self, message: Message) -> int:
        """Number and send a message; its number."""
        return self._connection.send(message)


def start_debugpy() -> subprocess.Popen[bytes]:
    """A `debugpy.adapter` that waits for its client. Raises LaunchError when it cannot be started."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CAUSEWAY_")}
    # -P: do not import a file called debugpy.py in the folder where the editor was started.
    command = [sys.executable, "-P", "-m", "debugpy.adapter"]
    try:
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
    except OSError as error:
        raise LaunchError(f"cannot start debugpy: {error.strerror}", "reinstall causeway-debugger") from error


def kill_debugpy(process: subprocess.Popen[bytes]) -> None:
    """End an adapter that was never used."""
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    try:
        process.stdin.close()
    except OSError:
        pass
    try:
        process.wait(PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _close_connection(connection: socket.socket) -> None:
    _shut_down(connection)
    connection.close()


def _shut_down(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
