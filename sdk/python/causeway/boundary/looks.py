"""Existence checks of files by code of the project (`os.path.exists`, `Path.is_dir`, `os.stat`, `os.access` …).

All of these end in three functions of `os`. Only calls made directly, or through `os.path` and `pathlib`, are recorded: the checks of libraries are
noise. The import system has its own `stat`, which is not changed. The record is written after the check, when the result is known.
"""

# pathlib is not imported into the program.
# ruff: noqa: PTH100, PTH117
from __future__ import annotations

import os
import sys
from os.path import abspath, isabs

from causeway import _tap
from causeway.boundary.emit import IO
from causeway.boundary.files import is_project, runs_work_item
from causeway.boundary.plain import path_text, quote
from causeway.hooks.filelocks import held, release_closed
from causeway.hooks.late import on_import
from causeway.redaction import scrub

TYPE_CHECKING = False  # typing is not imported: this module is loaded with every recording
if TYPE_CHECKING:
    from typing import Any

_PASSING_ON = frozenset(("genericpath", "posixpath", "ntpath", "pathlib", "pathlib._local", "pathlib._abc", "pathlib._os"))
_record = _tap.record
_frame = sys._getframe


def _project_asks() -> bool:
    frame = _frame(2)
    for _ in range(4):
        if frame.f_globals.get("__name__") not in _PASSING_ON:
            name = frame.f_code.co_filename
            return (name[:1] != "<" and is_project(name)) or runs_work_item(frame)
        if frame.f_back is None:
            return False
        frame = frame.f_back
    return False


def _looked(state: object, args: tuple[Any, ...], kwargs: dict[str, Any], result: object, exception: BaseException | None) -> None:
    """After `os.stat(path)`, `os.lstat(path)` and `os.access(path, mode)`."""
    del state
    if not args or kwargs.get("dir_fd") is not None or not _project_asks():
        return
    if exception is not None and not isinstance(exception, (FileNotFoundError, NotADirectoryError)):
        return
    path = path_text(args[0])
    if not path:
        return
    if held:
        release_closed()
    found = "true" if exception is None and result is not False else "false"
    relative = "" if isabs(path) else ',"file.relative":true'
    _record(IO, f'{{"op":"file","phase":"point","id":0,"action":"look","file.path":{quote(scrub(abspath(path)))},"file.found":{found}{relative}}}')


def _pickled(around: Any) -> tuple[Any, tuple[Any]]:
    """Behaves like the function that it replaces: `copy` returns a function unchanged."""
    from copy import copy

    return copy, (around.__wrapped__,)


def install() -> None:
    """Record checks from here on. The sets of `os` that say what its functions support contain the replacements too."""
    kind = type(_tap.Around(os.stat))
    on_import("copyreg", lambda module: module.pickle(kind, _pickled))
    for name in ("stat", "lstat", "access"):
        function = getattr(os, name)
        around = _tap.Around(function, None, _looked, "files")
        setattr(os, name, around)
        for able in (os.supports_dir_fd, os.supports_effective_ids, os.supports_fd, os.supports_follow_symlinks):
            if function in able:
                able.add(around)
