"""Questions about source texts, answered in a process of its own: a thread of the server would keep the interpreter from requests that wait for
it. Both sides send JSON, one line a message."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from causeway_core.check import check_source, settings_for
from causeway_core.errors import CausewayError, InternalError

from causeway_adapter.lsp.expressions import expressions
from causeway_adapter.lsp.sourcewarning import SourceWarning


class AnswerDropped(Exception):
    """Nobody needs the answer any more."""


class SourceProcess:
    """Starts with the first question, and again after it has ended. Any thread may ask; one question is answered at a time."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._state = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._asked: object = None
        self._dropped: object = None
        self._closed = False

    def start(self) -> None:
        """Starts the process, so that the first question need not wait for that."""
        with self._turn:
            self._started()

    def warnings(self, path: str, text: str, question: object = None) -> tuple[SourceWarning, ...]:
        """The warnings of `causeway check` about a text, as far as its project wants them. `question` is what `drop` names.

        Raises CausewayError for settings that make no sense and when the process ends, AnswerDropped after `drop` and `close`.
        """
        return tuple(SourceWarning.from_json(each) for each in self._ask(question, "warnings", path, text))

    def expressions(self, path: str, text: str, first: int, last: int, stopped: int) -> list[tuple[str, int, int, int]]:
        """See `expressions.expressions`; raises what `warnings` does."""
        return [tuple(each) for each in self._ask(None, "expressions", path, text, first, last, stopped)]

    def drop(self, question: object) -> None:
        """Ends the process if it is answering this question."""
        with self._state:
            if self._process is not None and self._asked is question:
                self._dropped = question
                self._process.kill()

    def close(self) -> None:
        """Ends the process for good."""
        with self._state:
            self._closed = True
            if self._process is not None:
                self._process.kill()
                self._process.wait()

    def _ask(self, question: object, name: str, path: str, *arguments: object) -> Any:
        with self._turn:
            process = self._started(question)
            try:
                _send(process.stdin, [name, path, *arguments])
                answer = _receive(process.stdout)
            except (OSError, EOFError, ValueError) as error:
                process.kill()
                code = process.wait()
                with self._state:
                    self._process = None
                    wanted = not self._closed and (question is None or self._dropped is not question)
                if not wanted:
                    raise AnswerDropped from error
                why = f"the process that checks it has ended with code {code}"
                raise InternalError(f"{path} was not checked: {why}", "an edit has it tried again; please report this") from error
            finally:
                with self._state:
                    self._asked = None
        if "error" in answer:
            raise CausewayError(answer["error"])
        return answer["found"]

    def _started(self, question: object = None) -> subprocess.Popen[bytes]:
        with self._state:
            if self._closed:
                raise AnswerDropped
            if self._process is None:
                command = [sys.executable, "-P", "-m", "causeway_adapter.lsp.sourceprocess"]
                self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            self._asked = question
            return self._process


def _send(pipe: Any, message: object) -> None:
    pipe.write(json.dumps(message).encode() + b"\n")
    pipe.flush()


def _receive(pipe: Any) -> Any:
    line = pipe.readline()
    if not line.endswith(b"\n"):
        raise EOFError
    return json.loads(line)


def _warnings(path: str, text: str) -> list[dict[str, Any]]:
    settings = settings_for(Path(path))
    if settings.excludes(Path(path)):
        return []
    return [SourceWarning.of(finding).to_json() for finding in check_source(text, path) if not settings.ignores(finding)]


def _expressions(_path: str, *arguments: Any) -> list[tuple[str, int, int, int]]:
    return expressions(*arguments)


_ANSWERS: dict[str, Callable[..., object]] = {"warnings": _warnings, "expressions": _expressions}


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """Answers until no more questions come, or the answers are not read."""
    while True:
        try:
            name, path, *arguments = _receive(questions)
            try:
                answer: object = {"found": _ANSWERS[name](path, *arguments)}
            except CausewayError as error:
                answer = {"error": str(error)}
            except Exception as error:
                answer = {"error": f"{path} cannot be checked: {error!r} (please report this)"}
            _send(answers, answer)
        except (EOFError, BrokenPipeError, KeyboardInterrupt):
            return


if __name__ == "__main__":
    protocol_out, sys.stdout = sys.stdout.buffer, sys.stderr  # A stray print must not break the messages.
    serve(sys.stdin.buffer, protocol_out)
