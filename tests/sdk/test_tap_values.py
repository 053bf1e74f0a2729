"""How values look on the wire, what is bounded, and what is not shown."""

from __future__ import annotations

import datetime
import decimal
import math
import subprocess
import sys
from collections import OrderedDict, defaultdict, deque
from pathlib import Path
from typing import Any

import pytest
from causeway import _tap
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from taps import recording
from wire_reader import ABSENT, REDACTED, Process, Ref, TextRef, read_one


def locals_of(spool: Path, *values: Any, name: str = "x", **options: object) -> tuple[Process, list[Any]]:
    """Binds each value to a local and gives what was written."""
    with recording(spool, **options) as tape:
        local = tape.tap("local", 1, name)
        for value in values:
            del local[value]
    return tape.process, tape.values("LOCAL")


def contents(process: Process, ref: Ref) -> list[Any]:
    """What the last snapshot of an object holds."""
    return [tuple(map(process.plain, i)) if isinstance(i, tuple) else process.plain(i) for i in process.snapshots(ref.id)[-1].items]


texts = st.text(max_size=40) | st.binary(max_size=40)
scalars = st.none() | st.booleans() | st.floats() | texts | st.integers() | st.integers(min_value=-(2**200), max_value=2**200)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(scalars | st.tuples(scalars, scalars) | st.lists(scalars, max_size=7).map(tuple), max_size=40))
def test_scalars_and_small_tuples_come_back_equal(values: list[Any], tmp_path_factory: pytest.TempPathFactory) -> None:
    _, back = locals_of(tmp_path_factory.mktemp("spool"), *values)
    assert list(map(marked, back)) == list(map(marked, values))


def marked(value: Any) -> Any:
    """Equality that tells 1 from True and 1.0, and knows nan and -0.0."""
    if isinstance(value, tuple):
        return tuple(map(marked, value))
    if isinstance(value, float):
        return "float", math.copysign(1, value), "nan" if math.isnan(value) else abs(value)
    return type(value).__name__, value


def test_borders_of_int(tmp_path: Path) -> None:
    numbers = [2**30 - 1, 2**30, -(2**30), 2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**60, 10**1000]
    _, back = locals_of(tmp_path, *numbers)
    assert back == numbers


def test_what_is_too_large_says_so(tmp_path: Path) -> None:
    before = sys.get_int_max_str_digits()
    try:
        sys.set_int_max_str_digits(640)
        process, back = locals_of(tmp_path, 10**1_000_000, 10**1000, "x" * 10_000_000, b"\xff" * 5000, "é" * 5000)
    finally:
        sys.set_int_max_str_digits(before)
    assert back[:2] == ["UNCAPTURED(1)"] * 2
    assert [len(t) for t in back[2:]] == [4096, 2048, 2047]
    assert [t.full for t in process.of("TEXT") if t.id in {r.value.id for r in process.of("LOCAL")[2:]}] == [10_000_000, 5000, 5000]


def test_lone_surrogates_are_replaced(tmp_path: Path) -> None:
    _, back = locals_of(tmp_path, "a\ud800b", "\udcff")
    assert back == ["a\ufffdb", "\ufffd"]


def test_equal_texts_are_written_once(tmp_path: Path) -> None:
    process, back = locals_of(tmp_path, "causeway-" + "text", "".join(["causeway", "-text"]), b"causeway-text")
    assert back == ["causeway-text", "causeway-text", b"causeway-text"]
    assert len([t for t in process.of("TEXT") if t.text == "causeway-text"]) == 2


def test_many_texts_get_fresh_ids_when_the_table_starts_over(tmp_path: Path) -> None:
    texts = [f"text number {i}" for i in range(70_000)]
    process, back = locals_of(tmp_path, *texts, *texts[:10])
    assert back == texts + texts[:10]
    ids = [t.id for t in process.of("TEXT")]
    assert len(ids) == len(set(ids))


class Text(str):
    __slots__ = ()


class Point:
    def __init__(self) -> None:
        self.x = 1
        self.name = "origin"
        self.next: Any = None


class Slots:
    __slots__ = ("a", "b", "c")

    def __init__(self) -> None:
        self.a, self.b = 1, "two"


class SlotsAndDict(Slots):
    def __init__(self) -> None:
        super().__init__()
        self.d = 4.5


