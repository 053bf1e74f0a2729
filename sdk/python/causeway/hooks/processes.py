"""Child processes: fork, exec, spawn and wait, and how the recording continues in them.

Children write into the same spool. A start is a MESSAGE from the parent (whose position is `CAUSEWAY_PARENT`) to the child's first record, an end
one from the child's last record to the parent's `waitpid`. What a child needs to record itself is added to its environment where it is executed, so
that neither `os.environ` nor `Popen.args` show it.
"""

from __future__ import annotations

import os
import sys

from causeway import _tap
from causeway._tap import Around
from causeway.hooks import reaped, records
from causeway.hooks.commandline import recorded_command
from causeway.hooks.late import on_import

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

PASSED_ON = ("CAUSEWAY_SPOOL", "CAUSEWAY_DETAIL", "CAUSEWAY_INCLUDE", "CAUSEWAY_EXCLUDE", "CAUSEWAY_ROOT", "CAUSEWAY_CACHE", "CAUSEWAY_REPLAYABLE")
PARENT = "CAUSEWAY_PARENT"

_passed: dict[str, str] = {}
"""The CAUSEWAY_ variables that children need."""

_children: dict[int, str] = {}
"""Key of each child by pid, until it is reaped."""


class _Now:
    """The fork or exec that is under way in this process (under the GIL, or in the child before any other thread exists)."""

    key: str | None = None
    forked: str | None = None  # the key of the fork that the parent is returning from
    executing = False  # the fork is only the first half of an exec
    born: str | None = None  # the key under which this process was started


def install() -> None:
    """Record children from here on."""
    _passed.update({name: os.environ[name] for name in PASSED_ON if name in os.environ})
    _Now.born = os.environ.get(PARENT) or None
    if _Now.born is not None:
        records.message(records.RECEIVE, f"spawn:{_Now.born}", "subprocess", origin=_origin(_Now.born))
    os.register_at_fork(before=_before_fork, after_in_parent=_after_in_parent, after_in_child=_after_in_child)
    for name, enter in (("_exit", _exit), ("execv", _exec), ("execve", _exec)):
        setattr(os, name, Around(getattr(os, name), enter, hook="exec", rewrite=name != "_exit"))
    for name in ("fork", "forkpty"):
        if hasattr(os, name):
            setattr(os, name, Around(getattr(os, name), None, _forked, hook="fork"))
    for name in ("posix_spawn", "posix_spawnp"):
        if hasattr(os, name):
            setattr(os, name, Around(getattr(os, name), _posix_spawn, _started, hook="posix_spawn", rewrite=True))
    for name in ("waitpid", "wait", "wait3", "wait4"):
        if hasattr(os, name):
            setattr(os, name, Around(getattr(os, name), None, _waited, hook="waitpid"))
    reaped.install()
    on_import("_posixsubprocess", _posixsubprocess)
    on_import("subprocess", _subprocess)


def spool() -> str:
    """The directory that this process and its children write to."""
    return _passed.get("CAUSEWAY_SPOOL", "")


def _posixsubprocess(module: ModuleType) -> None:
    if not type(module.__dict__["fork_exec"]).__name__.startswith("Around"):
        module.__dict__["fork_exec"] = Around(module.__dict__["fork_exec"], _fork_exec, _started, hook="subprocess", rewrite=True)


def _subprocess(module: ModuleType) -> None:
    """Functions that `subprocess` imported from other modules before they were hooked."""
    namespace = module.__dict__
    inner = sys.modules.get("_posixsubprocess")
    if inner is not None:
        _posixsubprocess(inner)
        if "_fork_exec" in namespace:
            namespace["_fork_exec"] = inner.__dict__["fork_exec"]
    deleted = namespace.get("_del_safe")
    if deleted is not None and getattr(deleted, "waitpid", None) is not None:
        deleted.waitpid = os.waitpid


def _origin(key: str) -> tuple[str, int, int] | None:
    uid, _, event = key.partition(".")
    stream, _, position = event.partition(".")
    try:
        return uid, int(stream), int(position)
    except ValueError:
        return None


def announce() -> str | None:
    """Write the MESSAGE that a child is about to be started; its own position is the key."""
    depth = _tap.unpause()
    try:
        stream, position = _tap.here()
    finally:
        _tap.repause(depth)
    if position < 0:
        return None
    key = f"{_tap.uid():016x}.{stream}.{position}"
    records.message(records.SEND, f"spawn:{key}", "subprocess")
    return key


# ---- fork ----


def _before_fork() -> None:
    if _Now.executing or not _tap.active():
        return
    _tap.pause()
    try:
        _Now.key = announce()
    finally:
        _tap.resume()


def _after_in_parent() -> None:
    """The pid is not known here; `_forked` gets it."""
    _Now.forked, _Now.key = _Now.key, None


def _after_in_child() -> None:
    _tap.forget()
    key, _Now.key, _Now.forked = _Now.key, None, None
    _children.clear()
    reaped.forget()
    if _Now.executing or key is None:
        return
    from causeway import recorder

    _Now.born = key
    recorder.continue_in_child(key)


def reborn() -> None:
    """In a forked child whose recording has begun: the other end of the parent's MESSAGE."""
    if _Now.born is not None:
        records.message(records.RECEIVE, f"spawn:{_Now.born}", "subprocess", origin=_origin(_Now.born))


