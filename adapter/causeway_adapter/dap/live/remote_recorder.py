"""The recorder of a different session, into whose recording this session's program is recorded too."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from causeway_core.errors import CausewayError, RecordingError
from causeway_core.ingest.claim import spool_of
from causeway_core.session import Growth, Session
from causeway_core.storage import Recording

from causeway_adapter.dap.connection import Connection
from causeway_adapter.dap.live.recording_server import HOST
from causeway_adapter.dap.unrecorded import gaps_of_program

PATIENCE_SECONDS = 30.0
"""Seconds for an answer of the recording server, which may be reading the records of a busy program."""


class RemoteRecorder:
    """Asks the `RecordingServer` of that session whenever it wants to look. Methods are as those of `Recorder`, but none completes or
    removes the recording."""

    findings: int | None = None
    headline = ""
    pid = 0
    """Of this session's program, once it is known."""

    def __init__(self, access: Mapping[str, Any]) -> None:
        """`access` as the recording server gave it. Raises RecordingError if that has ended."""
        self.access = dict(access)
        self.gaps: Callable[[list[str]], None] = lambda details: None
        """Called on a separate thread each time the program is held, with the details of its gaps."""
        self.path = Path(str(access.get("path")))
        self.spool = spool_of(self.path)
        self._growth = Growth()
        self._growing, self._asking = threading.Lock(), threading.Lock()
        self._seen = self._derivation = 0
        self._ended = False
        try:
            self._socket = socket.create_connection((HOST, int(access["port"])), PATIENCE_SECONDS)
        except (OSError, OverflowError, ValueError, KeyError, TypeError) as error:
            raise _gone() from error
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        stream = self._socket.makefile("rwb")
        self._messages = Connection(stream, stream)
        try:
            self._ask("poll")
        except BaseException:
            self.close()
            raise

    def _ask(self, do: str) -> dict[str, Any]:
        try:
            with self._asking:
                self._messages.send({"do": do, "token": self.access.get("token")})
                answer = self._messages.receive()
        except (OSError, ValueError) as error:
            raise _gone() from error
        if answer is None:
            raise _gone()
        if "error" in answer:
            raise RecordingError(str(answer["error"]), "see the session that keeps the recording")
        return answer

    def session(self) -> Session:
        """A session over all that has been recorded until now; close it before `resume`. Raises RecordingError."""
        with self._growing:
            shown = self._ask("show")
            if shown["over"] and not self._ended:
                raise _gone()
            self._seen = shown["number"]
            session = Session.open(self.path, self._growth)
        session.recording.derive = self._derive
        return session

    def _derive(self) -> int:
        try:
            self._derivation = int(self._ask("derive")["number"])
        except RecordingError:
            if not self._ended:
                raise
        return self._derivation

    def hold(self) -> None:
        """The program is held: what is recorded so far is prepared on a separate thread, for later queries."""
        threading.Thread(target=self._read_ahead, name="reading ahead", daemon=True).start()

    def _read_ahead(self) -> None:
        with self._growing:
            try:
                self._ask("show")
                self._growth.advance(self.path)
                with Recording.open(self.path) as recording:
                    details = gaps_of_program(recording, self.pid)
                self._ask("let go")
                self.gaps(details)
            except CausewayError:
                return  # reported at the next request

    def resume(self) -> None:
        """The program goes on, and no session is open any more."""
        try:
            self._ask("let go")
        except RecordingError:
            return

    @property
    def events(self) -> int:
        """Records read so far, of all programs."""
        return int(self._ask("count")["number"])

    def grown(self) -> bool:
        """Whether there is more than the session that is open has seen."""
        return int(self._ask("poll")["number"]) != self._seen

    def finish(
        self,
        exit_code: int | None,
        patience: float = 0.0,
        done: Callable[[CausewayError | None], None] = lambda error: None,
        analysed: Callable[[], None] = lambda: None,
    ) -> None:
        """The program has ended; the recording continues without it. Calls `done`."""
        self._ended = True
        done(None)

    def close(self) -> None:
        """Hangs up."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._socket.close()

    discard = close


def _gone() -> RecordingError:
    return RecordingError("the recording has ended with the session that kept it: that of the program that started this one", "launch it again")
