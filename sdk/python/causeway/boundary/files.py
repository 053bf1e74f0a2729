"""Files, sockets and child processes, recorded through audit events: no function is replaced.

An audit event comes before the operation, so success is not known here; a failure shows as an exception in woven code. Positions and closing are not
recorded. Files are recorded if they belong to the project or if the project's code opens them. Files that the import system and libraries read for
themselves are noise.
"""

# pathlib is not imported into the program.
# ruff: noqa: PTH100, PTH117, PTH120, PTH206
from __future__ import annotations

import os
import sys
from os.path import abspath, dirname, isabs

from causeway import _tap
from causeway.boundary.emit import IO
from causeway.boundary.plain import path_text, quote
from causeway.hooks.filelocks import held, release_closed
from causeway.redaction import scrub, scrub_argv

TYPE_CHECKING = False  # typing is not imported: this module is loaded with every recording
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Any

_record = _tap.record
_access = os.access  # before `looks` records its calls
_frame = sys._getframe
_DEPTH = 8
_FOREIGN = frozenset({"site-packages", "dist-packages", "__pycache__", ".git", ".causeway"})
_NOISE = ("<frozen importlib", "<frozen zipimport", dirname(dirname(abspath(__file__))))
_READERS = (f"{os.sep}linecache.py", f"{os.sep}tokenize.py")  # of source text, for tracebacks
_POOL = f"concurrent{os.sep}futures{os.sep}thread.py"
_SYSTEM = tuple({*map(abspath, (sys.prefix, sys.base_prefix)), "/usr/", "/etc/", "/proc/", "/sys/", "/dev/"})
_root = ""
_inside: dict[str, bool] = {}


def _is_foreign(part: str) -> bool:
    return part in _FOREIGN or part.endswith((".causeway", ".spool"))


def is_project(path: str) -> bool:
    """Whether a path lies in the project and not in an environment or a cache in it."""
    known = _inside.get(path)
    if known is None:
        if len(_inside) > 5000:
            _inside.clear()
        full = abspath(path)
        known = full.startswith(_root + os.sep) and not any(map(_is_foreign, full[len(_root) :].split(os.sep)))
        _inside[path] = known
    return known


def runs_work_item(frame: FrameType) -> bool:
    """Whether this is the frame in which a thread of a pool runs a work item: it acts for the submitter."""
    return frame.f_code.co_name == "run" and frame.f_code.co_filename.endswith(_POOL)


def _caller_kind() -> str:
    """The kind of caller, by the frames near the top of the stack: `project`, `library`, `pool` (a library function that is a work item itself), or
    `noise` (imports, tracebacks' source lines, the recorder itself)."""
    frame = _frame(2).f_back
    if frame is None:
        return "noise"  # the interpreter itself, which prints source lines of the exception that ended the program
    for _ in range(_DEPTH):
        if frame is None:
            break
        name = frame.f_code.co_filename
        if name.startswith(_NOISE) or name.endswith(_READERS):
            return "noise"
        if name[:1] != "<" and is_project(name):
            return "project"
        if runs_work_item(frame):
            return "pool"
        frame = frame.f_back
    return "library"


def _is_recorded(path: str) -> bool:
    caller = _caller_kind()
    if caller == "pool" and not path.startswith(_SYSTEM):
        return not any(map(_is_foreign, path.split(os.sep)))
    return caller == "project" or (caller == "library" and is_project(path))


def _opened(args: tuple[Any, ...]) -> None:
    path = path_text(args[0])
    if path is None or not _is_recorded(path):
        return
    mode = args[1]
    if type(mode) is not str:
        flags = args[2] if type(args[2]) is int else 0
        mode = {os.O_RDONLY: "r", os.O_WRONLY: "w", os.O_RDWR: "r+"}.get(flags & os.O_ACCMODE, "r")
        if flags & os.O_EXCL and flags & os.O_CREAT:
            mode = "x"
    _file("open", path, f',"file.mode":{quote(mode[:8])},"file.found":{_found(path)}')


def _found(path: str) -> str:
    """Whether there is such a file before the operation, as JSON."""
    return "true" if _access(path, 0) else "false"


def _file(action: str, path: str, more: str = "") -> None:
    if held:
        release_closed()
    shown = abspath(path) if path else path
    if not isabs(path):
        more += ',"file.relative":true'
    _record(IO, f'{{"op":"file","phase":"point","id":0,"action":"{action}","file.path":{quote(scrub(shown))}{more}}}')


def _at_path(action: str) -> Callable[[tuple[Any, ...]], None]:
    def hook(args: tuple[Any, ...]) -> None:
        path = path_text(args[0])
        if path is not None and _is_recorded(path):
            _file(action, path)

    return hook


def _renamed(args: tuple[Any, ...]) -> None:
    source, target = path_text(args[0]), path_text(args[1])
    if source is not None and target is not None and _is_recorded(target):
        _file("rename", source, f',"file.target":{quote(scrub(abspath(target)))},"target.found":{_found(target)}')


def _linked(args: tuple[Any, ...]) -> None:
    """A link is made at the second path."""
    path = path_text(args[1])
    if path is not None and _is_recorded(path):
        _file("link", path)


def _connected(args: tuple[Any, ...]) -> None:
    _socket("connect", args[1])


def _bound(args: tuple[Any, ...]) -> None:
    _socket("bind", args[1])


def _socket(action: str, address: object) -> None:
    if type(address) is tuple and len(address) >= 2 and type(address[0]) is str and type(address[1]) is int:
        peer = f'"server.address":{quote(address[0])},"server.port":{address[1]}'
    elif (path := path_text(address)) is not None:
        peer = f'"server.address":{quote(path)}'
    else:
        return
    _record(IO, f'{{"op":"socket","phase":"point","id":0,"action":"{action}",{peer}}}')


def _spawned(args: tuple[Any, ...]) -> None:
    argv = args[1]
    if type(argv) is list or type(argv) is tuple:
        words = [path_text(word) or "?" for word in argv[:64]]
        shown = ",".join(map(quote, scrub_argv(words)))
    else:
        text = path_text(argv)
        shown = quote(scrub(text)) if text is not None else '"?"'
    executable = path_text(args[0])
    program = quote(scrub(executable)) if executable is not None else "null"
    inherits = " ".join(what for what, given in zip(("cwd", "env"), args[2:4], strict=False) if given is None)
    about = f'"process.executable.path":{program},"process.command_args":[{shown}],"process.inherits":"{inherits}"'
    _record(IO, f'{{"op":"subprocess","phase":"point","id":0,{about}}}')


def install() -> None:
    """Watch the audit events. The project is that of this run: a zygote loads this module once for runs in different copies of a project."""
    global _root
    _root = abspath(os.environ.get("CAUSEWAY_ROOT") or os.curdir)
    _tap.audit("open", _opened)
    _tap.audit("os.rename", _renamed)
    _tap.audit("os.symlink", _linked)
    _tap.audit("os.link", _linked)
    for event, action in (
        *(("os.remove", "remove"), ("os.mkdir", "mkdir"), ("os.rmdir", "rmdir"), ("os.truncate", "truncate")),
        *(("os.listdir", "list"), ("os.scandir", "list")),
    ):
        _tap.audit(event, _at_path(action))
    _tap.audit("socket.connect", _connected)
    _tap.audit("socket.bind", _bound)
    _tap.audit("subprocess.Popen", _spawned)
