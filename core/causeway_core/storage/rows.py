"""Rows of a recording that no other ring gives a meaning of its own: read as they are stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from causeway_core.model.at import At, make_at


@dataclass(frozen=True, slots=True)
class Launch:
    """How the recorded program was started, as far as a re-run needs it besides command and folder; empty where it is not known.

    replayable: what came from outside was kept · drive: the command that sends it requests once it listens.
    """

    python: str = ""
    flags: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    replayable: bool = False
    drive: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Meta:
    """Facts about a recording itself (table `meta`). Times in ns; `created_ns` since the epoch."""

    schema_version: int
    state: str
    command: tuple[str, ...]
    cwd: str
    root: str
    created_ns: int
    duration_ns: int | None
    exit_code: int | None
    detail: str
    causeway_version: str
    events: int
    merged_from: tuple[str, ...]
    launch: Launch = Launch()
    reset: str = ""
    """The shell command that brings back what a run starts from, if it was given with `--reset`."""
    explored: bool = False
    """Whether orders of it were explored."""


@dataclass(frozen=True, slots=True)
class Stream:
    """An operating system thread's sequence of records."""

    id: int
    process: int
    number: int
    words: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of one stream, without its data. `order_first` and `order_last` are run numbers of the stream's process."""

    stream: int
    first: int
    words: int
    events: int
    order_first: int
    order_last: int

    @property
    def first_at(self) -> At:
        """The first event."""
        return make_at(self.stream, self.first)

    @property
    def end(self) -> int:
        """The position after the last word."""
        return self.first + self.words


@dataclass(frozen=True, slots=True)
class Run:
    """A maximal stretch of one stream in the total order of its process; it begins at `at`, `ts` in monotonic ns."""

    process: int
    number: int
    at: At
    ts: int


@dataclass(frozen=True, slots=True)
class Sync:
    """A synchronization operation; `op` is the lower-case name of a `wire.kinds.SyncOp`, `flags` a `SyncFlag`, `object` an object.id."""

    id: int
    at: At
    actor: int
    op: str
    flags: int
    object: int | None
    extra: int
    ts: int


@dataclass(frozen=True, slots=True)
class Obj:
    """An object with identity. `label` is a name for people ("Bank.lock"), `owner` the object that first held it."""

    id: int
    type: str
    first_at: At
    label: str | None
    owner: int | None


@dataclass(frozen=True, slots=True)
class ExceptionRow:
    """An exception that left or was caught in woven code; `fate` is raised, caught, uncaught, unretrieved or cancelled."""

    id: int
    at: At
    actor: int
    object: int | None
    type: str
    message: str
    site: int
    line: int
    fate: str


@dataclass(frozen=True, slots=True)
class Span:
    """A `causeway.trace()` block or a request at a boundary; times in wall clock ns."""

    id: int
    span_id: str
    trace_id: str
    parent_id: str | None
    name: str
    actor: int
    first_at: At
    last_at: At | None
    started_ns: int
    ended_ns: int | None
    status: str | None
    attributes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """A message between processes or services; a side that is not in this recording is None."""

    id: int
    key: str
    trace_id: str | None
    send_at: At | None
    receive_at: At | None
    carrier: str


@dataclass(frozen=True, slots=True)
class Io:
    """A boundary event other than SQL; a begin and its end share `key` within a process."""

    id: int
    at: At
    actor: int
    op: str
    phase: str
    key: int
    attributes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sql:
    """A database statement; `at` is the event of its end. `rows` are (table, key…) lists; times in monotonic ns."""

    id: int
    at: At
    actor: int
    system: str
    connection: int
    statement: str
    parameters: Any
    access: str
    rowcount: int | None
    rows: tuple[tuple[Any, ...], ...]
    transaction: int | None
    isolation: str | None
    started_ns: int
    ended_ns: int | None
    error: str | None
    details: Mapping[str, Any] = field(default_factory=dict)
    """`database`, `tables`, `columns`, `given`, `atomic`, `where`, `clauses` (sdk/SPEC.md section 6), as far as known."""


@dataclass(frozen=True, slots=True)
class Log:
    """A log record, custom event or piece of output; `kind` is log, custom, stdout or stderr."""

    id: int
    at: At
    actor: int
    kind: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Something that came from outside: `value` as JSON has it, `body` bytes that belong to it, `missing` why it cannot be given again; time in
    monotonic ns."""

    id: int
    at: At
    actor: int
    kind: str
    what: str
    value: Any
    body: bytes | None
    missing: str | None
    ts: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """An actor that was waiting when the recording ended; `stack` innermost last, as (file, line, function)."""

    actor: int
    object: int | None
    waiting_on: str
    stack: tuple[tuple[str, int, str], ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that was not recorded; `kind` is hook, unseen, torn, lost or limit, `detail` one sentence."""

    id: int
    process: int | None
    at: At | None
    kind: str
    detail: str
