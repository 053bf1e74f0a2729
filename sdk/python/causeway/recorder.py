"""The life of a recording inside the program: begin, hooks, end."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

VERSION = "0.1.0"
_SECRETS = (
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "authorization",
    "apikey",
    "api_key",
    "api-key",
    "credential",
    "cookie",
    "private_key",
    "private-key",
    "privatekey",
    "session_id",
    "session-id",
    "sessionid",
)
_REDACTED = "[redacted]"


class _State:
    """What the running recording needs to end. One a process; all of it is used under the GIL by whoever ends first."""

    installed = False  # hooks are in place, which happens once a process
    pid = 0
    exit_code: int | None = None
    reason = "exit"


def start_from_environment() -> bool:
    """Begin to record this process as the environment says (`CAUSEWAY_SPOOL` and its like, set by the host); whether it records now.

    Called once by `causeway.launch` or `causeway.autostart` in the main thread, before the program's own code. A second call does nothing.
    Never raises and never prints: without a spool, in a sub-interpreter, or when the spool cannot be written the program simply runs unrecorded.
    """
    try:
        return _start()
    except Exception:
        return False


def stop(exit_code: int | None = None, reason: str = "exit") -> None:
    """Note how the program's main part ended. The recording goes on through waiting threads and atexit handlers, and ends with the last of them."""
    _State.exit_code = exit_code
    _State.reason = reason


def finish(exit_code: int | None = None, reason: str | None = None) -> None:
    """End the recording now: who still waits, END, all segments sealed. Idempotent; the hooks stay in place and do nothing."""
    tap = sys.modules.get("causeway._tap")
    if tap is None:
        return
    depth = tap.unpause()  # also from inside a hook: os._exit
    if not tap.active():
        tap.repause(depth)
        return
    from causeway.hooks import processes, records, waiting

    if exit_code is not None:
        _State.exit_code = exit_code
    for step in (waiting.write, waiting.unretrieved, processes.ending):
        try:
            step()
        except Exception as error:
            records.gap("end", type(error).__name__)
    tap.stop(records.json_of({"exit_code": _State.exit_code, "reason": reason or _State.reason}))
    tap.forget()
    tap.repause(depth)


def _at_exit() -> None:
    """`finish`, to its end: what a signal handler raises here would have met nothing that could be interrupted in the plain program."""
    for _ in range(3):
        try:
            finish()
        except BaseException:
            continue
        return


def continue_in_child(key: str) -> None:
    """In a forked child, while it has one thread: record on as a process of its own, started by the event `key` of the parent."""
    import os

    from causeway import _tap
    from causeway.hooks import processes, records

    _State.exit_code, _State.reason, _State.pid = None, "exit", os.getpid()
    _tap.after_fork()
    if not _tap.active():
        return
    _tap.pause()
    try:
        records.emit(records.PROCESS, records.text(_process(os, _tap.uid(), os.environ.get("CAUSEWAY_DETAIL", "full"), key)))
        processes.reborn()
    finally:
        _tap.resume()


def _start() -> bool:
    import os

    spool = os.environ.get("CAUSEWAY_SPOOL")
    if not spool or sys.implementation.name != "cpython":
        return False
    from causeway import _tap

    if _tap.active():
        return True
    if not _tap.main_interpreter():
        return False
    detail = os.environ.get("CAUSEWAY_DETAIL", "full")
    _tap.start(spool, detail, _process(os, _tap.uid(), detail), {})
    _tap.register_tasks(detail == "full")
    _State.pid = os.getpid()
    _tap.pause()
    try:
        if not _State.installed:
            _State.installed = True
            _install()
    finally:
        _tap.resume()
    return True


def _install() -> None:
    """Put all hooks in place. Each one is independent: one that fails is a GAP."""
    import atexit

    from causeway.hooks import INSTALLED, late, records

    atexit.register(_at_exit)  # the first to register is the last to run
    late.on_failure(lambda name, reason: records.gap(name, reason))
    _quiet_imports()
    for name in INSTALLED:
        try:
            module = __import__(f"causeway.hooks.{name}", None, None, ["install"])
            module.install()
        except Exception as error:
            records.gap(name, f"not installed: {type(error).__name__}")
    try:
        from causeway import boundary

        boundary.install(late.on_import)
    except Exception as error:
        records.gap("boundary", f"not installed: {type(error).__name__}")
    import os

    if os.environ.get("CAUSEWAY_REPLAYABLE"):
        try:
            from causeway.outside import recorder as answer_recorder

            answer_recorder.install()
        except Exception as error:
            records.gap("outside", f"not installed: {type(error).__name__}")


