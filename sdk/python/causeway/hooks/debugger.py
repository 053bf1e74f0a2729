"""debugpy in the recorded process: its own operations are not part of the program and are not recorded.

Its threads get no actor. While the debugger holds a thread of the program, its locks, events and messages to the editor leave no trace in that
thread's records. Only expressions that the user evaluates there are recorded, since they may change the program.
"""

from __future__ import annotations

import sys

from causeway import _tap
from causeway._tap import Around
from causeway.hooks.late import on_import

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any


def install() -> None:
    """Prepare for a debugger that is imported later."""
    on_import("_pydevd_bundle.pydevd_comm", _connection)
    on_import("_pydevd_bundle.pydevd_daemon_thread", _threads)
    on_import("pydevd", _waiting)
    on_import("pydevd_tracing", _tracing)
    on_import("_pydevd_bundle.pydevd_cython", _calls)
    on_import("debugpy.server.cli", _start)
    on_import("_pydevd_bundle.pydevd_vars", _evaluation)


def place() -> str:
    """Where the running thread is in the recording: `<process uid>.<stream>.<position of its next record>`; "" when it is not recorded.

    A debug adapter evaluates this in a stopped thread, to know whose past to show.
    """
    depth = _tap.unpause()
    try:
        stream, position = _tap.here()
    finally:
        _tap.repause(depth)
    return f"{_tap.uid():016x}.{stream}.{position}" if position >= 0 else ""


def _connection(module: ModuleType) -> None:
    """Turn off Nagle's algorithm: pydevd sends each message in two parts, and the second would wait for an acknowledgement, 40 ms per answer."""
    import socket

    namespace = vars(module)
    start = namespace["start_client"]

    def start_client(host: str, port: int) -> Any:
        program = sys.modules["__main__"]
        if "PyDB" in vars(program):  # a child process runs pydevd as its main module, which is never imported
            _waiting(program)
        connection = start(host, port)
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError:
            pass  # no TCP: nothing waits
        return connection

    namespace["start_client"] = start_client


def _threads(module: ModuleType) -> None:
    """A thread that a paused thread starts is not recorded."""
    import threading

    thread: Any = vars(module)["PyDBDaemonThread"]
    for name in ("start", "join"):
        setattr(thread, name, Around(vars(threading.Thread)[name], quiet=True))


def _waiting(module: ModuleType) -> None:
    _tap.keep_holders()
    debugger: Any = vars(module)["PyDB"]
    for name in ("set_suspend", "do_wait_suspend"):
        method = vars(debugger)[name]
        if not isinstance(method, Around):
            setattr(debugger, name, Around(method, quiet=True))


def _tracing(module: ModuleType) -> None:
    namespace = vars(module)
    namespace["set_trace_to_threads"] = Around(namespace["set_trace_to_threads"], quiet=True)


def _calls(module: ModuleType) -> None:
    """Where pydevd traces (CPython 3.11) it is asked about each call, and gives the frames whose lines it wants a trace function."""
    tracer = vars(module).get("SafeCallWrapper")
    if isinstance(tracer, type):
        _tap.rest_under(tracer)


def _start(module: ModuleType) -> None:
    namespace = vars(module)
    namespace["start_debugging"] = Around(namespace["start_debugging"], quiet=True)


def _evaluation(module: ModuleType) -> None:
    """Code of the program that runs because the user asked for it, in a thread that the debugger holds."""
    namespace = vars(module)
    namespace["eval"] = _recorded(eval)
    namespace["Exec"] = _recorded(namespace["Exec"])


def _recorded(function: Any) -> Any:
    def run(*arguments: Any) -> Any:
        depth = _tap.unpause()
        try:
            return function(*arguments)
        finally:
            _tap.repause(depth)

    run.__name__ = function.__name__
    return run
