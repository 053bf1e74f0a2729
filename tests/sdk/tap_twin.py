"""The taps of `causeway._tap` in plain Python: the same semantics, with records as tuples in a list."""

import sys
from types import CodeType
from typing import Any

Record = tuple[Any, ...]


class Twin:
    """Makes taps and keeps what they record: `(kind, site, …)` tuples, values by reference."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.cells = 0

    def make(self, kind: str, site: int, name: Any = None, site2: int = 0) -> Any:
        return _KINDS.get(kind, Tap)(self, kind, site, name, site2)

    def make_many(self, rows: list[tuple[str, int, Any, int]], base: int = 0) -> list[Any]:
        return [self.make(kind, site + base, name, site2) for kind, site, name, site2 in rows]


class Tap:
    def __init__(self, twin: Twin, kind: str, site: int, name: Any, site2: int) -> None:
        self.twin, self.kind, self.site, self.name, self.site2 = twin, kind, site, name, site2 & 1
        self.after = site2 >> 1

    def write(self, *values: Any) -> None:
        self.twin.records.append((self.kind, self.site, self.name, *values))

    def end(self) -> None:
        """The LINE of the next statement."""
        if self.after:
            self.twin.records.append(("line", self.site + self.after, None))

    def __invert__(self) -> Any:
        if self.kind == "newcell":
            self.twin.cells += 1
            return self.twin.cells
        if self.kind == "shared":
            return True
        if self.kind == "entry" and self.name:
            frame = sys._getframe(1)
            values = tuple(frame.f_locals[name] for name in frame.f_code.co_varnames[: len(self.name)])
            del self[values[0] if len(values) == 1 else values]
            return True
        self.write(*([sys.exc_info()[1]] if self.kind in ("unwind", "handler") else [None] if self.kind == "return" else []))
        self.end()
        return True

    def __matmul__(self, value: Any) -> Any:
        self.write(value)
        if self.kind == "walrus":
            self.end()
        if self.kind in ("comp", "local", "locals"):
            return True
        return value.stop if self.kind == "cell" else value

    __getitem__ = __matmul__

    def __delitem__(self, value: Any) -> None:
        self.write(value)
        self.end()


class Item(Tap):
    def __getitem__(self, pair: Any) -> Any:
        container, key = pair if isinstance(pair, tuple) else (pair.start, pair.stop)
        value = container[key]
        self.write(container, key, value)
        return value

    def __setitem__(self, pair: Any, value: Any) -> None:
        pair[0][pair[1]] = value
        self.write(*pair, value)
        self.end()

    def __delitem__(self, pair: Any) -> None:
        del pair[0][pair[1]]
        self.write(*pair)


class Contains(Tap):
    def __matmul__(self, pair: Any) -> Any:
        result = pair[0] in pair[1]
        self.write(*pair, result)
        return result


class Stored(Tap):
    def __setitem__(self, owner: Any, value: Any) -> None:
        self.write(owner, value)
        self.end()


class Attribute(Tap):
    def __getitem__(self, owner: Any) -> Any:
        value = getattr(owner, self.name)
        self.write(owner, value)
        return value

    def __setitem__(self, owner: Any, value: Any) -> None:
        setattr(owner, self.name, value)
        self.write(owner, value)
        self.end()

    def __delitem__(self, owner: Any) -> None:
        delattr(owner, self.name)
        self.write(owner)


class Method(Tap):
    def __getitem__(self, owner: Any) -> Any:
        method = getattr(owner, self.name)
        self.write(owner)
        return method


class Mutated(Tap):
    def __getitem__(self, function: Any) -> Any:
        self.write(function)
        return function


_KINDS = {"item": Item, "contains": Contains, "attr": Attribute, "stored": Stored, "method": Method, "mutated": Mutated, "bound": Mutated}


def weave_code(source: bytes, path: str, twin: Twin, module: str = "__main__", *, tapped: bool = False) -> CodeType:
    """A module's code object with the twin's taps in it."""
    from causeway.weave.dynamic import split
    from causeway.weave.patch import loaded
    from causeway.weave.tree import weave

    woven = weave(source, path, module, tapped=tapped)
    return loaded(woven.code, woven.recipe, twin.make_many(split(woven.table, woven.code)[0]))
