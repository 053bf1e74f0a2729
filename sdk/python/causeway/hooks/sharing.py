"""Data that several processes share: memory that all of them map, and the objects of a manager, used through proxies.

The tap sees accesses in woven code, and asks here for the name by which all processes know the accessed object. Memory is named by the mapped file
and the offset in it, which are the same in every process that inherits or opens it. So a Value, an Array, a view of a SharedMemory and a numpy array
over one differ in where they begin, and a plain `mmap` counts too. The lock of a Value is synchronization (`hooks.semaphores`).
"""

from __future__ import annotations

import sys

from causeway import _tap
from causeway._tap import Around
from causeway.hooks.late import on_import

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType
    from typing import Any

ATTRIBUTES, ITEMS, METHODS = 1, 2, 4
_PRIVATE = (1, 3)
"""Access modes of `mmap` in which no process sees the writes of another: read only, and copy on write."""


class _Maps:
    """The shared mappings of this process: (begin, end, name of what is mapped at offset 0, offset). Read again when there may be a new one."""

    ranges: tuple[tuple[int, int, str, int], ...] = ()
    stale = False


def install() -> None:
    """Recognize shared data as soon as the program makes some."""
    _tap.audit("mmap.__new__", _mapping)
    on_import("multiprocessing.managers", _managers)


def _mapping(args: tuple[Any, ...]) -> None:
    """A file or anonymous memory is about to be mapped."""
    if args[2] in _PRIVATE:
        return
    _Maps.stale = True
    _memory_types()
    _tap.share(_name)


def _memory_types() -> None:
    _tap.share_type(memoryview, ITEMS)
    for module, name, what in (("mmap", "mmap", ITEMS), ("numpy", "ndarray", ITEMS), ("multiprocessing.shared_memory", "ShareableList", ITEMS),
                               ("multiprocessing.sharedctypes", "SynchronizedBase", ATTRIBUTES | ITEMS)):
        kind = getattr(sys.modules.get(module), name, None)
        if isinstance(kind, type):
            _tap.share_type(kind, what)
    ctypes: Any = sys.modules.get("_ctypes")
    if ctypes is not None:
        for kind in (ctypes._SimpleCData, ctypes.Structure, ctypes.Union, ctypes.Array):
            _tap.share_type(kind, ATTRIBUTES | ITEMS)


def _managers(module: ModuleType) -> None:
    """Proxies: the server's address and the object's id in it are one for all processes."""
    base: Any = vars(module)["BaseProxy"]

    def made(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        _tap.share_type(base, ATTRIBUTES | ITEMS | METHODS)
        _tap.share(_name)

    base.__init__ = Around(base.__init__, made, hook="sharing")


def _name(thing: Any, address: int, itemsize: int) -> str | None:
    token = vars(thing).get("_token") if hasattr(thing, "__dict__") else None
    if token is not None:
        return f"proxy:{token.address}:{token.id}"
    if address:
        return _place(address, itemsize)
    held = vars(thing) if hasattr(thing, "__dict__") else {}
    if "_obj" in held:
        return _held_in(held["_obj"])
    return f"{_held_in(held['shm']._buf)} list" if "shm" in held else None


def _held_in(memory: Any) -> str | None:
    """The name of an object: that of the memory that holds its data."""
    import ctypes

    with memoryview(memory) as view:
        return _place(ctypes.addressof(ctypes.c_char.from_buffer(view)), view.itemsize)


def _place(address: int, itemsize: int) -> str | None:
    """Name of a place in shared memory; None if other processes cannot see it."""
    if _Maps.stale:
        _Maps.ranges = tuple(_read_maps())
        _Maps.stale = False
    for begin, end, name, offset in _Maps.ranges:
        if begin <= address < end:
            return f"memory:{name}:{offset + address - begin}/{itemsize}"
    return None


def _read_maps() -> Iterator[tuple[int, int, str, int]]:
    """The mappings that are shared and writable; none where the system does not list them."""
    try:
        with open("/proc/self/maps", encoding="utf-8", errors="replace") as file:
            lines = file.read().splitlines()
    except OSError:
        return
    for line in lines:
        parts = line.split(None, 5)
        if len(parts) >= 5 and parts[1][3:4] == "s" and parts[1][1:2] == "w":
            begin, _, end = parts[0].partition("-")
            yield int(begin, 16), int(end, 16), f"{parts[3]}:{parts[4]}", int(parts[2], 16)
