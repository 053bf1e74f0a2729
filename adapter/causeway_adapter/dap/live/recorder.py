"""The recording of a program while it is being debugged: taken in on a thread of its own, readable whenever the program is held."""

from __future__ import annotations

import logging
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

from causeway_core.errors import CausewayError, InternalError, RecordingError
from causeway_core.ingest.claim import Claim
from causeway_core.ingest.ingestor import Ingestor
from causeway_core.launch.target import Target
from causeway_core.session import Growth, Session
from causeway_core.storage import Recording
from causeway_core.storage.disk import bytes_on_disk
from causeway_core.storage.writer import as_one_file

log = logging.getLogger(__name__)

POLL_SECONDS = 0.05
AT_ONCE_SECONDS = 0.1
BREATH_SECONDS = 0.001
"""Between two polls of a program that writes as fast as it is read: a thread that waits for the recorder gets a turn."""
READ_AHEAD = 300_000
"""Events."""
MOST_WAITING_BYTES = 256 << 20
"""Of the spool, while sessions look at the past: what other programs write then is taken in from there on, though it is not laid out."""
LOOK_SECONDS = 1.0
"""Between two looks at how much that is."""
MOST_ANALYSED = 5_000_000
"""Events; the analysis of more would hold up the session that is open at the program's end."""
STOP_SECONDS, ENDING_SECONDS = 0.3, 2.0
"""How long a stop at the program's end, and the end of a session, wait for the analysis."""


