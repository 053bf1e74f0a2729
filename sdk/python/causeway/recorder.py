"""The recording of this process: how it begins, which hooks it installs, and how it ends."""

from __future__ import annotations

import sys

from causeway.process_record import process_json


class _State:
    """One for each process. `exit_code` and `reason` are written when the recording ends."""

    installed = False  # hooks are installed once a process
    pid = 0
    exit_code: int | None = None
    reason = "exit"


def start_from_environment() -> bool:
    """Begins to record this process if the environment asks for it (`CAUSEWAY_SPOOL` and others, set by the host); returns whether it records now.

    Called once by `causeway.launch` or `causeway.autostart` in the main thread, before the program's own code. A second call does nothing.
    Never raises and never prints: without a spool, in a sub-interpreter, or when the spool cannot be written the program simply runs unrecorded.
    """
    try:
        return _start()
    except Exception:
        return False


def stop(exit_code: int | None = None, reason: str = "exit") -> None:
    """Notes how the program's main part ended. The recording continues until the last thread and atexit handler have ended."""
    _State.exit_code = exit_code
    _State.reason = reason


def finish(exit_code: int | None = None, reason: str | None = None) -> None:
    """Ends the recording now: writes which actors still wait, then END, and seals all segments. A second call does nothing; nor do the hooks."""
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
    """`finish`, again if a signal handler of the program raises in it: without the recorder there would be nothing here to interrupt."""
    for _ in range(3):
        try:
            finish()
        except BaseException:
            continue
        return


def continue_in_child(key: str) -> None:
    """In a forked child, while it has one thread: continues as a process of its own, started by the event `key` of the parent."""
    import os

    from causeway import _tap
    from causeway.hooks import processes, records

    _State.exit_code, _State.reason, _State.pid = None, "exit", os.getpid()
    _tap.after_fork()
    if not _tap.active():
        return
    _tap.pause()
    try:
        records.emit(records.PROCESS, records.text(process_json(_tap.uid(), os.environ.get("CAUSEWAY_DETAIL", "full"), key)))
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
    _tap.start(spool, detail, process_json(_tap.uid(), detail), {})
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
    """Installs all hooks. They are independent: one that fails is recorded as a GAP."""
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
    """Keeps the locks of the import system, which are not the program's, out of the recording."""
    from causeway import _tap

    lock = getattr(sys.modules.get("_frozen_importlib"), "_ModuleLock", None)
    for name in ("acquire", "release"):
        if lock is not None and not isinstance(vars(lock)[name], _tap.Around):
            setattr(lock, name, _tap.Around(vars(lock)[name], quiet=True))
