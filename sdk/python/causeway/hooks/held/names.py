"""The name of an object in the code that waits for it: the attribute, item or variable that holds it.

Runs no code of the program: attributes are looked up in the instances themselves, without comparing or hashing objects of the program.
"""

from __future__ import annotations

from types import BuiltinFunctionType, FunctionType, GetSetDescriptorType, MemberDescriptorType, ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import FrameType
    from typing import Any

_MOST_LOOKED_AT = 2000
_MOST_ITEMS = 500
_DEEPEST = 3
_INSIDES = ("asyncio.", "threading", "queue", "anyio.", "multiprocessing.")
"""Modules whose classes contain the object that is really waited for, inside the object that the program waits for."""
_PLAIN = (str, bytes, int, float, complex, bool, type(None), ModuleType, FunctionType, BuiltinFunctionType)

_layouts: dict[type, tuple[Any, tuple[tuple[str, Any], ...]]] = {}


def name_of(is_it: Callable[[Any], bool], frames: Iterable[FrameType]) -> str:
    """The name of the object that `is_it` recognizes, as in a recording: `Account.lock` for an attribute, `locks['a']` for an item, else the
    variable of the innermost frame that has one. "" if none of these frames refers to it."""
    found = ""
    nodes: list[tuple[Any, str]] = []
    for frame in frames:
        for name, value in _variables(frame):
            if is_it(value):
                found = found or name
            nodes.append((value, name))
    seen: set[int] = set()
    for _ in range(_DEEPEST):
        following = []
        for value, name in nodes:
            if type(value) in _PLAIN or id(value) in seen:
                continue
            seen.add(id(value))
            if len(seen) > _MOST_LOOKED_AT:
                return found
            for held, called in _parts(value, name):
                if is_it(held):
                    return called
                following.append((held, called))
        nodes = following
    return found


def _variables(frame: FrameType) -> Iterator[tuple[str, Any]]:
    yield from frame.f_locals.items()
    names = frame.f_globals
    for name in frame.f_code.co_names:
        if name in names:
            yield name, names[name]


def _parts(value: Any, name: str) -> Iterator[tuple[Any, str]]:
    """The objects that a value contains, with their names."""
    kind = type(value)
    if kind is dict:
        for key, held in list(value.items())[:_MOST_ITEMS]:
            yield held, f"{name}[{key!r}]" if type(key) in (str, int) else f"{name}[…]"
    elif kind in (list, tuple):
        for number, held in enumerate(value[:_MOST_ITEMS]):
            yield held, f"{name}[{number}]"
    elif issubclass(kind, type):
        yield from _attributes_of_class(value)
    else:
        inside = _of_class(kind, "__module__").startswith(_INSIDES)
        for attribute, held in attributes(value):
            yield held, name if inside else f"{_of_class(kind, '__name__')}.{attribute}"
        yield from _attributes_of_class(kind)


def _attributes_of_class(kind: type) -> Iterator[tuple[Any, str]]:
    if _of_class(kind, "__module__") == "builtins":
        return
    for attribute, held in list(type.__getattribute__(kind, "__dict__").items()):
        if not attribute.startswith("__"):
            yield held, f"{_of_class(kind, '__name__')}.{attribute}"


def _of_class(kind: type, name: str) -> str:
    """A text attribute of a class, without running code of its metaclass."""
    text = type.__getattribute__(kind, name)
    return text if type(text) is str else ""


def attributes(thing: Any) -> Iterator[tuple[str, Any]]:
    """The attributes of the instance itself."""
    own, slots = _layout(type(thing))
    if own is not None:
        yield from list(own.__get__(thing).items())
    for name, slot in slots:
        try:
            yield name, slot.__get__(thing)
        except AttributeError:
            pass  # not set


def _layout(kind: type) -> tuple[Any, tuple[tuple[str, Any], ...]]:
    """How to get at the dict and the slots of instances of a class."""
    found = _layouts.get(kind)
    if found is None:
        names = [type.__getattribute__(base, "__dict__") for base in type.__getattribute__(kind, "__mro__")]
        own = next((each["__dict__"] for each in names if type(each.get("__dict__")) is GetSetDescriptorType), None)
        slots = tuple((name, value) for each in names for name, value in each.items() if type(value) is MemberDescriptorType)
        found = _layouts[kind] = (own, slots)
    return found
