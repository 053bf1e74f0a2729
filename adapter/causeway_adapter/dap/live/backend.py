"""debugpy's own adapter as a child process: what it says comes in as messages, what the client says goes on to it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

from causeway_core.errors import LaunchError, ProtocolError

from causeway_adapter.dap.connection import Connection

Message = dict[str, Any]
PATIENCE_SECONDS = 10.0


class Backend:
    """A running `debugpy.adapter`. `deliver` is called on a thread of its own with each message, and with None when the stream has ended.

    `send` may be called by any thread. Raises LaunchError when it cannot be started.
    """

    def __init__(self, deliver: Callable[[Message | None], None]) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CAUSEWAY_")}
        # -P: a file called debugpy.py in the folder where the editor was started is not debugpy.
        command = [sys.executable, "-P", "-m", "debugpy.adapter"]
        try:
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
        except OSError as error:
            raise LaunchError(f"cannot start debugpy: {error.strerror}", "reinstall causeway-debugger") from error
        assert self._process.stdin is not None and self._process.stdout is not None
        self._connection = Connection(self._process.stdout, self._process.stdin)
        self._deliver = deliver
        threading.Thread(target=self._read, name="debugpy", daemon=True).start()

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

    def close(self) -> None:
        """End it, and with it the program that it started; waits for that, at most some seconds."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.close()
        except OSError:
            pass
        try:
            self._process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
