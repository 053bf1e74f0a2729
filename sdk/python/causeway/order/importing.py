"""Whether a thread is executing an import. It then holds a module lock, or is about to, and must not be held."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_MACHINERY = "<frozen importlib._bootstrap>"
_PACKAGE = __file__.rpartition("/order/")[0]
_known: dict[str, bool] = {}


def importing() -> bool:
    """Whether the running thread is inside the import machinery, with no code of the program in between.

    A thread that is held there keeps all others from importing the module. And code that runs while the machinery takes one of its locks must not
    import anything: the machinery would forget what the thread waits for. A module of the program that is being imported may be the program itself,
    and may be held.
    """
    frame: Any = sys._getframe(1)
    while frame is not None:
        path = frame.f_code.co_filename
        if path == _MACHINERY:
            return True
        if not of_library(path):
            return False
        frame = frame.f_back
    return False


def of_library(path: str) -> bool:
    """Whether a file belongs to the standard library, an installed package, or this package."""
    known = _known.get(path)
    if known is None:
        library: str = sys.modules["os"].__file__.rpartition("/")[0]  # type: ignore[union-attr]
        known = _known[path] = path.startswith((library, "<", _PACKAGE)) or "/site-packages/" in path
    return known
