"""What each kind of tap does for the program, and what it writes."""

# ruff: noqa: B018 - the taps are used through operators, as in woven code
from __future__ import annotations

import heapq
import threading
from collections import deque
from pathlib import Path
from typing import Any, ClassVar

import pytest
from causeway import _tap
from taps import recording
from wire_reader import ABSENT, Ref


class Account:
    kind = "giro"
    owner = None

    def __init__(self, balance: int = 0) -> None:
        self.balance = balance

    @property
    def computed(self) -> int:
        raise AssertionError("a property was run")

    def method(self) -> None: ...


class Slotted:
    __slots__ = ("balance",)


def test_a_call_is_its_frame_its_lines_and_its_result(tmp_path: Path) -> None:
    with recording(tmp_path) as tape:
        call, line, leave = tape.tap("call", 1), tape.tap("line", 2), tape.tap("return", 3)

        def double(n: int) -> int:
            assert ~call is True
            assert ~line is True
            return leave @ (n * 2)

        assert double(21) == 42
    names = [r.name for r in tape.process.records]
    assert names[-4:] == ["CALL", "LINE", "RETURN", "END"]
    assert tape.values("RETURN") == [42]
    assert [r.site - tape.base for r in tape.process.of("CALL", "LINE", "RETURN")] == [1, 2, 3]


def test_a_stream_begins_with_its_actor_the_order_and_the_process(tmp_path: Path) -> None:
    with recording(tmp_path) as tape:
        pass
    first = tape.process.records[:4]
    assert [r.name for r in first] == ["ACTOR", "ORDER", "PROCESS", "SITES"]
    assert (first[0].kind, first[0].label, first[1].order) == (1, "MainThread", 1)


def test_two_activations_of_one_function_have_different_frames(tmp_path: Path) -> None:
    with recording(tmp_path) as tape:
        call = tape.tap("call")

        def down(n: int) -> None:
            ~call
            if n:
                down(n - 1)

        down(2)
    frames = [r.word for r in tape.process.of("CALL")]
    assert len(set(frames)) == 3


def test_generator_frame_is_the_same_at_every_resumption(tmp_path: Path) -> None:
    with recording(tmp_path) as tape:
        call, give, back = tape.tap("call"), tape.tap("yield", 1), tape.tap("resume", 2)

        def echo() -> Any:
            ~call
            heard = back @ (yield give @ "first")
            back @ (yield give @ heard)

        e = echo()
        assert next(e) == "first"
        assert e.send("again") == "again"
    process = tape.process
    assert [(r.name, process.plain(r.value)) for r in process.of("YIELD", "RESUME")] == [("YIELD", "first"), ("RESUME", "again"), ("YIELD", "again")]
    assert len({r.word for r in process.of("CALL", "YIELD", "RESUME")}) == 1


def test_locals_are_written_with_consecutive_sites(tmp_path: Path) -> None:
    with recording(tmp_path) as tape:
        three = tape.tap("locals", 5, ("a", "password", "c"))
        a, b, c = 1, "hunter2", None
        del three[a, b, c]
        assert three @ (a, b, c) is True
        ~tape.tap("unbind", 9)
    written = [(r.site - tape.base, tape.process.plain(r.value)) for r in tape.process.of("LOCAL")]
    assert written == [(5, 1), (6, "REDACTED"), (7, None)] * 2 + [(9, ABSENT)]


def test_globals_and_cells(tmp_path: Path) -> None:
    with recording(tmp_path, other_actors=True) as tape:
        g, c, new = tape.tap("global", 1, "g"), tape.tap("cell", 2, "c"), tape.tap("newcell")
        first, second = ~new, ~new
        assert first != second
        del g[10]
        assert g @ 10 == 10
        assert tape.tap("walrus", 3, "w", 1) @ 11 == 11
        ~tape.tap("unbind", 4, "g", 1)
        del c[second, "x"]
        assert c @ (second, "x") == "x"
    written = [(r.name, r.word, tape.process.plain(r.value)) for r in tape.process.of("SETVAR", "GETVAR")]
    globals_ = [("SETVAR", 0, 10), ("GETVAR", 0, 10), ("SETVAR", 0, 11), ("SETVAR", 0, ABSENT)]
    assert written == [*globals_, ("SETVAR", second, "x"), ("GETVAR", second, "x")]


