"""The recording of one session, served to sessions in other processes: those of the programs that this session's program has started."""

from __future__ import annotations

import hmac
import secrets
import socket
import threading
from collections.abc import Callable
from typing import Any

from causeway_core.errors import CausewayError, ProtocolError

from causeway_adapter.dap.connection import Connection
from causeway_adapter.dap.live.recorder import Recorder

HOST = "127.0.0.1"


class RecordingServer:
    """Answers what each `RemoteRecorder` on this machine asks that was told `access`; each is a client with a thread.

    Clients without the token get no answer.
    """

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._token = secrets.token_hex(16)
        self._listener = socket.create_server((HOST, 0))
        self._clients, self._changed = 0, threading.Condition()
        threading.Thread(target=self._listen, name="recording server", daemon=True).start()

    @property
    def access(self) -> dict[str, Any]:
        """What a `RemoteRecorder` needs to ask here; it becomes part of its session's configuration."""
        return {"port": self._listener.getsockname()[1], "token": self._token, "path": str(self._recorder.path.resolve())}

    def close(self) -> None:
        """Accepts no further clients; present ones may continue until they disconnect."""
        self._listener.close()

    def wait_until_idle(self, seconds: float) -> None:
        """Waits until there has been no client for this long, then closes."""
        with self._changed:
            while self._clients or self._changed.wait(seconds):
                self._changed.wait_for(lambda: not self._clients)
            self.close()

    def _count_clients(self, count: int) -> None:
        with self._changed:
            self._clients += count
            self._changed.notify_all()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), name="recording client", daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        reader = object()
        self._count_clients(1)
        with connection:
            stream = connection.makefile("rwb")
            messages = Connection(stream, stream)
            try:
                while (message := messages.receive()) is not None and hmac.compare_digest(str(message.get("token")), self._token):
                    messages.send(self._answer(str(message.get("do")), reader))
            except (OSError, ValueError, ProtocolError):
                pass
            finally:
                self._recorder.forget_reader(reader)
                self._count_clients(-1)

    def _answer(self, do: str, reader: object) -> dict[str, Any]:
        asked: dict[str, Callable[[], int | None]] = {
            "show": lambda: self._recorder.show(reader),
            "let go": lambda: self._recorder.forget_reader(reader),
            "poll": self._recorder.poll,
            "count": lambda: self._recorder.events,
            "derive": self._recorder.derive,
        }
        try:
            over = self._recorder.over  # read before: everything recorded until then is shown
            return {"number": asked[do]() if do in asked else None, "over": over}
        except CausewayError as error:
            return {"error": error.message}
