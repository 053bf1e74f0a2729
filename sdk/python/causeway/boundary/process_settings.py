"""Settings of the whole process that code of the project changes: working directory, environment, file mode mask, standard streams, locale, the time
limit of new sockets, the filters of warnings.

A record holds the name, and of a value only a number that equal values share in this process. Audit events tell of the working directory and the
environment; the other functions are replaced.
"""

# pathlib is not imported into the program.
# ruff: noqa: PTH100
from __future__ import annotations

import os
import sys
from itertools import count
from os.path import abspath

from causeway import _tap
from causeway._tap import Around
from causeway.boundary.emit import IO
from causeway.boundary.files import is_project
from causeway.boundary.plain import path_text, quote
from causeway.hooks.late import on_import

TYPE_CHECKING = False  # typing is not imported: this module is loaded with every recording
if TYPE_CHECKING:
    from types import FrameType, ModuleType
    from typing import Any

_PASSING_ON = frozenset(("os", "contextlib", "locale", "socket", "warnings", "posixpath", "ntpath", "_collections_abc", "collections.abc", "shutil"))
"""Modules between code of the project and the function that changes a setting."""
_DIGEST = 0xFFFFFFFF
_PLAIN = (str, bytes, int, float, type(None))
_others = count()
"""Stand for values that are not compared."""
_record = _tap.record
_frame = sys._getframe
_changed: set[bytes] = set()
"""Environment variables that the project has set."""


def install() -> None:
    """Record changes from here on."""
    _tap.audit("os.chdir", _folder)
    _tap.audit("os.putenv", _variable)
    _tap.audit("os.unsetenv", _variable)
    os.umask = Around(os.umask, _sets("umask"), hook="settings")
    environ: Any = type(os.environ)
    environ.__getitem__ = Around(environ.__getitem__, _reads, hook="settings")
    on_import("locale", _locale)
    on_import("socket", _socket)
    on_import("contextlib", _contextlib)
    on_import("warnings", _warnings)


def _locale(module: ModuleType) -> None:
    namespace: Any = module
    namespace.setlocale = Around(namespace.setlocale, _sets("locale", 1), hook="settings")


def _socket(module: ModuleType) -> None:
    namespace: Any = module
    namespace.setdefaulttimeout = Around(namespace.setdefaulttimeout, _sets("socket.setdefaulttimeout"), hook="settings")


def _contextlib(module: ModuleType) -> None:
    redirect: Any = vars(module)["_RedirectStream"]
    redirect.__enter__ = Around(redirect.__enter__, _redirects, hook="settings")
    redirect.__exit__ = Around(redirect.__exit__, _redirects_no_longer, hook="settings")


def _warnings(module: ModuleType) -> None:
    caught: Any = vars(module)["catch_warnings"]
    caught.__enter__ = Around(caught.__enter__, _catches, hook="settings")
    caught.__exit__ = Around(caught.__exit__, _catches, hook="settings")


def _project_frame() -> bool:
    """Whether the project's code made the call, directly or through the modules above."""
    frame: FrameType | None = _frame(2)
    for _ in range(6):
        if frame is None:
            return False
        if frame.f_globals.get("__name__") not in _PASSING_ON:
            name = frame.f_code.co_filename
            return name[:1] != "<" and is_project(name)
        frame = frame.f_back
    return False


def _setting(action: str, name: str, value: object) -> None:
    number = hash((name, value if type(value) in _PLAIN else next(_others))) & _DIGEST  # no code of the program is run
    _record(IO, f'{{"op":"setting","phase":"point","id":0,"action":"{action}","setting.name":{quote(name)},"setting.value":{number}}}')


def _folder(args: tuple[Any, ...]) -> None:
    if _project_frame():
        path = path_text(args[0])
        _setting("set", "working directory", args[0] if path is None else abspath(path))


def _variable(args: tuple[Any, ...]) -> None:
    """Before `putenv(key, value)` and `unsetenv(key)`."""
    if _project_frame():
        _changed.add(args[0])
        _setting("set", f"os.environ[{os.fsdecode(args[0])!r}]", args[1] if len(args) > 1 else None)


def _reads(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Before `os.environ[key]`, also through `get` and `in`."""
    del kwargs
    if _changed and len(args) > 1 and type(args[1]) is str and os.fsencode(args[1]) in _changed and _project_frame():
        _setting("use", f"os.environ[{args[1]!r}]", None)


def _sets(name: str, position: int = 0) -> Any:
    """A hook for a function that sets a setting to its argument at a position; without one it only asks."""

    def hook(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        del kwargs
        if len(args) > position and (position == 0 or args[position] is not None) and _project_frame():
            _setting("set", name, args[position])

    return hook


def _redirects(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    del kwargs
    if _project_frame():
        _setting("set", f"sys.{args[0]._stream}", args[0])


def _redirects_no_longer(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    del kwargs
    if _project_frame():
        _setting("set", f"sys.{args[0]._stream}", None)


def _catches(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    del kwargs
    if _project_frame():
        _setting("set", "warnings filters", args[0])
