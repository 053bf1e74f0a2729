"""Which files are the user's code, and are therefore woven."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

OFF = b"# causeway: off"
OFF_WITHIN = 512
_HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_PACKAGE_DIRECTORIES = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}", f"{os.sep}.venv{os.sep}", f"{os.sep}node_modules{os.sep}")


def _split(text: str | None) -> tuple[str, ...]:
    return tuple(part for part in (text or "").split(os.pathsep) if part)


def _library_directories() -> tuple[str, ...]:
    directories = {os.path.dirname(os.__file__), _HERE}
    if sys.prefix != sys.base_prefix:
        directories.add(sys.prefix)
    return tuple(sorted(os.path.realpath(directory) + os.sep for directory in directories))


class Scope:
    """Decides by path and dotted module name; patterns are globs that match either.

    Without patterns, files under `root` that do not belong to the standard library, to installed packages or to a virtual environment are in scope.
    An `exclude` pattern always wins; an `include` pattern adds files outside of the root or inside of packages.
    """

    def __init__(self, root: str, include: tuple[str, ...] = (), exclude: tuple[str, ...] = ()) -> None:
        self.root = root
        self.include = include
        self.exclude = exclude
        self._libraries = _library_directories()
        self._known: dict[str, bool] = {}

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Scope:
        """The scope that the host asked for."""
        root = os.path.realpath(environment.get("CAUSEWAY_ROOT") or os.getcwd())
        return cls(root, _split(environment.get("CAUSEWAY_INCLUDE")), _split(environment.get("CAUSEWAY_EXCLUDE")))

    def covers(self, path: str, module: str) -> bool:
        """Whether the module at `path` is to be woven."""
        key = f"{path}\0{module}"
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._decide(os.path.realpath(path), path, module)
        return known

    def _decide(self, real: str, path: str, module: str) -> bool:
        if real.startswith(_HERE + os.sep):
            return False
        if any(self._matches(pattern, real, path, module) for pattern in self.exclude):
            return False
        if any(self._matches(pattern, real, path, module) for pattern in self.include):
            return True
        inside = real == self.root or real.startswith(self.root.rstrip(os.sep) + os.sep)
        return inside and not any(part in real for part in _PACKAGE_DIRECTORIES) and not real.startswith(self._libraries)

    def _matches(self, pattern: str, real: str, path: str, module: str) -> bool:
        from fnmatch import fnmatchcase

        if fnmatchcase(module, pattern) or (module.startswith(pattern + ".") and "*" not in pattern):
            return True
        relative = os.path.relpath(real, self.root) if real.startswith(self.root) else real
        if any(fnmatchcase(candidate, pattern) for candidate in (real, path, relative)):
            return True
        directory = pattern.rstrip("/*")
        return os.sep in pattern and relative.startswith(directory + os.sep)


def switched_off(source: bytes) -> bool:
    """Whether the first lines of the module say that it must not be woven."""
    return OFF in source[:OFF_WITHIN]