def test_attribute_writes(tmp_path: Path) -> None:
    account = Account(5)
    with recording(tmp_path) as tape:
        balance = tape.tap("attr", 1, "balance")
        balance[account] = 6
        balance[account] += 1
        assert account.balance == 7
        del balance[account]
        assert not hasattr(account, "balance")
        with pytest.raises(AttributeError, match="has no attribute 'balance'"):
            balance[object()] = 1
    (snapshot,) = [r for r in tape.process.of("OBJECT") if r.form == 4]
    assert tape.values("SETATTR") == [6, 7, ABSENT]
    assert {r.word for r in tape.process.of("SETATTR")} == {snapshot.id}
    assert [tuple(map(tape.process.plain, pair)) for pair in snapshot.items] == [("balance", 5)]
    assert tape.process.types[snapshot.type][0].endswith("test_tap_records.Account")


class Kept:
    """What its `__setattr__` keeps is elsewhere, but for what it has a default of."""

    mode = "plain"
    context: ClassVar[dict[str, Any]] = {}

    def __getattr__(self, name: str) -> Any:
        return self.context[name]

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "own":
            object.__setattr__(self, name, value)
        else:
            self.context[name] = value

    def __delattr__(self, name: str) -> None:
        del self.context[name]


def test_what_an_object_keeps_elsewhere_is_no_attribute_of_it(tmp_path: Path) -> None:
    kept = Kept()
    with recording(tmp_path, other_actors=True) as tape:
        for name in ("made_up", "own", "mode"):
            tape.tap("attr", 1, name)[kept] = 5
        for name in ("made_up", "own"):
            tape.tap("attr", 2, name)[kept] += 1
        del tape.tap("attr", 3, "made_up")[kept]
        assert kept.context == {"mode": 5} and kept.own == 6
    assert tape.values("SETATTR") == [5, 5, 6]
    assert [(r.site - tape.base, tape.process.plain(r.value)) for r in tape.process.of("SETATTR", "GETATTR")] == [(1, 5), (1, 5), (2, 5), (2, 6)]


class Settings(threading.local):
    """Each thread has its own, though the class gives a default."""

    depth = 0
    __slots__ = ("shared",)


def test_what_a_thread_keeps_for_itself_is_no_attribute_of_the_thread_local(tmp_path: Path) -> None:
    settings = Settings()
    with recording(tmp_path, other_actors=True) as tape:
        tape.tap("attr", 1, "depth")[settings] += 1
        tape.tap("stored", 2, "depth")[settings] = 2
        tape.tap("attr", 3, "shared")[settings] = 5
    assert [tape.process.plain(r.value) for r in tape.process.of("SETATTR", "GETATTR")] == [5]


def test_reads_are_looked_at_without_running_code(tmp_path: Path) -> None:
    account, slotted = Account(5), Slotted()
    slotted.balance = 8
    with recording(tmp_path, other_actors=True) as tape:
        assert tape.tap("owner", 1, "balance") @ slotted is slotted
        for name in ["balance", "computed", "method", "missing", "kind"]:
            assert tape.tap("owner", 1, name) @ account is account
        owners = [_tap.object_id(slotted), _tap.object_id(account), _tap.object_id(account), _tap.object_id(Account)]
    reads = tape.process.of("GETATTR")
    assert [tape.process.plain(r.value) for r in reads] == [8, 5, ABSENT, "giro"]
    assert [r.word for r in reads] == owners


