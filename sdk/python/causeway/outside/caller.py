"""Who asks: whether a question to the outside comes from the program's recorded code."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType

    from causeway.weave.scope import Scope

RELAYS = frozenset(("random", "secrets", "uuid", "datetime", "_pydatetime", "os", "_collections_abc", "collections.abc"))
"""Modules that only pass a question on: `uuid4()` asks `os.urandom` for its caller."""
_DEEPEST = 12


class Asker:
    """Looks at the stack. `scope` says which files are recorded code."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def recorded(self, depth: int = 2) -> bool:
        """Whether the code that asks is recorded; `depth` as `sys._getframe` counts from here."""
        frame, _ = _behind_relays(depth + 1)
        return frame is not None and self.covers(frame)

    def through(self, depth: int = 2) -> tuple[bool, frozenset[str]]:
        """The same, and which relays the question came through."""
        frame, relays = _behind_relays(depth + 1)
        return frame is not None and self.covers(frame), relays

    def elsewhere(self, depth: int = 2) -> bool:
        """Whether code asks that is neither the standard library's nor ours: recorded code, or an installed package."""
        frame, _ = _behind_relays(depth + 1)
        if frame is None:
            return False
        path = frame.f_globals.get("__file__")
        return self.covers(frame) or (type(path) is str and ("site-packages" in path or "dist-packages" in path))

    def covers(self, frame: FrameType) -> bool:
        """Whether the frame's code is recorded."""
        names = frame.f_globals
        path, name = names.get("__file__"), names.get("__name__")
        if type(name) is not str:
            return False
        if type(path) is not str:
            return name == "__main__" and frame.f_code.co_filename in ("<string>", "<stdin>")
        return self._scope.covers(path, name)


def _behind_relays(depth: int) -> tuple[FrameType | None, frozenset[str]]:
    try:
        frame: FrameType | None = sys._getframe(depth)
    except ValueError:  # a thread whose target is the very function
        return None, frozenset()
    relays: set[str] = set()
    for _ in range(_DEEPEST):
        if frame is None:
            break
        name = frame.f_globals.get("__name__")
        if name not in RELAYS:
            return frame, frozenset(relays)
        relays.add(name)
        frame = frame.f_back
    return None, frozenset(relays)