def test_snapshots_of_containers(tmp_path: Path) -> None:
    things: list[Any] = [
        [1, "a"],
        {"k": 1, 2: None},
        {7},
        frozenset(["f"]),
        deque([1, 2], maxlen=2),
        bytearray(b"ab"),
        OrderedDict(a=1),
        defaultdict(list, {"d": 2}),
        tuple(range(9)),
        list(range(100)),
    ]
    process, back = locals_of(tmp_path, *things)
    shown = [contents(process, ref) for ref in back]
    assert shown[:9] == [[1, "a"], [("k", 1), (2, None)], [7], ["f"], [1, 2], [97, 98], [("a", 1)], [("d", 2)], list(range(9))]
    last = process.snapshots(back[9].id)[0]
    assert (len(last.items), last.full) == (32, 100)
    assert [process.types[process.snapshots(r.id)[0].type] for r in back[:4]] == [
        ("builtins.list", 1),
        ("builtins.dict", 2),
        ("builtins.set", 4),
        ("builtins.frozenset", 4),
    ]


def test_snapshots_of_instances(tmp_path: Path) -> None:
    point, slots, both = Point(), Slots(), SlotsAndDict()
    process, back = locals_of(tmp_path, point, slots, both, Text("abc"))
    assert dict(contents(process, back[0])) == {"x": 1, "name": "origin", "next": None}
    assert dict(contents(process, back[1])) == {"a": 1, "b": "two"}
    assert dict(contents(process, back[2])) == {"a": 1, "b": "two", "d": 4.5}
    assert all(isinstance(v, Ref) for v in back)


def test_an_instance_with_a_dictionary_is_read_too(tmp_path: Path) -> None:
    point = Point()
    point.__dict__["extra"] = 5
    process, back = locals_of(tmp_path, point)
    assert dict(contents(process, back[0])) == {"x": 1, "name": "origin", "next": None, "extra": 5}


def test_labels(tmp_path: Path) -> None:
    async def coroutine() -> None: ...

    running = coroutine()
    things = [math, Point, test_labels, len, Point().__init__, running, datetime.date(2020, 1, 2), decimal.Decimal("1.50")]  # type: ignore[misc]
    things += [range(3), 2j, ValueError("sorry")]
    process, back = locals_of(tmp_path, *things)
    running.close()
    shown = [contents(process, ref)[0] for ref in back]
    assert shown == [
        "math",
        "test_tap_values.Point",
        "test_labels",
        "len",
        "Point.__init__",
        "test_labels.<locals>.coroutine",
        "datetime.date(2020, 1, 2)",
        "Decimal('1.50')",
        "range(0, 3)",
        "2j",
        "sorry",
    ]


def test_nested_containers_are_shown_to_a_depth_and_in_full_when_met(tmp_path: Path) -> None:
    inmost = ["inmost"]
    middle = [[[inmost]]]
    process, back = locals_of(tmp_path, [middle], inmost)
    (outer,) = contents(process, back[0])
    (second,) = contents(process, outer)
    (third,) = contents(process, second)
    assert contents(process, back[1]) == ["inmost"]
    assert isinstance(third, Ref) and process.snapshots(back[1].id)[0].id == back[1].id


LIBRARY = """
import sys
from causeway import _tap

class Box:
    def __init__(self, content): self.content, self.size = content, 1

class Shelf(Box): pass

Box.__module__, Shelf.__module__ = "library", "program"
_tap.start(sys.argv[1], "full", "{}")
base = _tap.add_sites(4, "k", "program")
local, read = _tap.make("local", base, "x"), _tap.make("local", base + 1, "y")
kept = [Box([["deep"]]), Shelf(Box(["deep too"])), Shelf([["shelved"]])]
for thing in kept: del local[thing]
del read[kept[0].content]
_tap.stop()
"""


