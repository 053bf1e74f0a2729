"""Marked copies of functions, on disk: to make those of the standard library takes every start of a program 40 ms, to read them two."""

# pathlib is not imported into the program.
# ruff: noqa: PTH103, PTH116, PTH118, PTH120
from __future__ import annotations

import marshal
import os
from _blake2 import blake2b
from _frozen_importlib_external import MAGIC_NUMBER

from causeway.weave.cache import Cache, read_checked, write_checked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import CodeType

    Copy = tuple[CodeType, tuple[tuple[int, bool], ...]]

_WITHOUT_REFERENCES = 2
"""The version of marshal's format in which equal code gives equal bytes."""


class Copies:
    """The copies that were made before, in one file for each interpreter and version of `maker`, the module file that makes them.

    A file that cannot be read or written is ignored. May be used from several threads; of processes that save at once, one wins.
    """

    def __init__(self, directory: str, maker: str) -> None:
        identity = [MAGIC_NUMBER]
        try:
            status = os.stat(maker)
            identity.append(b"%d %d" % (status.st_size, status.st_mtime_ns))
        except OSError:
            pass
        self._path = os.path.join(directory, f"copies-{blake2b(b' '.join(identity), digest_size=8).hexdigest()}")
        self._unsaved = False
        self._known = self._load()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], maker: str) -> Copies:
        """The copies beside the woven modules."""
        return cls(Cache.from_environment(environment).directory, maker)

    def _load(self) -> dict[bytes, Copy]:
        try:
            known: dict[bytes, Copy] = read_checked(self._path)
            return known
        except (OSError, ValueError, TypeError, EOFError):
            return {}

    def key(self, code: CodeType, rules: str) -> bytes | None:
        """Names all that a copy of the code under the rules depends on; None if it cannot be told."""
        try:
            return blake2b(marshal.dumps(code, _WITHOUT_REFERENCES) + rules.encode(), digest_size=16).digest()
        except ValueError:
            return None

    def get(self, key: bytes | None) -> Copy | None:
        """The copy, with places for marks, and the marks in their order: number of the rule, and whether it is the closing one."""
        return None if key is None else self._known.get(key)

    def put(self, key: bytes | None, copy: Copy) -> None:
        """Keeps a copy, until `save` in memory only."""
        if key is not None:
            self._known[key] = copy
            self._unsaved = True

    def save(self) -> None:
        """Writes the file if there is anything new."""
        if not self._unsaved:
            return
        self._unsaved = False
        try:
            os.makedirs(os.path.dirname(self._path), mode=0o700, exist_ok=True)
            write_checked(self._path, dict(self._known))
        except OSError:
            pass
