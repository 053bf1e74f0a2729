"""Objects that several processes know by one name: shared memory, and the referents of a manager's proxies."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np


class CommonObjects:
    """Which objects of different processes are the same, and which locations.

    `names` are those of SHARED records by object id. Objects with a name that only one process knows count too if that has several of them
    (proxies that were pickled for each call of a pool).
    """

    def __init__(self, names: Mapping[int, str]) -> None:
        same: defaultdict[str, list[int]] = defaultdict(list)
        for object, name in sorted(names.items()):
            same[name].append(object)
        self._same = {name: objects for name, objects in same.items() if len(objects) > 1}
        self._names = {object: name for name, objects in self._same.items() for object in objects}
        self._by_process: defaultdict[int, dict[int, int]] = defaultdict(dict)
        first: dict[tuple[int, str], int] = {}
        for object, name in self._names.items():
            process = object >> 32
            self._by_process[process][object & 0xFFFFFFFF] = first.setdefault((process, name), object & 0xFFFFFFFF)
        self._locations: dict[tuple[str, str, str], int] = {}

    def same(self, object: int) -> Sequence[int]:
        """All objects that are the same as this one; empty for an object that is not shared."""
        return self._same.get(self._names.get(object, ""), ())

    def of(self, process: int) -> Mapping[int, int]:
        """The first object of the same name for each of a process, by their ids on the wire."""
        return self._by_process.get(process, {})

    def among(self, process: int, owners: bytes) -> bytes:
        """Words of the sorted ids on the wire of `owners` and of the objects of the process."""
        more = np.fromiter(self.of(process), np.uint32)
        return np.union1d(np.frombuffer(owners, np.uint32), more).astype(np.uint32).tobytes()

    def pairs(self, process: int) -> bytes:
        """The result of `of`, as words."""
        return array("I", [wire for pair in self.of(process).items() for wire in pair]).tobytes()

    def location(self, number: int, kind: str, owner: int | None, word: str) -> int:
        """The first location that is the same place as this one: of an object with the same name, and with the same attribute or key."""
        name = self._names.get(owner) if owner is not None else None
        return number if name is None else self._locations.setdefault((name, kind, word), number)
