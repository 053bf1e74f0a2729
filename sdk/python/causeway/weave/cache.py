"""Woven code on disk: a second start loads it like an ordinary `.pyc`."""

from __future__ import annotations

import _imp
import marshal
import os
import sys
from _blake2 import blake2b
from _frozen_importlib_external import MAGIC_NUMBER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import CodeType
    from typing import Any

    from causeway.weave.patch import Recipe

WEAVER = 2
"""Raised whenever woven code changes shape."""
MAGIC = b"CWWOVEN\x01"


def _identity() -> bytes:
    """Changes with every edit of the weaver's own source."""
    directory = os.path.dirname(__file__)
    parts = [f"{WEAVER} {sys.flags.optimize}"]
    try:
        with os.scandir(directory) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.name.endswith(".py"):
                    status = entry.stat()
                    parts.append(f"{entry.name} {status.st_size} {status.st_mtime_ns}")
    except OSError:
        pass
    return MAGIC_NUMBER + "\n".join(parts).encode()


class Stored:
    """A woven module as the cache keeps it: the code without taps, where they go, and the rows they are made from (`_tap.make_packed`).

    `dynamic` names the rows that stand before the source of an `exec`: row, line, compiler flags.
    """

    __slots__ = ("code", "dynamic", "kinds", "names", "recipe", "rows", "sites")

    def __init__(
        self,
        code: CodeType,
        recipe: Recipe,
        kinds: tuple[str, ...],
        rows: bytes,
        names: tuple[Any, ...],
        sites: int,
        dynamic: tuple[tuple[int, int, int], ...],
    ) -> None:
        self.code, self.recipe, self.kinds, self.rows, self.names, self.sites, self.dynamic = code, recipe, kinds, rows, names, sites, dynamic


class Cache:
    """A directory of woven modules and their site tables, shared by all processes of a user.

    Files are written to a temporary name and renamed. A directory that is not writable is used read-only. A file whose checksum does not match is
    ignored.
    """

    def __init__(self, directory: str) -> None:
        self.directory = directory
        self._identity = _identity()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Cache:
        """The cache the host names, or the user's own."""
        home = environment.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
        return cls(environment.get("CAUSEWAY_CACHE") or os.path.join(home, "causeway", "weave"))

    def key(self, source: bytes, path: str, module: str, options: str) -> str:
        """Names everything that woven code depends on."""
        digest = blake2b(source, digest_size=16)
        for part in (path.encode("utf-8", "surrogateescape"), module.encode(), options.encode(), self._identity):
            digest.update(b"\0%d\0" % len(part))
            digest.update(part)
        text: str = digest.hexdigest()
        return text

    def _path(self, key: str, ending: str) -> str:
        return os.path.join(self.directory, key[:2], key + ending)

    def load(self, key: str) -> Stored | None:
        """What was stored under `key`, or None."""
        try:
            return Stored(*read_checked(self._path(key, ".woven")))
        except (OSError, ValueError, TypeError, EOFError):
            return None

    def table(self, key: str) -> bytes | None:
        """The site table that was stored under `key`, or None."""
        try:
            with open(self._path(key, ".json"), "rb") as file:
                return file.read()
        except OSError:
            return None

    def store(self, key: str, stored: Stored, table: bytes) -> None:
        """Keeps a woven module and its site table."""
        parts = tuple(getattr(stored, name) for name in ("code", "recipe", "kinds", "rows", "names", "sites", "dynamic"))
        try:
            os.makedirs(os.path.dirname(self._path(key, "")), mode=0o700, exist_ok=True)
            write_atomically(self._path(key, ".json"), table)
            write_checked(self._path(key, ".woven"), parts)
        except OSError:
            pass

    def publish(self, key: str, spool: str, table: bytes | None) -> bool:
        """Puts the site table of `key` into the spool; `table` is its content if the caller has it. Returns False if there is none."""
        target = os.path.join(spool, "sites", key + ".json")
        if os.path.exists(target):
            return True
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if table is None:
            source = self._path(key, ".json")
            try:
                os.link(source, target)
                return True
            except FileExistsError:
                return True
            except OSError:
                pass
            try:
                with open(source, "rb") as file:
                    table = file.read()
            except OSError:
                return False
        write_atomically(target, table)
        return True


def read_checked(path: str) -> Any:
    """What `write_checked` has written. Raises OSError, and ValueError, TypeError or EOFError where the file is damaged."""
    with open(path, "rb", buffering=0) as file:
        data = file.read()
    if data[:8] != MAGIC or data[8:16] != _imp.source_hash(0, data[16:]):
        raise ValueError("the checksum does not match")
    return marshal.loads(memoryview(data)[16:])


def write_checked(path: str, value: Any) -> None:
    """Writes what marshal can write, with a checksum, atomically."""
    body = marshal.dumps(value)
    write_atomically(path, MAGIC + _imp.source_hash(0, body) + body)


def write_atomically(path: str, data: bytes) -> None:
    """Writes a file atomically: other processes see all of it or nothing."""
    temporary = f"{path}.{os.getpid()}.{os.urandom(4).hex()}"
    try:
        with open(temporary, "xb", buffering=0) as file:
            file.write(data)
        os.replace(temporary, path)
    except OSError:
        try:
            os.unlink(temporary)
        except OSError:
            pass
        raise