def test_a_default_that_the_class_gives_is_read_of_the_instance_and_of_the_class(tmp_path: Path) -> None:
    account = Account(5)
    with recording(tmp_path, other_actors=True) as tape:
        owner = tape.tap("owner", 1, "owner")
        assert owner @ account is account and owner @ account is account
        owners = [_tap.object_id(account), _tap.object_id(Account)]
    reads = tape.process.of("GETATTR")
    assert [(r.word, tape.process.plain(r.value)) for r in reads] == [(owners[0], None), (owners[1], None)]


def test_a_read_is_recorded_once_an_epoch(tmp_path: Path) -> None:
    account = Account(5)
    with recording(tmp_path, other_actors=True) as tape:
        balance = tape.tap("owner", 1, "balance")
        for _ in range(3):
            balance @ account
        _tap.sync(8, account)
        balance @ account
    assert len(tape.process.of("GETATTR")) == 2


def test_reads_of_what_only_one_actor_knows_are_left_out_until_it_is_handed_over(tmp_path: Path) -> None:
    with recording(tmp_path, other_actors=True) as tape:
        read, item = tape.tap("read", 1), tape.tap("item", 2)
        mine = [1, 2]
        del tape.tap("local", 3, "mine")[mine]
        assert read @ mine is mine
        assert item @ (mine, 0) == 1
        item[mine, 0] = 9
        _tap.actor(2, None, "child", "")
        read @ mine
        item @ (mine, 0)
    assert [r.key for r in tape.process.of("GETITEM")] == [ABSENT, 0]
    assert [r.key for r in tape.process.of("SETITEM")] == [0]


def test_items(tmp_path: Path) -> None:
    shared: dict[str, Any] = {}
    numbers = [1, 2, 3]
    with recording(tmp_path, other_actors=True) as tape:
        item, contains = tape.tap("item", 1), tape.tap("contains", 2)
        item[shared, "k"] = (1, "two")
        assert item @ (shared, "k") == (1, "two")
        with pytest.raises(KeyError, match="missing"):
            item @ (shared, "missing")
        assert contains @ ("k", shared) is True
        assert contains @ ("q", shared) is False
        item[numbers, -1] += 1
        assert numbers == [1, 2, 4]
        del item[numbers, 0]
        item[numbers, 0:1] = [7, 8]
    process = tape.process
    plain = process.plain
    writes = [(plain(r.key), plain(r.value)) for r in process.of("SETITEM")]
    assert writes[:3] == [("k", (1, "two")), (2, 4), (0, ABSENT)]
    assert writes[3][0] == (0, 1, None) and isinstance(writes[3][1], Ref)
    reads = [(plain(r.key), plain(r.value)) for r in process.of("GETITEM") if r.key != 2]
    assert reads == [("k", (1, "two")), ("missing", ABSENT), ("k", True), ("q", False)]
    (list_id,) = {r.word for r in process.of("SETITEM")[1:]}
    assert process.snapshots(list_id)[-1].items == [7, 8, 4], "a slice is followed by a new snapshot"


def test_container_methods(tmp_path: Path) -> None:
    numbers: list[int] = [3]
    queue: deque[str] = deque(["a"])
    with recording(tmp_path) as tape:
        assert tape.tap("method", 1, "append")[numbers](1) is None
        assert tape.tap("method", 2, "pop")[numbers](0) == 3
        assert tape.tap("method", 3, "extend")[numbers](range(9, 6, -1)) is None
        tape.tap("method", 4, "sort")[numbers](reverse=False)
        assert tape.tap("method", 5, "popleft")[queue]() == "a"
        tape.tap("mutated", 6, "heappush")[heapq.heappush](numbers, 0)
        assert numbers == [0, 1, 8, 9, 7]
    process = tape.process
    done = [(r.site - tape.base, [process.plain(a) for a in r.args], process.plain(r.result)) for r in process.of("MUTATE")]
    assert done[0] == (1, [1], None) and done[1] == (2, [0], 3) and done[4] == (5, [], "a") and done[5] == (6, [0], None)
    list_id = process.of("MUTATE")[0].owner
    assert [s.items for s in process.snapshots(list_id)] == [[3], [1, 9, 8, 7], [1, 7, 8, 9], [0, 1, 8, 9, 7]]


