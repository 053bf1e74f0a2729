"""Answers that were recorded, given again: each to the actor that got it, in the order in which it got them."""

from __future__ import annotations

import base64
import re
import sys
from _thread import RLock
from collections import deque
from time import monotonic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

ANSWERS = "CAUSEWAY_ANSWERS"
SCHEMA = "causeway.answers/1"
MISSING = ".missing"
"""Beside the file of answers: what was asked for and is not in it, one line a question."""
ASKED = ".asked"
"""Beside it too: who asked services for what, one line a question."""
UNREAD = "the program did not read its body to the end"
"""Why a body is missing that nobody asked for."""
_WORKER = re.compile(r"(/_worker)#\d+")


class NotCaptured(RuntimeError):
    """The program asked the outside for something that the recording does not have an answer to."""


class Answer:
    """`value` as JSON has it; `body`: bytes that belong to it; `missing`: why it cannot be given again; `used`: it was."""

    __slots__ = ("body", "missing", "used", "value", "what")

    def __init__(self, what: str, value: Any, body: bytes, missing: str | None) -> None:
        self.what = what
        self.value = value
        self.body = body
        self.missing = missing
        self.used = False


class Answers:
    """The record of one run. May be asked by any thread.

    `who()` is the spawn path of the running actor. The threads of a pool share their answers: which of them gets which piece of work is chance.
    `ask` looks at the actor's next answer of a kind; where `what` is asked is not what was, an answer to the same question that no other actor has
    taken is as good if there is only one, or all say the same.
    """

    def __init__(self, document: Mapping[str, Any], file: str | None = None) -> None:
        self.who: Callable[[], str] = lambda: "main"
        self.root: str | None = document.get("root")
        self.inside = frozenset(document.get("inside") or ())
        """Addresses (`host:port`) of services that ran within what was recorded: they run in the re-run too."""
        self.outside = frozenset(document.get("outside") or ())
        """Those of services that did not."""
        self.databases: dict[str, dict[str, Any]] = dict(document.get("databases") or {})
        """By path: the statements that make it (`sql`, null for one that was not there), or why they are `missing`."""
        self.missing: list[str] = []
        self.asked: list[tuple[str, str]] = []
        """Who asked services for what, in turn."""
        self.file = file
        self._lock = RLock()
        self._queues: dict[tuple[str, str], deque[Answer]] = {}
        self._asked: dict[tuple[str, str], list[Answer]] = {}
        self._clocks: dict[str, tuple[Any, float]] = {}
        for one in document.get("answers") or ():
            body = one.get("body")
            data = base64.b64decode(body) if body else (one.get("text") or "").encode()
            answer = Answer(one.get("what") or "", one.get("value"), data, one.get("missing"))
            self._queues.setdefault((_pooled(one["actor"]), one["kind"]), deque()).append(answer)
            self._asked.setdefault((one["kind"], answer.what), []).append(answer)

    def ask(self, kind: str, what: str = "", *, unread: bool = False) -> Answer:
        """The answer to the running actor's question; with `unread` also one whose body the program did not read. Raises NotCaptured, having
        noted it."""
        with self._lock:
            actor = self.who()
            queue = self._queues.get((_pooled(actor), kind)) or ()
            while queue and queue[0].used:
                queue.popleft()
            found = queue[0] if queue and queue[0].what == what else self._elsewhere(kind, what) if what else None
            if found is not None and (found.missing is None or (unread and found.missing == UNREAD)):
                found.used = True
                if what and kind == "http":
                    self._asks(actor, what)
                return found
            asked = f"{kind} {what}".strip()
            if found is not None:
                raise self.refused(f"{asked} of {actor}: {found.missing}")
            instead = f" (it asked for {queue[0].what} there)" if queue and what else ""
            raise self.refused(f"{asked} of {actor} has no recorded answer{instead}")

    def failure(self, kind: str, what: str) -> Answer | None:
        """The running actor's next answer, taken, if it is to this question and says that it failed."""
        with self._lock:
            queue = self._queues.get((_pooled(self.who()), kind)) or ()
            found = next((answer for answer in queue if not answer.used), None)
            if found is None or found.what != what or not (isinstance(found.value, dict) and found.value.get("error")):
                return None
            return self.ask(kind, what)

    def _asks(self, actor: str, what: str) -> None:
        self.asked.append((actor, what))
        self._append(ASKED, f"{actor}\t{what}")

    def _append(self, suffix: str, line: str) -> None:
        if self.file is not None:
            try:
                with open(self.file + suffix, "a", encoding="utf-8") as file:
                    file.write(line + "\n")
            except OSError:
                pass

    def _elsewhere(self, kind: str, what: str) -> Answer | None:
        free = [answer for answer in self._asked.get((kind, what), ()) if not answer.used and answer.missing is None]
        if not free or any((one.value, one.body) != (free[0].value, free[0].body) for one in free):
            return None
        return free[0]

    def clock(self, kind: str, resolution: float) -> Any:
        """The running actor's next reading, never less than the last one of anybody. A clock that is read more often than it was goes on from
        there by the time that passes, in units of `resolution` seconds: that is no guess, it is what clocks do. Raises NotCaptured for one that
        was never read."""
        with self._lock:
            queue = self._queues.get((_pooled(self.who()), kind))
            last, when = self._clocks.get(kind, (None, 0.0))
            now = monotonic()
            if queue:
                reading = queue.popleft().value
            elif last is not None:
                passed = (now - when) / resolution
                reading = last + (passed if type(last) is float else int(passed))
            else:
                raise self.refused(f"{kind} of {self.who()} has no recorded answer")
            reading = reading if last is None else max(last, reading)
            self._clocks[kind] = (reading, now)
            return reading

    def refused(self, text: str) -> NotCaptured:
        """Notes what is missing; gives what is to be raised."""
        with self._lock:
            self.missing.append(text)
            self._append(MISSING, text)
            if len(self.missing) == 1:
                sys.stderr.write(f"causeway: not captured: {text}\n")
        return NotCaptured(f"not captured: {text}")


def _pooled(path: str) -> str:
    return _WORKER.sub(r"\1", path)
