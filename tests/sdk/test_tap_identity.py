"""An id names one object for ever, though addresses are used again; and nobody's objects live or die differently for it."""

from __future__ import annotations

import collections
import contextvars
import datetime
import decimal
import gc
import itertools
import random
import subprocess
import sys
import threading
import types
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from causeway import _tap
from taps import recording


class Plain: ...


class Slotted:
    __slots__ = ("value",)


class Bare:
    __slots__ = ()


class OfList(list[Any]): ...


class OfDict(dict[Any, Any]): ...


class OfTuple(tuple[Any, ...]):
    __slots__ = ()


class OfInt(int): ...


class Meta(type): ...


class Failure(Exception): ...


Pair = collections.namedtuple("Pair", "a b")


def generator() -> Any:
    yield 1


MAKERS: list[Callable[[], Any]] = [
    *(list, dict, set, bytearray, object, Plain, Slotted, Bare, OfList, OfDict, Failure, MemoryError, KeyError),
    *(collections.deque, collections.OrderedDict),
    *(threading.Lock, threading.RLock, threading.Event, contextvars.copy_context, generator, property, datetime.datetime.now),
    *(lambda: frozenset([1]), lambda: OfTuple((1, 2)), lambda: OfInt(10**6), lambda: Pair(1, 2), lambda: lambda: 0, lambda: tuple(range(12))),
    lambda: collections.defaultdict(list),
    *(lambda: memoryview(b"x"), lambda: range(3, 9), lambda: slice(1, 2), lambda: iter([1]), lambda: [].append),
    *(lambda: Plain().__init__, lambda: weakref.ref(Plain, print), lambda: type("Made", (), {}), lambda: Meta("Made", (), {})),
    lambda: decimal.Decimal("1.5"),
    *(lambda: types.SimpleNamespace(a=1), lambda: types.ModuleType("made"), lambda: map(str, [1]), lambda: 1j + random.random()),
]


def test_an_id_is_never_used_again(tmp_path: Path) -> None:
    chance = random.Random(5)
    kept: dict[int, Any] = {}
    seen: set[int] = set()
    with recording(tmp_path):
        for i in range(40_000):
            thing = None
            thing = chance.choice(MAKERS)()
            number = _tap.object_id(thing)
            assert number and number not in seen, f"{type(thing)} has the id of another object"
            seen.add(number)
            if i % 7 == 0:
                kept[number] = thing
            if len(kept) > 1000:
                old, still = kept.popitem()
                assert _tap.object_id(still) == old
            if i % 10_000 == 0:
                gc.collect()
        assert _tap.statistics()["objects_live"] < 10_000


def test_objects_that_die_in_cycles_or_come_back_to_life(tmp_path: Path) -> None:
    saved: list[Any] = []

    class Phoenix:
        def __del__(self) -> None:
            saved.append(self)

    with recording(tmp_path):
        numbers = set()
        for _ in range(200):
            phoenix, cycle = Phoenix(), [Plain()]
            cycle.append(cycle)  # type: ignore[arg-type]
            numbers |= {_tap.object_id(phoenix), _tap.object_id(cycle), _tap.object_id(cycle[0])}
            del phoenix, cycle
        gc.collect()
        assert len(numbers) == 600
        back = {_tap.object_id(phoenix) for phoenix in saved}
        assert len(back) == 200 and back <= numbers, "an object that was resurrected is the same object"


def nested(make: Callable[[Any], Any]) -> None:
    thing: Any = None
    for _ in range(30_000):
        thing = make(thing)
        _tap.object_id(thing)
    del thing


def with_next(thing: Any) -> Plain:
    plain = Plain()
    plain.next = thing  # type: ignore[attr-defined]
    return plain


@pytest.mark.parametrize(
    "make",
    [
        *(lambda x: [x], lambda x: {1: x}, lambda x: (x, 1), with_next, lambda x: OfList([x]), lambda x: iter([x])),
        lambda x: [{1: collections.deque([with_next(x)])}],
    ],
    ids=["list", "dict", "tuple", "instance", "subclass", "iterator", "mixed"],
)
def test_deep_structures_still_die_without_exhausting_the_stack(tmp_path: Path, make: Callable[[Any], Any]) -> None:
    with recording(tmp_path):
        nested(make)


def test_classes_can_still_be_assigned(tmp_path: Path) -> None:
    class A: ...

    class B: ...

    class C(A): ...

    class D(B): ...

    class Module(types.ModuleType): ...

    with recording(tmp_path):
        a, c, module = A(), C(), types.ModuleType("m")
        for thing in (a, c, module):
            _tap.object_id(thing)
        a.__class__ = B  # type: ignore[assignment]
        C.__bases__ = (B,)
        D.__bases__ = (A,)
        module.__class__ = Module
        b = B()
        b.__class__ = A  # type: ignore[assignment]
    assert type(a) is B and type(module) is Module and C.__mro__[1] is B


