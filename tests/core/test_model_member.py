"""Members of enums as values."""

from __future__ import annotations

from causeway_core.model import Value, ValueKind
from causeway_core.model.value import Member


def test_a_member_is_shown_without_quotes() -> None:
    assert str(Value(ValueKind.TEXT, Member("State.BUSY"))) == "State.BUSY"


def test_a_member_equals_only_the_same_member() -> None:
    busy = Value(ValueKind.TEXT, Member("State.BUSY"))
    assert busy == Value(ValueKind.TEXT, Member("State.BUSY"))
    assert busy != Value(ValueKind.TEXT, Member("State.IDLE"))
    assert busy != Value(ValueKind.TEXT, "State.BUSY") and Value(ValueKind.TEXT, "State.BUSY") != busy
