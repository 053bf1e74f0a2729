"""A process of its own that answers questions: a thread of the server would keep the interpreter from requests that wait for it.

Both sides send pickled messages, each after its length. A question is (name, *arguments); its answer is any number of notes, then one end.
"""

from __future__ import annotations

import os
import pickle
import sqlite3
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any

from causeway_core.errors import CausewayError

_LENGTH = struct.Struct("<Q")
_MARK = b"cwq1"
"""Stands before each length: other bytes between messages must not be taken for the length of one that never arrives."""

Answer = Callable[..., object]
"""Answers a question, given a function that takes its notes, and the question's arguments."""


class AnswerDropped(Exception):
    """Nobody needs the answer any more."""


class NoAnswer(Exception):
    """There is no answer; the text says why."""


class ChildProcess:
    """Starts `command` (which calls `serve`) with the first question, and again after it has ended. Any thread may ask; one question is answered at
    a time. A process that fails at one is killed.
    """

    def __init__(self, command: list[str]) -> None:
        self._command = command
        self._turn = threading.Lock()
        """Held while a question is answered."""
        self._state = threading.Lock()
        """Held for moments, to look at and change what follows."""
        self._process: subprocess.Popen[bytes] | None = None
        self._asked: object = None
        self._dropped = False
        self._closed = False

    @property
    def running(self) -> subprocess.Popen[bytes] | None:
        """The process, where there is one."""
        return self._process

    def start(self) -> None:
        """Starts the process, so that the first question need not wait for that. Raises AnswerDropped after `close`."""
        with self._turn:
            self._started(None)

    def drop(self, token: object) -> None:
        """Ends the process if it is answering the question with this token."""
        with self._state:
            if self._process is not None and self._asked is token:
                self._dropped = True
                self._process.kill()

    def end(self) -> None:
        """Ends the process until the next question. Waits for the answer to the current one."""
        with self._turn:
            self._ended()

    def close(self) -> None:
        """Ends the process for good, and with it the question that is being answered."""
        with self._state:
            self._closed = True
            if self._process is not None:
                self._process.kill()
                self._process.wait()

    def ask(self, name: str, *arguments: object, note: Callable[[Any], object] = lambda _note: None, token: object = None) -> Any:
        """The answer to a question. `note` is called with each note; what it raises ends the process and is raised. `token`: see `drop`.

        Raises the CausewayError that the answer is, NoAnswer when the process fails, AnswerDropped after `drop` and `close`.
        """
        with self._turn:
            process = self._started(token)
            try:
                _send(process.stdin, (name, *arguments))
                while (answer := _receive(process.stdout))[0] == "note":
                    note(answer[1])
            except NoAnswer as error:
                code = self._ended()
                if self._closed or self._dropped:
                    raise AnswerDropped from error
                raise NoAnswer(f"the process that was asked {error} with code {code}") from error
            except BaseException:
                self._ended()
                raise
            finally:
                with self._state:
                    self._asked = None
            if self._dropped:
                self._ended()  # `drop` came just after the answer.
        kind, found, *cause = answer
        if kind == "error":
            raise found from cause[0]
        if kind == "failed":
            raise NoAnswer(found)
        return found

    def _started(self, token: object) -> subprocess.Popen[bytes]:
        """In one go with the look at `_closed`: `close` must see what is started."""
        with self._state:
            if self._closed:
                raise AnswerDropped
            if self._process is None:
                self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            self._asked, self._dropped = token, False
            return self._process

    def _ended(self) -> int | None:
        """Ends the process; its exit code."""
        with self._state:
            process, self._process = self._process, None
        if process is None:
            return None
        process.kill()
        for pipe in (process.stdin, process.stdout):
            try:
                pipe.close()  # type: ignore[union-attr]
            except OSError:
                pass  # What was not written is lost with the process.
        return process.wait()


def command_of(module: str) -> list[str]:
    """The command that runs a module of this package, whatever lies in the current folder."""
    return [sys.executable, "-P", "-m", module]


def serve(answers: Mapping[str, Answer]) -> None:
    """The side of the child: answers on stdout what is asked on stdin, until no more questions come or the answers are not read."""
    with open(os.dup(sys.stdout.fileno()), "wb") as replies:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # A stray print must not break the messages.
        while True:
            try:
                name, *arguments = _receive(sys.stdin.buffer)
                _send(replies, _answer(answers[name], arguments, lambda each: _send(replies, ("note", each))))
            except (NoAnswer, KeyboardInterrupt):
                return


def _answer(answer: Answer, arguments: list[object], note: Callable[[object], None]) -> tuple[object, ...]:
    try:
        return ("found", answer(note, *arguments))
    except CausewayError as error:
        # A cause in the database says that the file is being written at the moment.
        return ("error", error, error.__cause__ if isinstance(error.__cause__, sqlite3.Error) else None)
    except NoAnswer:
        raise
    except Exception as error:
        return ("failed", repr(error))


def _send(pipe: Any, message: object) -> None:
    """Raises NoAnswer when the other side has ended."""
    body = pickle.dumps(message)
    try:
        pipe.write(_MARK + _LENGTH.pack(len(body)))
        pipe.write(body)
        pipe.flush()
    except OSError as error:
        raise NoAnswer("has ended") from error


def _receive(pipe: Any) -> tuple[Any, ...]:
    """Raises NoAnswer when the other side has ended, or sends something else than messages."""
    mark = pipe.read(len(_MARK))
    if not _MARK.startswith(mark):
        raise NoAnswer("sent a damaged answer and was ended")
    size = pipe.read(_LENGTH.size)
    length = _LENGTH.unpack(size)[0] if len(size) == _LENGTH.size else 0
    body = pipe.read(length)
    if not length or len(body) < length:
        raise NoAnswer("has ended")
    try:
        message: tuple[Any, ...] = pickle.loads(body)
    except Exception as error:
        raise NoAnswer("sent a damaged answer and was ended") from error
    return message
