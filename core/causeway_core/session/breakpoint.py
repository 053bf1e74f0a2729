"""Where continue stops."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from causeway_core.model import Mark
from causeway_core.session.place import Place

ExceptionFilter = Literal["uncaught", "raised", "unretrieved", "cancelled", "race", "deadlock"]


@dataclass(frozen=True, slots=True)
class LineBreakpoint:
    """A breakpoint on a line (from 1; `column` from 1 or None) of the file at `path`.

    `hit` is `5`, `>=5`, `%2` (also `==`, `>`, `<`, `<=`). With `log`, it does not stop: `Session.run_logpoints` prints the message, in
    which `{expression}` is replaced, for each hit in the whole recording.
    """

    path: str
    line: int
    column: int | None = None
    condition: str | None = None
    hit: str | None = None
    log: str | None = None


@dataclass(frozen=True, slots=True)
class FunctionBreakpoint:
    """Stops at the first line of functions whose qualified name is, or ends in a part equal to, `name`."""

    name: str
    condition: str | None = None
    hit: str | None = None


@dataclass(frozen=True, slots=True)
class DataBreakpoint:
    """Stops at accesses of a place; `access` says which."""

    place: Place
    access: Literal["read", "write", "readWrite"] = "write"
    condition: str | None = None
    hit: str | None = None


@dataclass(frozen=True, slots=True)
class Verified:
    """The result of setting a breakpoint: `line` is where it really is, `reason` says why it is not `verified`, `hits` counts executions (-1: not
    counted)."""

    verified: bool
    line: int
    reason: str | None = None
    hits: int = -1


@dataclass(frozen=True, slots=True)
class LogLine:
    """One message of a logpoint."""

    mark: Mark
    text: str
    path: str
    line: int
    actor_title: str