def _quiet_imports() -> None:
    """The locks of the import system are not the program's."""
    from causeway import _tap

    lock = getattr(sys.modules.get("_frozen_importlib"), "_ModuleLock", None)
    for name in ("acquire", "release"):
        if lock is not None and not isinstance(vars(lock)[name], _tap.Around):
            setattr(lock, name, _tap.Around(vars(lock)[name], quiet=True))


def _process(os: Any, uid: int, detail: str, started_by: str | None = None) -> str:
    """The JSON of the PROCESS record. `started_by`: the event that forked this process, else the environment says it."""
    import time

    from causeway.hooks import records

    parent, event = parent_of(started_by or os.environ.get("CAUSEWAY_PARENT", ""))
    argv = program_argv(getattr(sys, "orig_argv", sys.argv))
    service = os.environ.get("CAUSEWAY_SERVICE") or service_of(argv)
    return records.json_of(
        {
            "uid": f"{uid:016x}",
            "pid": os.getpid(),
            "parent": parent,
            "parent_event": event,
            "argv": redact(argv),
            "cwd": _cwd(os),
            "executable": sys.executable or "",
            "language": "python",
            "version": ".".join(str(part) for part in sys.version_info[:3]),
            "sdk_version": VERSION,
            "service": service,
            "wall_ns": time.time_ns(),
            "monotonic_ns": time.clock_gettime_ns(time.CLOCK_MONOTONIC) if hasattr(time, "clock_gettime_ns") else time.monotonic_ns(),
            "detail": detail,
        }
    )


def _cwd(os: Any) -> str:
    try:
        return str(os.getcwd())
    except OSError:
        return ""


def parent_of(text: str) -> tuple[str | None, list[int] | None]:
    """Process uid and event of `CAUSEWAY_PARENT` ("<uid hex>.<stream>.<position>"); None for what it does not say."""
    uid, _, event = text.partition(".")
    stream, _, position = event.partition(".")
    if not uid:
        return None, None
    if stream.isascii() and stream.isdigit() and position.isascii() and position.isdigit():
        return uid, [int(stream), int(position)]
    return uid, None


def program_argv(argv: list[str]) -> list[str]:
    """The command line as the user would write it: without our launcher."""
    argv = [str(word) for word in argv]
    for at in range(len(argv) - 1):
        if argv[at] == "-m" and argv[at + 1] == "causeway.launch":
            return [*argv[:at], *argv[at + 2 :]]
    return argv


def service_of(argv: list[str]) -> str:
    """The module's or script's name; under debugpy that of the program it debugs."""
    words = _debugged(argv[1:])
    while words:
        word = words.pop(0)
        if word == "-m" and words:
            return words[0]
        if word == "-c":
            return "-c"
        if word in ("-W", "-X") and words:
            words.pop(0)
        elif not word.startswith("-"):
            name = word.replace("\\", "/").rstrip("/").rpartition("/")[2]
            return name.removesuffix(".py") or "python"
    return "python"


def _debugged(words: list[str]) -> list[str]:
    """The words of the program where `words` start debugpy (`debugpy --connect … program`) or one of its children (`pydevd.py … --file program`)."""
    at = 0
    while at < len(words) and words[at].startswith("-"):  # past the interpreter's own flags
        at += 2 if words[at] in ("-W", "-X") else 1
    name = words[at].replace("\\", "/").rstrip("/").rpartition("/")[2].removesuffix(".py") if at < len(words) else ""
    if name not in ("debugpy", "pydevd"):
        return words
    if "--file" in words:
        return words[words.index("--file") + 1 :]
    rest = words[at + 1 :]
    while rest and rest[0].startswith("--"):
        rest = rest[1 if rest[0] in ("--wait-for-client", "--log-to-stderr") else 2 :]
    return rest or words


def redact(argv: list[str]) -> list[str]:
    """A command line without what its own words mark as secrets: `--token X`, `KEY=value`, `scheme://user:password@`."""
    out: list[str] = []
    hide = False
    for word in argv:
        name, equals, _ = word.partition("=")
        named = any(secret in name.lower() for secret in _SECRETS)
        if hide:
            out.append(_REDACTED)
            hide = False
        elif equals and named:
            out.append(f"{name}={_REDACTED}")
        else:
            hide = named and word.startswith("-")
            out.append(_without_password(word))
    return out


def _without_password(word: str) -> str:
    scheme, found, rest = word.partition("://")
    host, _, path = rest.partition("/")
    user, at, where = host.rpartition("@")
    if not found or not at:
        return word
    return f"{scheme}://{user.partition(':')[0]}:{_REDACTED}@{where}{'/' + path if path else ''}"