def test_a_method_of_the_users_own_is_only_loaded(tmp_path: Path) -> None:
    class Log(list):  # type: ignore[type-arg]
        def append(self, value: object) -> None:
            super().append(("logged", value))

    log = Log()
    with recording(tmp_path) as tape:
        tape.tap("method", 1, "append")[log](1)
    assert log == [("logged", 1)] and not tape.process.of("MUTATE")


def test_method_names_that_only_read(tmp_path: Path) -> None:
    shared = {"a": 1}
    with recording(tmp_path, other_actors=True) as tape:
        _tap.object_id(shared)
        assert tape.tap("method", 1, "get")[shared]("a", 0) == 1
        assert tape.tap("method", 1, "get")[shared]("b", 0) == 0
        assert list(tape.tap("method", 2, "items")[shared]()) == [("a", 1)]
    assert [(tape.process.plain(r.key), r.value) for r in tape.process.of("GETITEM")] == [("a", 1), ("b", 0), (ABSENT, ABSENT)]


def test_methods_that_are_handed_on_are_recorded_when_they_are_called(tmp_path: Path) -> None:
    numbers, shared = [3], {"a": 1, "b": 2}
    with recording(tmp_path, other_actors=True) as tape:
        _tap.object_id(numbers), _tap.object_id(shared)
        put, get, keep, drop, has = (tape.tap("bound", site, name)[getattr(owner, name)] for site, (owner, name) in enumerate((
            (numbers, "append"), (shared, "get"), (shared, "__setitem__"), (shared, "__delitem__"), (shared, "__contains__")), 1))  # fmt: skip
        assert not tape.process.of("MUTATE", "GETITEM", "SETITEM")
        for number in range(64):  # often enough for the interpreter to specialise the call
            put(number)
        assert sorted(["b", "a"], key=get) == ["a", "b"]
        keep("c", 3)
        drop("a")
        assert list(filter(has, "abc")) == ["b", "c"] and numbers[-1] == 63
    process, plain = tape.process, tape.process.plain
    done = process.of("MUTATE")
    assert {r.site - tape.base for r in done} == {1} and [plain(r.args[0]) for r in done] == list(range(64))
    reads = [(r.site - tape.base, plain(r.key), plain(r.value)) for r in process.of("GETITEM")]
    assert reads == [(2, "b", 2), (2, "a", 1), (5, "a", False), (5, "b", True), (5, "c", True)]
    assert [(r.site - tape.base, plain(r.key), plain(r.value)) for r in process.of("SETITEM")] == [(3, "c", 3), (4, "a", ABSENT)]


def test_a_method_that_is_handed_on_is_what_it_was(tmp_path: Path) -> None:
    class Table(dict):  # type: ignore[type-arg]
        def get(self, key: object, default: object = None) -> object:
            return "own"

    numbers, table, other = [1], {"a": 1}, Table(a=1)
    with recording(tmp_path) as tape:
        methods = [(numbers, "append"), (numbers, "extend"), (table, "get"), (table, "update"), (table, "__setitem__"), (other, "__setitem__")]
        for owner, name in methods:
            tap, plain = tape.tap("bound", 1, name), getattr(owner, name)
            first, second = tap[getattr(owner, name)], tap[getattr(owner, name)]
            assert first == second and hash(first) == hash(second) and first != tap[getattr(type(owner)(), name)]
            assert (type(first), repr(first), first.__name__, first.__doc__) == (type(plain), repr(plain), plain.__name__, plain.__doc__)
            assert first.__self__ is owner and first.__text_signature__ == plain.__text_signature__
            assert first.__reduce__() == plain.__reduce__()
            with pytest.raises(TypeError) as told:
                first(*range(9))
            with pytest.raises(TypeError) as expected:
                plain(*range(9))
            assert str(told.value) == str(expected.value)
        assert tape.tap("bound", 1, "append")[numbers.append] == numbers.append
        kept = other.get
        assert tape.tap("bound", 1, "get")[kept] is kept and kept("q") == "own"
        tape.tap("bound", 1, "append")[numbers.append].__call__(2)
    assert numbers == [1, 2] and table == {"a": 1}


