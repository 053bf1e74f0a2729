"""The contents of containers, and the effects of their methods."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from causeway_core.model import At, ObjectRef, Value, ValueKind
from causeway_core.storage.definitions import Snapshot

Key = object
_LARGEST = 1_000_000


class Slot:
    """A value in a place, and the event that stored or showed it there. `stale`: code that was not woven may have changed it since.

    The value may be a function that is called at the first access: most items of a long list are never read.
    """

    __slots__ = ("_value", "at", "stale")

    def __init__(self, value: Value | Callable[[], Value], at: At, stale: bool = False) -> None:
        self._value = value
        self.at = at
        self.stale = stale

    @property
    def value(self) -> Value:
        """The value."""
        if not isinstance(self._value, Value):
            self._value = self._value()
        return self._value


Known = Callable[[ObjectRef], "Content | None"]
Load = Callable[[int], tuple[Value, Slot]]


@dataclass(slots=True)
class Content:
    """The items of a list, deque or bytearray, the entries of a dict, or the elements of a set (each its own key and value).

    Stored in `items` (None: not captured) and `entries` by key. Items that were added in bulk are stored as the event that added them, until they
    are read (`load`). `complete` is False while there are items that no record has shown; `size` is the length, None if it is no longer known.
    """

    kind: str
    size: int | None
    complete: bool
    items: list[Slot | int | None] = field(default_factory=list)
    entries: dict[Key, tuple[Value, Slot] | int] = field(default_factory=dict)
    lost: str = ""
    load: Load | None = None

    @classmethod
    def of(cls, snapshot: Snapshot | None, flags: int) -> Content:
        """The content that a snapshot shows; without one, an unknown one."""
        form = snapshot.form if snapshot is not None else ""
        kind = form if form in ("sequence", "mapping", "set") else "mapping" if flags & 2 else "set" if flags & 4 else "sequence"
        if snapshot is None or form != kind:
            return cls(kind, None, False, lost="not looked at")
        content = cls(kind, snapshot.full_size, snapshot.full_size <= len(snapshot.items))
        if kind == "sequence":
            content.items = [Slot(value, snapshot.at) for _, value in snapshot.items]
            content.items += [None] * min(max(snapshot.full_size - len(content.items), 0), _LARGEST)
        else:
            for key, value in snapshot.items:
                name = value if kind == "set" else key
                content.entries[key_of(name)] = (name, Slot(value, snapshot.at))
        return content

    def copy(self) -> Content:
        """An independent copy."""
        return Content(self.kind, self.size, self.complete, list(self.items), dict(self.entries), self.lost, self.load)

    def __len__(self) -> int:
        return len(self.items) if self.kind == "sequence" else len(self.entries)

    def item(self, index: int) -> Slot | None:
        """An item of a sequence, None when it was not captured. Raises IndexError."""
        held = self.items[index]
        if isinstance(held, int):
            assert self.load is not None
            held = self.items[index] = self.load(held)[1]
        return held

    def entry(self, key: Key) -> tuple[Value, Slot] | None:
        """The key as it was given and the value of an entry."""
        held = self.entries.get(key)
        if isinstance(held, int):
            assert self.load is not None
            held = self.entries[key] = self.load(held)
        return held

    def pairs(self, start: int = 0, stop: int | None = None) -> Iterator[tuple[Value, Slot]]:
        """Keys and values of entries, in their order."""
        for key in islice(list(self.entries), start, stop):
            found = self.entry(key)
            assert found is not None
            yield found

    def append_all(self, events: list[int]) -> None:
        """`c.append(…)` at each of some events."""
        self.items += events
        self._resize(len(events))

    def put_all(self, keys: list[Key], events: list[int]) -> None:
        """`c[key] = …` at each of some events, on a dict."""
        self.entries.update(zip(keys, events, strict=True))
        self.size = len(self.entries) if self.complete else None

    def forget(self, why: str) -> None:
        """The content is no longer known."""
        self.items, self.entries, self.size, self.complete, self.lost = [], {}, None, False, why

    def set(self, key: Value, value: Value, at: At) -> None:
        """`c[key] = value`, or `del c[key]` for an ABSENT value."""
        if value.kind == ValueKind.ABSENT:
            self._delete_key(key)
        else:
            self.put(key, Slot(value, at))

    def _delete_key(self, key: Value) -> None:
        if self.kind != "sequence":
            self._remove(key)
        elif not isinstance(key.payload, int):
            self.forget("a slice was deleted")
        elif key.payload < len(self.items):
            self._delete(key.payload)

    def put(self, key: Value, slot: Slot) -> None:
        """`c[key] = …`."""
        if self.kind != "sequence":
            self._put(key, slot)
            return
        if not isinstance(key.payload, int):
            self.forget("a slice was assigned")
        elif 0 <= key.payload < _LARGEST:
            self._reach(key.payload)
            self.items[key.payload] = slot

    def append(self, slot: Slot) -> None:
        """`c.append(…)`."""
        self.items.append(slot)
        self._resize(1)

    def observe_item(self, key: Value, value: Value, at: At) -> None:
        """`c[key]` returned `value`: fills the item in where it is not known."""
        if not value.captured or value.kind == ValueKind.ABSENT:
            return
        if self.kind == "mapping" and key_of(key) not in self.entries:
            self.entries[key_of(key)] = (key, Slot(value, at))
        elif self.kind == "sequence" and isinstance(key.payload, int) and 0 <= key.payload < _LARGEST:
            self._reach(key.payload)
            if self.items[key.payload] is None:
                self.items[key.payload] = Slot(value, at)

    def mutate(self, method: str, arguments: Sequence[Value], result: Value, at: At, known: Known) -> None:
        """The effect of a method call. If it cannot be derived from the arguments, a snapshot follows in the recording."""
        change = _METHODS.get((self.kind, method))
        if change is None:
            self.forget(f"changed by {method or 'a method'}()")
            return
        try:
            change(self, arguments, result, at, known)
        except (IndexError, TypeError):
            self.forget(f"changed by {method}()")

    # Primitive changes.

    def _reach(self, index: int) -> None:
        self.items += [None] * (index + 1 - len(self.items))

    def _put(self, key: Value, slot: Slot) -> None:
        name = key_of(key)
        former = self.entry(name)
        if former is None:
            if self.complete and self.size is not None:
                self.size += 1
            elif not self.complete:
                self.size = None
        self.entries[name] = (key if former is None else former[0], slot)

    def _remove(self, key: Value) -> None:
        if self.entries.pop(key_of(key), None) is not None or not self.complete:
            self._resize(-1)

    def _delete(self, index: int) -> None:
        self.items.pop(index)
        self._resize(-1)

    def _resize(self, by: int) -> None:
        if self.size is not None:
            self.size = max(self.size + by, 0)

    def _elements(self, value: Value, known: Known) -> list[Value] | None:
        """The items of iterating over an argument; None if they are not known."""
        if isinstance(value.payload, tuple):
            return list(value.payload)
        if isinstance(value.payload, str) and value.full_size is None:
            return [Value(ValueKind.TEXT, character) for character in islice(value.payload, _LARGEST)]
        if isinstance(value.payload, bytes) and value.full_size is None:
            return [Value(ValueKind.INT32, byte) for byte in value.payload]
        content = known(value.payload) if isinstance(value.payload, ObjectRef) else None
        if content is None or not content.complete:
            return None
        if content.kind == "sequence":
            slots = [content.item(index) for index in range(len(content.items))]
            return [slot.value if slot is not None else Value(ValueKind.UNCAPTURED, "not looked at") for slot in slots]
        return [key for key, _ in content.pairs()]


def key_of(value: Value) -> Key:
    """The form in which dict keys are compared: 1, 1.0 and True are one key."""
    match value.kind:
        case ValueKind.TRUE:
            return 1
        case ValueKind.FALSE:
            return 0
        case ValueKind.OBJECT:
            assert isinstance(value.payload, ObjectRef)
            return ("object", value.payload.id)
        case ValueKind.TUPLE:
            assert isinstance(value.payload, tuple)
            return ("tuple", *(key_of(element) for element in value.payload))
        case ValueKind.INT32 | ValueKind.INT64 | ValueKind.FLOAT | ValueKind.TEXT:
            return value.payload
    return (value.kind, value.payload)


Change = Callable[[Content, Sequence[Value], Value, At, Known], None]


def _append(c: Content, arguments: Sequence[Value], result: Value, at: At, known: Known) -> None:
    c.append(Slot(arguments[0], at))


def _append_left(c: Content, arguments: Sequence[Value], result: Value, at: At, known: Known) -> None:
    c.items.insert(0, Slot(arguments[0], at))
    c._resize(1)


def _insert(c: Content, arguments: Sequence[Value], result: Value, at: At, known: Known) -> None:
    c.items.insert(_index(arguments[0]), Slot(arguments[1], at))
    c._resize(1)


def _pop(c: Content, arguments: Sequence[Value], result: Value, at: At, known: Known) -> None:
    c._delete(_index(arguments[0]) if arguments else -1)


def _pop_left(c: Content, arguments: Sequence[Value], result: Value, at: At, known: Known) -> None:
    c._delete(0)


def _remove_item(c: Content, arguments: Sequence[Value], result: Value, at: At, known: Known) -> None:
    wanted = key_of(arguments[0])
    for index in range(len(c.items)):
        slot = c.item(index)
        if slot is None or slot.value.kind == ValueKind.UNCAPTURED:
            c.forget("an item among unknown ones was removed")
            return
        if key_of(slot.value) == wanted:
            c._delete(index)
            return
    c.forget("an unknown item was removed")


def _extend(c: Content, arguments: Sequence[Value], result: Value, at: At, known: Known) -> None:
    elements = c._elements(arguments[0], known)
    if elements is None:
        c.forget("extended by unknown items")
        return
    c.items += [Slot(element, at) for element in elements]
    c._resize(len(elements))


def _extend_left(c: Content, arguments: Sequence[Value], result: Value, at: At, known: Known) -> None:
    elements = c._elements(arguments[0], known)
    if elements is None:
        c.forget("extended by unknown items")
        return
    c.items[:0] = [Slot(element, at) for element in reversed(elements)]
    c._resize(len(elements))


def _reverse(c: Content, arguments: Sequence[Value], result: Value, at: At, known: Known) -> None:
    c.items.reverse()


def _rotate(c: Content, arguments: Sequence[Value], result: Value, at: At, known: Known) -> None:
    by = _index(arguments[0]) if arguments else 1
    if c.items:
        by %= len(c.items)
        c.items = c.items[-by:] + c.items[:-by] if by else c.items


def _clear(c: Content, arguments: Sequence[Value], result: Value, at: At, known: Known) -> None:
    c.items, c.entries, c.size, c.complete, c.lost = [], {}, 0, True, ""


def _set_default(c: Content, arguments: Sequence[Value], result: Value, at: At, known: Known) -> None:
    if key_of(arguments[0]) not in c.entries:
        c._put(arguments[0], Slot(result, at))


def _pop_key(c: Content, arguments: Sequence[Value], result: Value, at: At, known: Known) -> None:
    if key_of(arguments[0]) in c.entries or c.complete:
        c._remove(arguments[0])
    else:
        c.size = None


def _pop_entry(c: Content, arguments: Sequence[Value], result: Value, at: At, known: Known) -> None:
    if not isinstance(result.payload, tuple) or not result.payload:
        c.forget("changed by popitem()")
        return
    c._remove(result.payload[0])


def _update(c: Content, arguments: Sequence[Value], result: Value, at: At, known: Known) -> None:
    for argument in arguments:
        content = known(argument.payload) if isinstance(argument.payload, ObjectRef) else None
        if content is not None and content.kind == "mapping" and content.complete:
            for key, slot in content.pairs():
                c._put(key, Slot(slot.value, at))
            continue
        pairs = c._elements(argument, known)
        if pairs is None or not all(isinstance(pair.payload, tuple) and len(pair.payload) == 2 for pair in pairs):
            c.forget("changed by update()")
            return
        for pair in pairs:
            assert isinstance(pair.payload, tuple)
            c._put(pair.payload[0], Slot(pair.payload[1], at))


def _add(c: Content, arguments: Sequence[Value], result: Value, at: At, known: Known) -> None:
    if key_of(arguments[0]) not in c.entries:
        c._put(arguments[0], Slot(arguments[0], at))


def _discard(c: Content, arguments: Sequence[Value], result: Value, at: At, known: Known) -> None:
    if key_of(arguments[0]) in c.entries:
        c._remove(arguments[0])
    elif not c.complete:
        c.size = None


def _pop_element(c: Content, arguments: Sequence[Value], result: Value, at: At, known: Known) -> None:
    c._remove(result)


def _all_of(c: Content, arguments: Sequence[Value], known: Known) -> list[Value] | None:
    found: list[Value] = []
    for argument in arguments:
        elements = c._elements(argument, known)
        if elements is None:
            c.forget("changed by unknown items")
            return None
        found += elements
    return found


def _union(c: Content, arguments: Sequence[Value], result: Value, at: At, known: Known) -> None:
    for element in _all_of(c, arguments, known) or ():
        _add(c, [element], result, at, known)


def _subtract(c: Content, arguments: Sequence[Value], result: Value, at: At, known: Known) -> None:
    for element in _all_of(c, arguments, known) or ():
        _discard(c, [element], result, at, known)


def _index(value: Value) -> int:
    if not isinstance(value.payload, int):
        raise TypeError(value)
    return value.payload


_METHODS: dict[tuple[str, str], Change] = {
    ("sequence", "append"): _append, ("sequence", "appendleft"): _append_left, ("sequence", "insert"): _insert, ("sequence", "pop"): _pop,
    ("sequence", "popleft"): _pop_left, ("sequence", "remove"): _remove_item, ("sequence", "extend"): _extend,
    ("sequence", "extendleft"): _extend_left,
    ("sequence", "reverse"): _reverse, ("sequence", "rotate"): _rotate, ("sequence", "clear"): _clear,
    ("mapping", "setdefault"): _set_default, ("mapping", "pop"): _pop_key, ("mapping", "popitem"): _pop_entry, ("mapping", "clear"): _clear,
    ("mapping", "update"): _update,
    ("set", "add"): _add, ("set", "discard"): _discard, ("set", "remove"): _discard, ("set", "pop"): _pop_element, ("set", "clear"): _clear,
    ("set", "update"): _union, ("set", "difference_update"): _subtract,
}