def test_what_a_library_object_holds_is_looked_at_when_the_program_reads_it(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", LIBRARY, str(tmp_path)], check=True, timeout=120)
    process = read_one(tmp_path)
    box, shelf, deep_shelf, content = [record.value for record in process.of("LOCAL")]

    def form(ref: Ref) -> list[int]:
        return [record.form for record in process.snapshots(ref.id)]

    inside = dict(contents(process, box))
    assert inside["size"] == 1 and inside["content"].id == content.id
    assert form(content) == [0, 1], "named with its type at first, then shown in full"
    boxed = dict(contents(process, shelf))["content"]
    assert form(boxed) == [4] and form(dict(contents(process, boxed))["content"]) == [0]
    (inner,) = contents(process, dict(contents(process, deep_shelf))["content"])
    assert contents(process, inner) == ["shelved"]


def test_cycles_end(tmp_path: Path) -> None:
    loop: list[Any] = []
    loop.append({"me": loop})
    process, back = locals_of(tmp_path, loop)
    (inner,) = contents(process, back[0])
    assert contents(process, inner) == [("me", back[0])]


@pytest.mark.parametrize(
    "name",
    [
        *("password", "user_passwd", "PASSPHRASE", "client_secret", "accessToken", "Authorization", "api_key", "apiKey", "API-KEY"),
        *("my_credentials", "cookies", "private_key", "sessionId"),
    ],
)
def test_secret_names(tmp_path: Path, name: str) -> None:
    _, back = locals_of(tmp_path, "hunter2", 1234, b"x", 1.5, None, True, ("a", "b"), name=name)
    assert back == [REDACTED] * 4 + [None, True, (REDACTED, REDACTED)]


@pytest.mark.parametrize("name", ["passenger", "author", "keyboard", "api", "monkey", "session", "private", "x"])
def test_names_that_are_not_secret(tmp_path: Path, name: str) -> None:
    assert locals_of(tmp_path, "open", name=name)[1] == ["open"]


def test_secrets_inside_containers(tmp_path: Path) -> None:
    canary = "canary-5f2c"

    class Login:
        def __init__(self) -> None:
            self.password = canary
            self.user = "me"

    headers = {"Authorization": canary, "Accept": "*/*"}
    items: dict[str, Any] = {}
    secrets = [canary]
    with recording(tmp_path, other_actors=True) as tape:
        local = tape.tap("local", 1, "x")
        login = Login()
        del local[login]
        _tap.object_id(login)  # others may read it now
        del local[headers]
        del tape.tap("local", 2, "passwords")[secrets]
        tape.tap("method", 3, "append")[secrets](canary)
        tape.tap("item", 4)[secrets, 0] = canary
        tape.tap("item", 4)[items, "api_key"] = canary
        tape.tap("attr", 5, "token")[login] = canary
        tape.tap("method", 6, "setdefault")[items]("secret", canary)
        tape.tap("method", 7, "get")[items]("api_key")
        tape.tap("owner", 8, "password") @ login
        tape.tap("global", 9, "SECRET_KEY") @ canary
        tape.tap("return", 9, "get_token") @ canary
    process = tape.process
    assert not any(canary.encode() in segment.read_bytes() for segment in tmp_path.glob("*.seg"))
    assert [process.plain(r.value) for r in process.of("SETITEM", "SETATTR", "GETATTR")] == [REDACTED] * 4
    assert ("Accept", "*/*") in contents(process, process.of("LOCAL")[1].value)


def test_texts_that_are_credentials_by_themselves(tmp_path: Path) -> None:
    token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVP"
    texts = ["Bearer abcdefghijklmnop", "Basic dXNlcjpwYXNzd29yZA==", token, "-----BEGIN RSA PRIVATE KEY-----\nMIIE"]
    _, back = locals_of(tmp_path, *texts, "Bearer of good news today", "eyJ is no token at all")
    assert back == [REDACTED] * 4 + ["Bearer of good news today", "eyJ is no token at all"]


def test_patterns_of_the_user_and_no_sanitizing(tmp_path: Path) -> None:
    try:
        assert locals_of(tmp_path / "a", "x", name="iban_number", exclude_patterns=["iban"])[1] == [REDACTED]
        assert locals_of(tmp_path / "b", "x", name="password", sanitize_values=False)[1] == ["x"]
    finally:
        _tap.configure(sanitize_values=True, exclude_patterns=[])


def test_absent_and_text_of_the_hooks(tmp_path: Path) -> None:
    with recording(tmp_path) as tape:
        number = _tap.text("given by a hook")
        ~tape.tap("unbind", 1, "x")
    assert tape.process.texts[number] == "given by a hook"
    assert tape.values("LOCAL") == [ABSENT]
    assert isinstance(TextRef(1), TextRef)
