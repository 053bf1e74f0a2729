"""The numbers of the wire format (sdk/SPEC.md sections 2 and 3)."""

from __future__ import annotations

from enum import IntEnum, IntFlag

from causeway_core.model.value import ValueKind

__all__ = [
    "CAPTURE_REASONS",
    "HEADER_SIZE",
    "MAGIC",
    "ActorKindCode",
    "Kind",
    "StepState",
    "SyncFlag",
    "SyncOp",
    "ValueKind",
    "XKind",
]

MAGIC = b"CWSEG\x01\r\n"
HEADER_SIZE = 64


class Kind(IntEnum):
    """Bits 0 to 3 of a record's first word."""

    LINE = 1
    CALL = 2
    RETURN = 3
    UNWIND = 4
    YIELD = 5
    RESUME = 6
    LOCAL = 7
    SETATTR = 8
    SETITEM = 9
    GETATTR = 10
    GETITEM = 11
    SETVAR = 12
    GETVAR = 13
    EXTENDED = 14


class XKind(IntEnum):
    """Bits 4 to 11 of the first word of an extended record."""

    PROCESS = 1
    SITES = 2
    TEXT = 3
    TYPE = 4
    OBJECT = 5
    MUTATE = 6
    ORDER = 7
    ACTOR = 8
    STEP = 9
    STEP_END = 10
    HANDLE = 11
    SYNC = 12
    SPAN = 13
    CUSTOM = 14
    IO = 15
    SQL = 16
    LOG = 17
    RAISE = 18
    MESSAGE = 19
    GAP = 20
    END = 21
    WAITING = 22
    HANDLER = 23
    DROPPED = 24
    OUTPUT = 25
    SHARED = 26
    ANSWER = 27


class SyncOp(IntEnum):
    """Bits 0 to 7 of a SYNC record's first payload word; in the recording, `sync.op` is the name in lower case."""

    ACQUIRED = 1
    RELEASED = 2
    ACQUIRE_REQUEST = 3
    WAIT_BEGIN = 4
    WAIT_END = 5
    NOTIFY = 6
    NOTIFY_ALL = 7
    EVENT_SET = 8
    EVENT_CLEAR = 9
    EVENT_READ = 10
    PUT = 11
    GET = 12
    SEM_ACQUIRED = 13
    SEM_RELEASED = 14
    BARRIER_ARRIVE = 15
    BARRIER_LEAVE = 16
    FORK = 17
    BEGIN = 18
    END = 19
    JOIN = 20
    RESULT_SET = 21
    RESULT_GOT = 22
    EXCEPTION_SET = 23
    CANCEL = 24
    SUBMIT = 25
    RUN = 26
    ACQUIRE_FAILED = 27
    TIMEOUT = 28
    WAKE_THREADSAFE = 29
    PUT_REQUEST = 30
    GET_REQUEST = 31
    EXCEPTION_UNRETRIEVED = 32


SYNC_WORDS = 6
"""Length of a SYNC record."""


class SyncFlag(IntFlag):
    """Bits 8 and up of a SYNC record's first payload word."""

    BLOCKED = 1
    REENTRANT = 2
    ASYNC = 4
    SHARED = 8
    DETACHED = 16


class ActorKindCode(IntEnum):
    """Second payload word of an ACTOR record; in the recording, `actor.kind` is the name in lower case."""

    THREAD = 1
    TASK = 2
    CALLBACK = 3
    PROCESS = 4
    GENERATOR = 5


class StepState(IntEnum):
    """Second payload word of a STEP_END record; in the recording, `step.ending` is the name in lower case."""

    SUSPENDED = 0
    FINISHED = 1
    FAILED = 2
    CANCELLED = 3


class HandleKind(IntEnum):
    """Second payload word of a HANDLE record."""

    CALL_SOON = 1
    TIMER = 2
    IO = 3
    THREADSAFE = 4
    EXECUTOR = 5
    EAGER = 6


CAPTURE_REASONS = {1: "too large", 2: "table full", 3: "hostile", 4: "detail", 5: "disabled", 6: "not looked at"}
"""Why a value is UNCAPTURED, in words."""