def adopted(key: str) -> None:
    """In a child of a fork server: the event `key` of another process started it."""
    from causeway import process_record

    if not key.isascii() or _origin(key) is None:
        return
    _Now.born = key
    parent, event = process_record.parent_of(key)
    records.emit(records.PROCESS, records.text(records.json_of({"adopted": True, "parent": parent, "parent_event": event})))
    reborn()


def ending() -> None:
    """The process is about to end: the first half of the parent's wait."""
    if _Now.born is not None:
        records.message(records.SEND, f"exit:{_Now.born}", "subprocess")


# ---- wait ----


def _waited(state: object, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any, exception: BaseException | None) -> None:
    del state, args, kwargs
    if exception is not None or not isinstance(result, tuple) or not result or type(result[0]) is not int:
        return
    key = _children.pop(result[0], None)
    if key is not None and not reaped.put_aside(result[0], key, sys._getframe(1).f_back):
        records.message(records.RECEIVE, f"exit:{key}", "subprocess", peer=str(result[0]))


def _started(state: Any, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any, exception: BaseException | None) -> None:
    del args, kwargs
    _Now.executing = False
    if exception is None and state is not None and type(result) is int:
        _children[result] = state


def _forked(state: Any, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any, exception: BaseException | None) -> None:
    """After `os.fork()` and `os.forkpty()`, in the parent and in the child."""
    del state, args, kwargs
    pid = result[0] if type(result) is tuple else result
    key, _Now.forked = _Now.forked, None
    if exception is None and type(pid) is int and pid > 0 and key is not None:
        _children[pid] = key


# ---- exec ----


def _with_variables(environment: dict[Any, Any], key: str | None, encode: bool) -> dict[Any, Any]:
    """A copy of an environment with what the child needs to record itself."""
    added = dict(_passed)
    if key is not None:
        added[PARENT] = key
    out = dict(environment)
    for name, value in added.items():
        if encode:
            out.pop(name, None)
            out[os.fsencode(name)] = os.fsencode(value)
        else:
            out.pop(os.fsencode(name), None)
            out[name] = value
    return out


def _without_variables(environment: list[bytes] | None) -> list[bytes]:
    """For multiprocessing's resource tracker, which is not part of the program."""
    if environment is None:
        environment = _tap.environment()
    return [entry for entry in environment if not entry.startswith(b"CAUSEWAY_")]


def _inherit(key: str | None) -> None:
    """The new program gets an environment of its own: `os.environ` does not show what is added to it."""
    for name, value in _passed.items():
        os.putenv(name, value)
    if key is not None:
        os.putenv(PARENT, key)


def _pairs(environment: list[bytes]) -> dict[Any, Any]:
    entries = (entry.partition(b"=") for entry in environment)
    return {name: value for name, _, value in entries}


def _fork_exec(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, tuple[Any, ...], dict[str, Any]]:
    argv, executables, environment = args[0], args[1], args[5]
    if any(b"multiprocessing.resource_tracker" in os.fsencode(word) for word in argv):
        return None, (*args[:5], _without_variables(environment), *args[6:]), kwargs
    key = announce()
    visible: Any = os.environ
    if environment is None:
        pairs = _pairs(_tap.environment())
    else:
        pairs = _pairs(environment)
        visible = {os.fsdecode(name): os.fsdecode(value) for name, value in pairs.items()}
    environment = [name + b"=" + value for name, value in _with_variables(pairs, key, encode=True).items()]
    argv = recorded_command(argv, executables, visible)
    _Now.executing = True
    return key, (argv, executables, *args[2:5], environment, *args[6:]), kwargs


def _posix_spawn(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, tuple[Any, ...], dict[str, Any]]:
    if len(args) < 3 or not (args[2] is None or hasattr(args[2], "items")):
        return None, args, kwargs
    key = announce()
    if args[2] is None:  # since 3.13: the process's own
        argv = recorded_command(args[1], (args[0],), os.environ)
        return key, (args[0], argv, _with_variables(_pairs(_tap.environment()), key, encode=True), *args[3:]), kwargs
    argv = recorded_command(args[1], (args[0],), args[2])
    return key, (args[0], argv, _with_variables(dict(args[2].items()), key, encode=False), *args[3:]), kwargs


def _exec(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, tuple[Any, ...], dict[str, Any]]:
    """`os.execv(path, argv)` and `os.execve(path, argv, env)` replace the program. END is written before, and is void if the call fails."""
    if len(args) < 2:
        return None, args, kwargs
    key = announce()
    records.emit(records.END, records.text(records.json_of({"exit_code": None, "reason": "exec"})))
    if len(args) < 3:
        _inherit(key)
        return None, (args[0], recorded_command(args[1], (args[0],), os.environ)), kwargs
    environment = dict(args[2].items()) if hasattr(args[2], "items") else args[2]
    if type(environment) is dict:
        environment = _with_variables(environment, key, encode=False)
    return None, (args[0], recorded_command(args[1], (args[0],), args[2]), environment, *args[3:]), kwargs


def _exit(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """`os._exit(code)` runs no atexit handlers: the recording ends here."""
    from causeway import recorder

    code = args[0] if args else kwargs.get("status")
    recorder.finish(code if type(code) is int else None, "os._exit")