class Recorder:
    """Owns the spool and the growing recording. Methods are called by one thread, the adapter's; between them another one takes in what comes.

    `claim` is that on the recording's spool; it passes over to the recorder. Sessions over the recording may be opened by others too, in other
    processes: `show`, `poll`, `derive` and `forget_reader` may be called by any thread, for any `reader`.

    `gaps` is called on one of these threads while the program is held, with the details of all gaps, whenever there are more than before.
    """

    def __init__(self, target: Target, path: Path, claim: Claim, detail: str, gaps: Callable[[list[str]], None] = lambda details: None) -> None:
        self.path = path
        self.spool = claim.spool
        self._claim = claim
        self._growth = Growth()
        self._ingestor = Ingestor(
            self.spool, path, command=[*target.program], cwd=target.folder, root=target.root, detail=detail, indexed=True,
            launch={"python": target.python, "flags": list(target.flags)}, growing=self._growth.growing,
        )
        self._read = self._seen = 0
        self._readers: set[object] = set()
        self._looked, self._full = 0.0, False
        self._held = self._derived = False
        self._derivations = 0
        self._gaps, self._known_gaps = gaps, 0
        self._wants_findings = True
        self._wake = threading.Event()
        self._lock = threading.Lock()
        self._ending, self._complete = threading.Event(), threading.Event()
        self._finished = False
        self._trouble: CausewayError | None = None
        self._exit_code: int | None = None
        self._done: Callable[[CausewayError | None], None] = lambda error: None
        self._analysed: Callable[[], None] = lambda: None
        self._patience = 0.0
        self.findings: int | None = None
        """How many findings the finished recording has; None as long as nobody knows."""
        self.headline = ""
        """What is likely of them, in a line."""
        self._analysis = threading.Thread(target=self._analyse, name="analysis", daemon=True)
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        trouble: CausewayError | None = None
        try:
            behind = False
            while not self._ending.is_set():
                self._wake.wait(BREATH_SECONDS if behind else POLL_SECONDS)
                self._wake.clear()
                with self._lock:
                    if self._readers and not self._spool_is_full():
                        # What they lay out must not grow under them more often than it has to: it waits in the spool.
                        self._ingestor.store()
                        behind = False
                        continue
                    before = self._ingestor.events
                    self._ingestor.poll(AT_ONCE_SECONDS)
                    behind = self._ingestor.events - before > READ_AHEAD // 4
                    self._read_ahead()
                    self._report_gaps()
            if self._wants_findings:
                self._analysis.start()
            with self._lock:
                self._ingestor.finish(self._exit_code)
        except CausewayError as error:
            trouble = error
        except sqlite3.Error as error:  # A full disk, above all.
            trouble = RecordingError(f"the recording stopped: {error}", "make room on the disk, and launch the program again")
        except Exception as error:
            trouble = InternalError(f"the recording stopped: {type(error).__name__}: {error}", "please report this; `causeway recover` finishes it")
        self._trouble = trouble
        self._claim.release()
        self._finished = trouble is None
        self._complete.set()
        if trouble is not None and not self._ending.is_set():
            self._gaps([str(trouble)])
        # Where it could not go on, the program does: it is over only when the session says so.
        self._ending.wait()
        if self._analysis.is_alive():
            self._analysis.join(self._patience)
        self._done(trouble)

    def _spool_is_full(self) -> bool:
        """Whether what waits in the spool should wait no longer."""
        if time.monotonic() - self._looked > LOOK_SECONDS:
            self._looked = time.monotonic()
            self._full = bytes_on_disk(self.spool.glob("*")) > MOST_WAITING_BYTES
        return self._full

    def _analyse(self) -> None:
        """On a thread of its own: look for findings, without re-runs, and keep them in the recording."""
        # What analyses takes long to import, and is not needed before: meanwhile the recording is completed.
        from causeway_core.analysis import analyze
        from causeway_core.analysis.wording.headline import headline, pressing

        self._complete.wait()
        if not self._finished or not 0 < self._ingestor.events <= MOST_ANALYSED:
            return
        try:
            with Recording.open(self.path) as recording:
                found = analyze(recording)
            self.headline = headline(found) if pressing(found) else ""
            self.findings = len(found)
        except Exception:
            log.exception("the recording was not analysed")
            return
        self._analysed()

    def _read_ahead(self) -> None:
        """Keeps what a session must scan at its opening below some ten milliseconds' worth. Not while one is open."""
        if self._ingestor.events - self._read > (0 if self._held else READ_AHEAD) and not self._readers:
            self._settle(ahead=not self._held, wait=False)
            self._growth.advance(self.path)

    def _settle(self, *, ahead: bool = False, wait: bool) -> None:
        self._ingestor.settle(ahead=ahead, wait=wait)
        self._read = self._ingestor.events
        self._derived = False

    def _report_gaps(self) -> None:
        """Not while the program runs: a console that speaks of what nobody asked about hides the program's own output."""
        if self._held and len(details := self._ingestor.gaps()) > self._known_gaps:
            self._known_gaps = len(details)
            self._gaps(details)

    def hold(self) -> None:
        """The program is held: what it has done so far is read now, in case somebody asks."""
        self._held = True
        self._wake.set()

    def session(self) -> Session:
        """A session over all that has been recorded until now; close it before `resume`. Raises RecordingError."""
        self._seen = self.show(self, wait=False)
        session = Session.open(self.path, self._growth)
        session.recording.derive = self.derive
        return session

    def show(self, reader: object, *, wait: bool = True) -> int:
        """Makes all that has been recorded until now readable, and keeps it so until `reader` is forgotten; returns how many records there are.

        Readers in other processes have only the file, and must `wait` until it contains all."""
        with self._lock:
            if self._trouble is not None:
                raise self._trouble
            self._readers.add(reader)
            if not self._ending.is_set():
                self._ingestor.poll()
                if self._ingestor.events != self._read:
                    self._settle(wait=wait)
                elif wait:
                    self._ingestor.store(wait=True)
                self._report_gaps()
            return self._read

    def forget_reader(self, reader: object) -> None:
        """Ends the use of the recording by `reader`. A second call does nothing."""
        with self._lock:
            self._readers.discard(reader)

    def poll(self) -> int:
        """How many records there are, with those that were written until now. Raises RecordingError where the recording has stopped."""
        with self._lock:
            if self._trouble is not None:
                raise self._trouble
            if not self._ending.is_set():
                self._ingestor.poll()
            return self._ingestor.events

    @property
    def events(self) -> int:
        """Records taken in so far."""
        return self._ingestor.events

    @property
    def over(self) -> bool:
        """Whether nothing more is taken in."""
        return self._ending.is_set()

    def grown(self) -> bool:
        """Whether there is more than the session that is open has seen: a person may have had the program do something while it was held."""
        return self.poll() != self._seen

    def derive(self) -> int:
        """Derives what needs the whole, where that was not done since it was last shown to somebody; how often it has been done."""
        with self._lock:
            if not self._ending.is_set() and not self._derived:
                self._ingestor.derive()
                self._derived = True
                self._derivations += 1
            return self._derivations

    def resume(self) -> None:
        """The program goes on, and no session is open any more."""
        self.forget_reader(self)
        self._held = False

    def finish(
        self,
        exit_code: int | None,
        patience: float = 0.0,
        done: Callable[[CausewayError | None], None] = lambda error: None,
        analysed: Callable[[], None] = lambda: None,
    ) -> None:
        """Completes the recording, then looks for findings, and calls `done` with what went wrong when that has ended or has taken `patience`
        seconds; `analysed` when the findings are known. Both are called on other threads. A second call does nothing."""
        if self._ending.is_set():
            return
        self._exit_code, self._patience, self._done, self._analysed = exit_code, patience, done, analysed
        self._ending.set()
        self._wake.set()

    def close(self) -> None:
        """Completes the recording now, if that has not begun, and waits for it, and a moment for its analysis."""
        self.finish(None, ENDING_SECONDS)
        self._thread.join()
        if self._analysis.is_alive():
            self._analysis.join(ENDING_SECONDS)
        # It was complete while its own session read it: only now can it become one file.
        as_one_file(self.path)

    def discard(self) -> None:
        """Removes the recording of a program that never ran."""
        self._wants_findings = False
        self.finish(None)
        self._thread.join()
        self.path.unlink(missing_ok=True)
        shutil.rmtree(self.spool, ignore_errors=True)
