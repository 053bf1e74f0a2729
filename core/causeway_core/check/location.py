"""Shared places as the source names them: an attribute of self, a global, a closure's variable, a container's content."""

from __future__ import annotations

from typing import NamedTuple


class Path(NamedTuple):
    """The name of a shared thing within a function: `self.accounts[name]`. `owner` is what its root stands for: a class, `module`, or the
    function whose variable it is. `names` are the locals its text mentions: rebinding one makes it another thing. `root` is self, global,
    closure or parameter.
    """

    owner: str
    text: str
    names: frozenset[str]
    root: str

    def attribute(self, name: str) -> Path:
        """The path of an attribute."""
        return Path(self.owner, f"{self.text}.{name}", self.names, self.root)

    def item(self, key: str, names: frozenset[str]) -> Path:
        """The path of an item."""
        return Path(self.owner, f"{self.text}[{key}]", self.names | names, self.root)

    def shown(self) -> str:
        """The path as people know it: `Account.balance`."""
        if self.root != "self":
            return self.text
        return f"{self.owner}{self.text[self.text.find('.') :]}" if "." in self.text else self.owner


class Location(NamedTuple):
    """What an access touches: the `path` itself, or what the container there holds (`content`), under `key` or as a whole (None)."""

    path: Path
    content: bool = False
    key: str | None = None
    names: frozenset[str] = frozenset()

    def shown(self) -> str:
        """The location as people know it: `Cache.entries[key]`."""
        return self.path.shown() if self.key is None else f"{self.path.shown()}[{self.key}]"


def touches(read: Location, write: Location) -> bool:
    """Whether a write can change what a read saw."""
    if read.path.text != write.path.text or read.path.owner != write.path.owner:
        return False
    if not write.content:
        return not read.content or read.key is None
    return read.content and (read.key is None or write.key is None or read.key == write.key)
