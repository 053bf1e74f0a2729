"""Recorded values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class ValueKind(IntEnum):
    """How a value was captured; numbers are those of the wire (sdk/SPEC.md section 2)."""

    ABSENT = 0
    NONE = 1
    FALSE = 2
    TRUE = 3
    INT32 = 4
    INT64 = 5
    FLOAT = 6
    TEXT = 7
    OBJECT = 8
    TUPLE = 9
    REDACTED = 10
    UNCAPTURED = 11


class Member(str):
    """A member of an enum, by the names of its class and its own, as `State.BUSY`: shown without quotes, and equal to no other str."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Member) and str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__


@dataclass(frozen=True, slots=True)
class ObjectRef:
    """A reference to a recorded object: its `object.id` (process.id << 32 | wire id) and qualified type name."""

    id: int
    type: str


@dataclass(frozen=True, slots=True)
class Value:
    """One captured value.

    `payload` by kind: None for the payload-free kinds; int; float; str, bytes, `Member` or (big) int for TEXT; `ObjectRef` for
    OBJECT; a tuple of `Value` for TUPLE; the reason in words for UNCAPTURED. `full_size` is the true length of a TEXT that was
    cut, else None. Two values are equal if what was captured of them is.
    """

    kind: ValueKind
    payload: int | float | str | bytes | ObjectRef | tuple[Value, ...] | None = None
    full_size: int | None = None

    @property
    def captured(self) -> bool:
        """Whether the value itself is known (an object's identity counts as its value)."""
        return self.kind not in (ValueKind.UNCAPTURED, ValueKind.REDACTED)

    def __str__(self) -> str:
        """The value as shown to people in one line, never longer than about 80 characters."""
        match self.kind:
            case ValueKind.ABSENT:
                return "<absent>"
            case ValueKind.NONE:
                return "None"
            case ValueKind.FALSE:
                return "False"
            case ValueKind.TRUE:
                return "True"
            case ValueKind.REDACTED:
                return "<redacted>"
            case ValueKind.UNCAPTURED:
                return f"<not captured: {self.payload}>" if isinstance(self.payload, str) else "<not captured>"
            case ValueKind.OBJECT:
                assert isinstance(self.payload, ObjectRef)
                return f"<{self.payload.type.removeprefix('builtins.')} #{self.payload.id & 0xFFFFFFFF}>"
            case ValueKind.TUPLE:
                assert isinstance(self.payload, tuple)
                inner = ", ".join(str(v) for v in self.payload)
                return f"({inner},)" if len(self.payload) == 1 else f"({inner})"
            case _:
                text = repr(self.payload)
                if self.full_size is not None or len(text) > 80:
                    return f"{text[:72]}… (length {self.full_size or len(text)})"
                return text
