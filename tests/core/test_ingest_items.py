"""What the recording knows of the items of mappings: keys that compare by value, and methods that touch items without being told which."""

from __future__ import annotations

from pathlib import Path

import pytest
from causeway_core.storage import Recording

from tests.support.proofs import record

PROGRAM = """
import asyncio
import dataclasses
from collections import OrderedDict, namedtuple


@dataclasses.dataclass(frozen=True)
class Point:
    x: int
    y: str


Pair = namedtuple("Pair", "x y")


class Call:
    def __init__(self, args, named):
        self.args, self.named = args, named

    def __eq__(self, other):
        return (self.args, self.named) == (other.args, other.named)

    def __hash__(self):
        return hash(self.args)


class Plain:
    pass


store = OrderedDict()


async def one():
    {one}
    await asyncio.sleep(0)


async def two():
    {two}


async def main():
    await asyncio.gather(one(), two())


asyncio.run(main())
"""

ITEMS = "kind = 'item' AND location.name LIKE 'store[%'"


def accesses(tmp_path: Path, one: str, two: str) -> list[tuple[str, str]]:
    """The accesses of items of `store` that both tasks touched: its kind and the value."""
    program = tmp_path / "program.py"
    program.write_text(PROGRAM.replace("{one}", one).replace("{two}", two))
    assert record([str(program)], tmp_path / "run.causeway", root=tmp_path) == 0
    with Recording.open(tmp_path / "run.causeway") as recording:
        rows = recording.query(f"SELECT op, value FROM access JOIN location ON location.id = location WHERE {ITEMS} ORDER BY access.id").rows
        return [(str(op), str(value)) for op, value in rows]


@pytest.mark.parametrize(
    "key", ["Point(1, 'a')", "Pair(1, 'a')", "Call((1, 2), {'k': 3})", "((1, 2), frozenset({('k', 3)}))", "(1, tuple([2, tuple([3])]))", "'text'"]
)
def test_equal_keys_are_one_item(tmp_path: Path, key: str) -> None:
    assert accesses(tmp_path, f"store[{key}] = 1", f"{key} in store") == [("write", "1"), ("test", "True")]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Point(1, 'a')", "Point(1, 'b')"),
        ("Call((1,), {})", "Call((2,), {})"),
        ("Plain()", "Plain()"),
        ("Pair(1, 2)", "Pair(2, 1)"),
        ("Pair(1, 2)", "Point(1, 2)"),
    ],
)
def test_other_keys_are_other_items(tmp_path: Path, one: str, two: str) -> None:
    assert not accesses(tmp_path, f"store[{one}] = 1", f"{two} in store")


@pytest.mark.parametrize(
    ("change", "access"),
    [
        ("store.popitem(last=False)", ("delete", "('k', 1)")),
        ("store.clear()", ("delete", "None")),
        ("store.update({'k': 2})", ("write", "2")),
        ("store.update(k=3)", ("write", "3")),
        ("store.pop('k')", ("delete", "1")),
    ],
)
def test_methods_tell_which_items_they_touch(tmp_path: Path, change: str, access: tuple[str, str]) -> None:
    assert access in accesses(tmp_path, "store['k'] = 1", change)
