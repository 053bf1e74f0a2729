"""The recording of a program while it is being debugged: taken in on a thread of its own, readable whenever the program is held."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

from causeway_core.errors import CausewayError, InternalError
from causeway_core.ingest import Claim, Ingestor
from causeway_core.launch import Target
from causeway_core.session import Growth, Session

POLL_SECONDS = 0.05
READ_AHEAD = 300_000
"""Events."""


class Recorder:
    """Owns the spool and the growing recording. Methods are called by one thread, the adapter's; between them another one takes in what comes.

    `claim` is that on the recording's spool; it passes over to the recorder.
    """

    def __init__(self, target: Target, path: Path, claim: Claim, detail: str) -> None:
        self.path = path
        self.spool = claim.spool
        self._claim = claim
        self._ingestor = Ingestor(
            self.spool, path, command=[*target.program], cwd=target.folder, root=target.root, detail=detail, indexed=True,
            launch={"python": target.python, "flags": list(target.flags)},
        )
        self._growth = Growth()
        self._read = 0
        self._travelled = self._held = False
        self._wake = threading.Event()
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._exit_code: int | None = None
        self._done: Callable[[CausewayError | None], None] = lambda error: None
        self.finished = False
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        trouble: CausewayError | None = None
        try:
            while not self._ending.is_set():
                self._wake.wait(POLL_SECONDS)
                self._wake.clear()
                with self._lock:
                    self._ingestor.poll()
                    self._read_ahead()
            with self._lock:
                self._ingestor.finish(self._exit_code)
        except CausewayError as error:
            trouble = error
        except Exception as error:
            trouble = InternalError(f"the recording stopped: {type(error).__name__}: {error}", "please report this; `causeway recover` finishes it")
        self._claim.release()
        self.finished = True
        self._done(trouble)

    def _read_ahead(self) -> None:
        """Keeps what a session must scan at its opening below some ten milliseconds' worth. Not while one is open."""
        if self._ingestor.events - self._read > (0 if self._held else READ_AHEAD) and not self._travelled:
            self._settle()
            self._growth.advance(self.path)

    def _settle(self) -> None:
        self._ingestor.settle()
        self._read = self._ingestor.events

    def hold(self) -> None:
        """The program is held: what it has done so far is read now, in case somebody asks."""
        self._held = True
        self._wake.set()

    def session(self) -> Session:
        """A session over all that has been recorded until now; close it before `resume`. Raises RecordingError."""
        with self._lock:
            self._travelled = True
            if not self._ending.is_set():
                self._ingestor.poll()
                if self._ingestor.events != self._read:
                    self._settle()
        session = Session.open(self.path, self._growth)
        session.recording.derive = self._derive
        return session

    def _derive(self) -> None:
        with self._lock:
            if not self._ending.is_set():
                self._ingestor.derive()

    def resume(self) -> None:
        """The program goes on, and no session is open any more."""
        with self._lock:
            self._travelled = self._held = False

    def finish(self, exit_code: int | None, done: Callable[[CausewayError | None], None]) -> None:
        """Completes the recording and then calls `done`, on another thread, with what went wrong. A second call does nothing."""
        if self._ending.is_set():
            return
        self._exit_code, self._done = exit_code, done
        self._ending.set()
        self._wake.set()

    def close(self) -> None:
        """Completes the recording now, if that has not begun, and waits for it."""
        self.finish(None, lambda error: None)
        self._thread.join()

    def discard(self) -> None:
        """Removes the recording of a program that never ran."""
        self.close()
        self.path.unlink(missing_ok=True)
        shutil.rmtree(self.spool, ignore_errors=True)