def test_types_made_after_the_recording_began_are_accepted(tmp_path: Path) -> None:
    """Types that inherit tp_free and add garbage collection are refused by the interpreter unless it is the default one."""
    script = (
        "import sys\n"
        "from causeway import _tap\n"
        "_tap.start(sys.argv[1], 'full', '{}')\n"
        "for thing in [object(), set(), [], {}, ValueError(), bytearray(), (), type]: _tap.object_id(thing)\n"
        "import _pickle, _decimal, _sqlite3, _ssl, _ctypes, _json, _zoneinfo, xml.etree.ElementTree, numpy\n"
        "_tap.stop()\n"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=True, timeout=240)


def test_without_room_an_object_says_so(tmp_path: Path) -> None:
    """Half a million live objects have ids; the next one has none, and gets one when others have died."""
    with recording(tmp_path):
        crowd = [object() for _ in range(500_000)]
        assert all(_tap.object_id(thing) for thing in itertools.islice(crowd, 400_000))
        more = [_tap.object_id(thing) for thing in crowd[400_000:]]
        assert more[0] and not more[-1]
        crowd.clear()
        assert _tap.object_id(Plain())


HOSTILE = '''
import sys
calls = []

class Meta(type):
    def __getattribute__(self, name):
        calls.append(name)
        return type.__getattribute__(self, name)

class Hostile(metaclass=Meta):
    def __init__(self): self.x = 1
    @property
    def __class__(self): calls.append("__class__"); return int
    def __getattribute__(self, name): calls.append(name); return object.__getattribute__(self, name)
    def __hash__(self): calls.append("hash"); raise RuntimeError
    def __eq__(self, other): calls.append("eq"); raise RuntimeError
    def __repr__(self): calls.append("repr"); return "x" * 10**9
    __str__ = __repr__
    def __len__(self): calls.append("len"); return 10**9
    def __bool__(self): calls.append("bool"); raise RuntimeError
    def __iter__(self): calls.append("iter"); raise RuntimeError
    def __index__(self): calls.append("index"); return 0

class Text(str):
    def __hash__(self): calls.append("hash"); return str.__hash__(self)
    def __eq__(self, other): calls.append("eq"); return True

class Listy(list):
    def __len__(self): calls.append("len"); return 5
    def __iter__(self): calls.append("iter"); return iter(())
    def __getitem__(self, i): calls.append("getitem"); return 0

class Mappy(dict):
    def __len__(self): calls.append("len"); return 5
    def __iter__(self): calls.append("iter"); return iter(())
    def keys(self): calls.append("keys"); return ()

class Collides:
    def __hash__(self): return hash("__module__")
    def __eq__(self, other): calls.append("eq"); return False

class Descriptor:
    def __get__(self, instance, owner): calls.append("get"); return 3
    def __set__(self, instance, value): calls.append("set")

class Described:
    a = Descriptor()

class Zone(__import__("datetime").tzinfo):
    def __repr__(self): calls.append("repr"); return "x"

class Failing(Exception):
    def __str__(self): calls.append("str"); return "x"

class Halfway:
    def __del__(self):
        del local[self]
        calls.clear()

described = Described()
described.__dict__["a"] = 1
import datetime
values = [Hostile(), Text("abc"), Listy([1, Hostile()]), Mappy({1: Hostile()}), Collides(), {Collides(): 1},
          datetime.datetime(2020, 1, 1, tzinfo=Zone()), Failing(Hostile()), (Hostile(), (1, 2)), {Hostile}, described, [Hostile()] * 100]
from causeway import _tap
_tap.start(sys.argv[1], "full", "{}")
base = _tap.add_sites(10, "k")
local, leave = _tap.make("local", base, "x"), _tap.make("return", base)
_tap.actor(2, None, "other", "")
calls.clear()
for value in values:
    del local[value]
    assert leave @ value is value
    for name in ("x", "a", "__class__"):
        assert _tap.make("owner", base, name) @ value is value
    for kind in ("read", "iterate", "yield", "resume", "walrus"):
        assert _tap.make(kind, base) @ value is value
    _tap.object_id(value)
try:
    raise values[7]
except Failing:
    ~_tap.make("unwind", base)
    ~_tap.make("handler", base)
assert not calls, calls
halfway = Halfway()
del local[halfway]
del halfway
_tap.stop()
'''


def test_no_code_of_the_program_runs(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", HOSTILE, str(tmp_path)], check=True, timeout=240)
