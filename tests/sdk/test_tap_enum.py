"""Members of enums are values: they are recorded by name, without any code of the program."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Any

import pytest
from taps import recording
from test_tap_values import contents, locals_of
from wire_reader import REDACTED, Ref


class State(enum.Enum):
    IDLE = "idle"
    BUSY = "busy"

    def __str__(self) -> str:
        raise AssertionError("code of the program")

    __repr__ = __str__

    def __hash__(self) -> int:
        raise AssertionError("code of the program")


class Level(enum.IntEnum):
    LOW = 1


class Unit(enum.StrEnum):
    METRE = "m"


class Right(enum.Flag):
    READ = 1
    WRITE = 2


class Size(tuple[int, int], enum.Enum):
    SMALL = (1, 2)


class Registered(enum.EnumType):
    pass


class Fruit(enum.Enum, metaclass=Registered):
    FIG = 1


class EnumType(type):
    """Has the name of the metaclass of enums, and is none."""


class Impostor(metaclass=EnumType):
    def __init__(self) -> None:
        self._name_ = "ONE"


MEMBERS: dict[str, Any] = {
    "State.BUSY": State.BUSY,
    "Level.LOW": Level.LOW,
    "Unit.METRE": Unit.METRE,
    "Right.READ": Right.READ,
    "Right.READ|WRITE": Right.READ | Right.WRITE,
    "Size.SMALL": Size.SMALL,
    "Fruit.FIG": Fruit.FIG,
}


@pytest.mark.parametrize("text", MEMBERS)
def test_a_member_is_recorded_by_name(text: str, tmp_path: Path) -> None:
    member = MEMBERS[text]
    process, back = locals_of(tmp_path, member, member)
    assert back == [text, text]
    assert [record.type for record in process.of("TEXT") if record.text == text] == [4]


def test_what_is_no_member_stays_an_object(tmp_path: Path) -> None:
    _, back = locals_of(tmp_path, State, Impostor(), Right(0))
    assert all(isinstance(each, Ref) for each in back)


def test_a_member_is_the_same_value_after_its_attributes_were_read(tmp_path: Path) -> None:
    with recording(tmp_path, other_actors=True) as tape:
        bound, owner = tape.tap("local", 1, "state"), tape.tap("owner", 2, "_value_")
        del bound[State.IDLE]
        assert owner @ State.IDLE is State.IDLE
        del bound[State.IDLE]
    assert tape.values("LOCAL") == ["State.IDLE", "State.IDLE"]
    assert tape.values("GETATTR") == ["idle"]


def test_members_inside_containers(tmp_path: Path) -> None:
    process, [outer, pair] = locals_of(tmp_path, [State.IDLE, State.BUSY], (State.BUSY, 1))
    assert contents(process, outer) == ["State.IDLE", "State.BUSY"]
    assert pair == ("State.BUSY", 1)


def test_a_member_under_a_secret_name(tmp_path: Path) -> None:
    assert locals_of(tmp_path, State.BUSY, name="password")[1] == [REDACTED]
