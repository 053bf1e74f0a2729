"""Large recordings, read in a process of its own: a thread of the server would keep the interpreter from requests that wait for it."""

from __future__ import annotations

import pickle
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, BinaryIO

from causeway_core.errors import CausewayError, InternalError, RecordingError
from causeway_core.lines import FileFacts, Revision

from causeway_adapter.lsp.loading import Loaded, RecordingReader


class ReadingProcess:
    """Asks a `RecordingReader` in another process, which starts with the first question, and again after it has ended. Any thread may ask; one
    question is answered at a time."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False

    def load(self, revision: Revision, folder: Path) -> Loaded:
        """See `RecordingReader.load`. Raises RecordingError also when the process ends."""
        found: Loaded = self._ask(lambda done: None, "load", revision, folder)
        return found

    def facts(self, revision: Revision, recorded: str, report: Callable[[float], None]) -> FileFacts | None:
        """See `RecordingReader.facts`. Raises RecordingError also when the process ends."""
        found: FileFacts | None = self._ask(report, "facts", revision, recorded)
        return found

    def keep(self, keys: Iterable[str]) -> None:
        """Closes the recordings of all other revisions; without any, ends the process."""
        wanted = set(keys)
        with self._turn:
            if not wanted:
                self._end()
            elif self._process is not None:
                try:
                    _send(self._process.stdin, ("keep", wanted))
                except OSError:
                    self._end()

    def close(self) -> None:
        """Ends the process for good. A question that is being answered raises RecordingError."""
        self._closed = True
        self._end()

    def _ask(self, report: Callable[[float], None], question: str, revision: Revision, *arguments: object) -> Any:
        with self._turn:
            process = self._started()
            try:
                _send(process.stdin, (question, revision, *arguments))
                while (answer := _receive(process.stdout))[0] == "done":
                    report(answer[1])
            except (OSError, EOFError, pickle.UnpicklingError) as error:
                process.wait()
                self._process = None
                why = f"the process that reads it has ended with code {process.returncode}"
                raise RecordingError(f"{revision.path} was not read: {why}", "record again to have it tried again") from error
            except BaseException:
                self._end()
                raise
        kind, found, *cause = answer
        if kind == "error":
            raise found from cause[0]
        return found

    def _started(self) -> subprocess.Popen[bytes]:
        if self._closed:
            raise RecordingError("the server is shutting down")
        if self._process is None:
            command = [sys.executable, "-P", "-m", "causeway_adapter.lsp.readingprocess"]
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return self._process

    def _end(self) -> None:
        process = self._process
        if process is not None:
            process.kill()
            process.wait()
            self._process = None


def _send(pipe: Any, message: object) -> None:
    pickle.dump(message, pipe)
    pipe.flush()


def _receive(pipe: Any) -> tuple[Any, ...]:
    message: tuple[Any, ...] = pickle.load(pipe)
    return message


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """Answers until no more questions come, or the answers are not read."""
    reader = RecordingReader()
    while True:
        try:
            question, *arguments = _receive(questions)
            if question == "keep":
                reader.keep(*arguments)
            elif question == "load":
                _send(answers, ("found", reader.load(*arguments)))
            else:
                revision, recorded = arguments
                _send(answers, ("found", reader.facts(revision, recorded, _each_percent(lambda done: _send(answers, ("done", done))))))
        except (EOFError, BrokenPipeError):
            return
        except CausewayError as error:
            # A cause in the database says that the file is being written at the moment.
            _send(answers, ("error", error, error.__cause__ if isinstance(error.__cause__, sqlite3.Error) else None))
        except Exception as error:
            _send(answers, ("error", InternalError(f"{arguments[0].path} cannot be read: {error!r}", "please report this"), None))


def _each_percent(report: Callable[[float], None]) -> Callable[[float], None]:
    """`report`, called once for each percent."""
    last = -1

    def note(done: float) -> None:
        nonlocal last
        if int(done * 100) > last:
            last = int(done * 100)
            report(done)

    return note


if __name__ == "__main__":
    protocol_out, sys.stdout = sys.stdout.buffer, sys.stderr  # A stray print must not break the messages.
    serve(sys.stdin.buffer, protocol_out)
