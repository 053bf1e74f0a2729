"""Records what came from outside: ANSWER records (sdk/SPEC.md section 10)."""

from __future__ import annotations

import base64
import os
from itertools import count

from causeway import _tap
from causeway.boundary import emit
from causeway.boundary.plain import quote, quote_name
from causeway.hooks.late import on_import
from causeway.outside import LIBRARIES
from causeway.outside.caller import Asker
from causeway.outside.served import SERVERS
from causeway.weave.scope import Scope

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

REPLAYABLE = "CAUSEWAY_REPLAYABLE"
ANSWER = 27
MOST_ANSWERS = 200_000
MOST_BYTES = 64 << 20
LARGEST_BODY = 1 << 20
TOO_LARGE = f"its body is larger than {LARGEST_BODY >> 20} MiB"
"""Why the body of an answer is missing."""
_PART = 12 << 10
"""Bytes of a body in one record: a record holds at most about 30 KiB of text."""


class AnswerRecorder:
    """Writes ANSWER records, from hooks of any thread, until there are too many of them; what is missing then is a GAP."""

    def __init__(self, asker: Asker) -> None:
        self.asker = asker
        self.on_import = on_import
        self._next = count(1).__next__
        self._left = MOST_BYTES
        self._full = False

    def note(self, kind: str, value: Any, what: str = "", *, body: bool = False) -> int:
        """An answer to the running actor: `value` is None, a bool, a finite number, a text, or JSON in a `Json`. `body`: its bytes follow in
        `body()`. Gives its number, 0 when it was not written."""
        if self._full:
            return 0
        number = self._next()
        text = f'{{"id":{number},"kind":{quote_name(kind)},"what":{quote(what)},"value":{_json(value)},"body":{"true" if body else "false"}}}'
        if not self._fits(number, len(text)) or _tap.record(ANSWER, text) < 0:
            return 0
        return number

    def body(self, number: int, data: bytes, missing: str | None = None) -> None:
        """The bytes that belong to answer `number`, whole; or why they cannot be given again."""
        if not number:
            return
        if missing is None and (len(data) > LARGEST_BODY or not self._fits(number, len(data))):
            missing = TOO_LARGE
        if missing is not None:
            _tap.record(ANSWER, f'{{"id":{number},"missing":{quote(missing)}}}')
            return
        for at in range(0, max(len(data), 1), _PART):
            part = base64.b64encode(data[at : at + _PART]).decode("ascii")
            _tap.record(ANSWER, f'{{"id":{number},"part":"{part}","last":{"true" if at + _PART >= len(data) else "false"}}}')

    def _fits(self, number: int, size: int) -> bool:
        self._left -= size
        if number > MOST_ANSWERS or self._left < 0:
            if not self._full:
                self._full = True
                emit.gap("causeway.outside", "more came from outside than is kept to be given again")
            return False
        return True


class Json(str):
    """A text that is JSON already."""

    __slots__ = ()


def _json(value: Any) -> str:
    if isinstance(value, Json):
        return str.__str__(value)
    if value is None or type(value) is bool:
        return {None: "null", True: "true", False: "false"}[value]
    if type(value) is int:
        return int.__repr__(value)
    if type(value) is float:
        return float.__repr__(value)
    return quote(value)


def install() -> None:
    """Records what recorded code gets from outside, from now on; called once, when a replayable recording has begun."""
    from causeway.outside import chance, clocks, variables

    recorder = AnswerRecorder(Asker(Scope.from_environment(os.environ)))
    for record in (clocks.record, chance.record, variables.record):
        _guarded(record, recorder)
    for library, file in (*LIBRARIES, *((server, f"served.{file}") for server, file in SERVERS)):
        on_import(library, _installer(file, recorder))


def _installer(file: str, recorder: AnswerRecorder) -> Callable[[ModuleType], None]:
    from importlib import import_module

    def record(module: ModuleType) -> None:
        try:
            import_module(f"causeway.outside.{file}").record(recorder, module)
        except Exception as error:
            emit.gap(f"causeway.outside.{file}", f"raised {type(error).__name__}")

    return record


def _guarded(record: Callable[[AnswerRecorder, Any], None], recorder: AnswerRecorder) -> None:
    try:
        record(recorder, on_import)
    except Exception as error:
        emit.gap(f"{record.__module__}.record", f"raised {type(error).__name__}")
