"""What container methods do to recorded content, compared with what they do to real containers."""

from __future__ import annotations

from collections import deque
from typing import Any

from causeway_core.model import At, ObjectRef, Value, ValueKind
from causeway_core.session.mutation import Content
from causeway_core.session.questions import as_value
from causeway_core.storage.definitions import Snapshot
from hypothesis import given, settings
from hypothesis import strategies as st

ITEMS = st.one_of(st.integers(-3, 3), st.sampled_from(["a", "b", None, True, 2.0]))
METHODS = (
    "append", "insert", "pop", "remove", "extend", "reverse", "clear", "set", "delete", "appendleft", "popleft", "rotate", "extendleft",
)
SEQUENCE = st.lists(st.tuples(st.sampled_from(METHODS), st.integers(-4, 4), ITEMS), max_size=25)
MAPPING = st.lists(st.tuples(st.sampled_from(["set", "delete", "pop", "setdefault", "update", "popitem", "clear"]), ITEMS, ITEMS), max_size=25)
SET = st.lists(st.tuples(st.sampled_from(["add", "discard", "remove", "pop", "update", "difference_update", "clear"]), ITEMS, ITEMS), max_size=25)


def empty(form: str) -> Content:
    return Content.of(Snapshot(ObjectRef(1, "builtins.x"), At(1), form, 0, ()), 0)


def plain(value: Value) -> Any:
    if value.kind == ValueKind.TUPLE:
        return tuple(plain(element) for element in value.payload)
    return {ValueKind.NONE: None, ValueKind.TRUE: True, ValueKind.FALSE: False}.get(value.kind, value.payload)


def apply(content: Content, real: Any, method: str, arguments: list[Any]) -> None:
    """Calls a method for real and by its record; a call that raises is not recorded."""
    try:
        result = getattr(real, method)(*arguments)
    except (IndexError, KeyError, ValueError, AttributeError):
        return
    known = {ObjectRef(7, "list"): None}
    content.mutate(method, [as_value(tuple(a)) if isinstance(a, list) else as_value(a) for a in arguments], as_value(result), At(2), known.get)


def put(content: Content, real: Any, key: Any, value: Any) -> None:
    try:
        real[key] = value
    except IndexError:
        return
    index = key + len(real) if isinstance(real, (list, deque)) and key < 0 else key
    content.set(as_value(index), as_value(value), At(2))


def drop(content: Content, real: Any, key: Any) -> None:
    index = key + len(real) if isinstance(real, (list, deque)) and key < 0 else key
    try:
        del real[key]
    except (IndexError, KeyError):
        return
    content.set(as_value(index), Value(ValueKind.ABSENT), At(2))


@settings(deadline=None)
@given(SEQUENCE, st.sampled_from([list, deque]))
def test_sequences(operations: list[tuple[str, int, Any]], kind: Any) -> None:
    content, real = empty("sequence"), kind()
    for method, index, item in operations:
        match method:
            case "set":
                put(content, real, index, item)
            case "delete":
                drop(content, real, index)
            case "insert":
                apply(content, real, method, [index, item])
            case "pop":
                apply(content, real, method, [index] if kind is list else [])
            case "rotate":
                apply(content, real, method, [index])
            case "extend" | "extendleft":
                apply(content, real, method, [[item, index]])
            case "append" | "appendleft" | "remove":
                apply(content, real, method, [item])
            case _:
                apply(content, real, method, [])
        assert content.size == len(real)
        assert [plain(slot.value) for slot in map(content.item, range(len(content))) if slot] == list(real)


@settings(deadline=None)
@given(MAPPING)
def test_mappings(operations: list[tuple[str, Any, Any]]) -> None:
    content, real = empty("mapping"), dict[Any, Any]()
    for method, key, value in operations:
        match method:
            case "set":
                put(content, real, key, value)
            case "delete":
                drop(content, real, key)
            case "pop":
                apply(content, real, method, [key, None])
            case "setdefault":
                apply(content, real, method, [key, value])
            case "update":
                apply(content, real, method, [((key, value), (value, key))])
            case _:
                apply(content, real, method, [])
        assert content.size == len(real) == len(content.entries) and content.complete
        assert [(plain(k), plain(slot.value)) for k, slot in content.pairs()] == list(real.items())


@settings(deadline=None)
@given(SET)
def test_sets(operations: list[tuple[str, Any, Any]]) -> None:
    content, real = empty("set"), set[Any]()
    for method, item, other in operations:
        apply(content, real, method, [(item, other)] if method.endswith("update") else [] if method in ("pop", "clear") else [item])
        assert content.size == len(real) == len(content.entries)
        assert {plain(key) for key, _ in content.pairs()} == real


def test_what_does_not_follow_is_forgotten_not_guessed() -> None:
    content = empty("sequence")
    content.mutate("append", [as_value(1)], as_value(None), At(1), lambda ref: None)
    content.mutate("sort", [], as_value(None), At(2), lambda ref: None)
    assert content.size is None and not content.complete and content.lost == "changed by sort()"


def test_a_bounded_snapshot_leaves_items_unknown() -> None:
    pairs = tuple((Value(ValueKind.INT32, i), Value(ValueKind.INT32, i)) for i in range(3))
    content = Content.of(Snapshot(ObjectRef(1, "builtins.list"), At(1), "sequence", 5, pairs), 0)
    assert content.size == 5 and [slot is None for slot in content.items] == [False, False, False, True, True]
    content.mutate("pop", [], as_value(4), At(2), lambda ref: None)
    content.set(as_value(3), as_value(9), At(3))
    last = content.item(3)
    assert content.size == 4 and last is not None and last.value.payload == 9
    content.mutate("remove", [as_value(9)], as_value(None), At(4), lambda ref: None)
    assert content.size == 3