def test_an_exception_is_raised_once_and_unwinds_every_activation(tmp_path: Path) -> None:
    with recording(tmp_path) as tape:
        unwind, handler = tape.tap("unwind", 1), tape.tap("handler", 2)

        def inner() -> None:
            try:
                raise ValueError("no money")
            except ValueError:
                ~unwind
                raise

        try:
            inner()
        except ValueError:
            ~handler
        finally:
            ~handler
    process = tape.process
    (raised,) = process.of("RAISE")
    assert (raised.type, raised.message) == ("builtins.ValueError", "no money")
    assert raised.line == test_an_exception_is_raised_once_and_unwinds_every_activation.__code__.co_firstlineno + 6
    assert [r.name for r in process.of("RAISE", "UNWIND", "HANDLER")] == ["RAISE", "UNWIND", "HANDLER"]
    assert process.of("UNWIND")[0].value == Ref(raised.object)


def test_every_tap_works_when_nothing_records() -> None:
    account, numbers = Account(1), [1]
    make = _tap.make
    assert ~make("line", 1) is True and ~make("call", 1) is True and ~make("handler", 1) is True and ~make("unwind", 1) is True
    assert make("return", 1) @ 5 == 5 and make("walrus", 1, "x") @ 5 == 5 and make("owner", 1, "balance") @ account is account
    make("attr", 1, "balance")[account] = 2
    make("attr", 1, "balance")[account] += 2
    assert account.balance == 4
    make("method", 1, "append")[numbers](2)
    make("mutated", 1, "heappush")[heapq.heappush](numbers, 3)
    make("item", 1)[numbers, 0] = 9
    assert numbers == [9, 2, 3] and make("item", 1) @ (numbers, 1) == 2 and make("contains", 1) @ (3, numbers) is True
    assert not _tap.active() and _tap.here() == (-1, -1) and _tap.emit(14, b"abcd") == -1 and _tap.object_id(account) == 0


def test_paused_threads_write_nothing(tmp_path: Path) -> None:
    with recording(tmp_path) as tape:
        line = tape.tap("line")
        _tap.pause()
        _tap.pause()
        ~line
        _tap.resume()
        ~line
        assert not _tap.active()
        _tap.resume()
        ~line
    assert len(tape.process.of("LINE")) == 1


def test_copies_of_taps_have_no_place() -> None:
    import copy
    import pickle

    original = _tap.make("attr", 7, "balance")
    for copied in (copy.copy(original), pickle.loads(pickle.dumps(original))):
        account = Account(1)
        copied[account] = 5
        assert account.balance == 5
    assert len(_tap.make_many([("line", 0, None, 0), ("locals", 1, ("a", "b"), 0)], 100)) == 2


def test_bad_arguments_of_make() -> None:
    with pytest.raises(ValueError, match="no tap is of kind 'nonsense'"):
        _tap.make("nonsense", 1)
    with pytest.raises(ValueError, match="24 bits"):
        _tap.make("line", 1 << 24)
    with pytest.raises(TypeError, match="name"):
        _tap.make("attr", 1, 5)  # type: ignore[arg-type]


def test_an_item_is_read_once_an_epoch_and_key(tmp_path: Path) -> None:
    shared = {"a": 1, "b": 2}
    with recording(tmp_path, other_actors=True) as tape:
        _tap.object_id(shared)
        item = tape.tap("item", 1)
        for key in ["a", "a", "b", "b", "a"]:
            item @ (shared, key)
        _tap.sync(8, shared)
        item @ (shared, "a")
    assert [tape.process.plain(r.key) for r in tape.process.of("GETITEM")] == ["a", "b", "a", "a"]
