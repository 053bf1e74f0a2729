"""A service that is driven: when it listens, a command sends it requests; when that has ended, the service is interrupted as by Ctrl-C.

The host passes the command as a JSON list in `CAUSEWAY_DRIVE`; `{port}` in its words becomes the port that the service listens at. What it prints
goes to the file `CAUSEWAY_DRIVE_OUTPUT`, or where the service's own output goes. So a recording of a service, a re-run of it and a generated test get
the same requests. The command is not recorded. Only `causeway.launch` imports this.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from _thread import allocate_lock, start_new_thread

from causeway import _tap
from causeway.hooks.late import on_import

TYPE_CHECKING = False  # typing is not imported: this module is loaded before the program
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

VARIABLE, OUTPUT = "CAUSEWAY_DRIVE", "CAUSEWAY_DRIVE_OUTPUT"
# As they are before anything hooks them.
_spawn, _wait, _kill, _sleep = os.posix_spawnp, os.waitpid, os.kill, time.sleep
_LOOK_SECONDS = 0.01


def from_environment() -> ServiceDriver | None:
    """What the environment asks for, None if nothing. Call before the recorder's hooks are installed. Never raises.

    The variables are taken out of the environment: children of the program are not driven.
    """
    import json

    output = os.environ.pop(OUTPUT, "")
    try:
        words = [str(word) for word in json.loads(os.environ.pop(VARIABLE, "[]"))]
    except (ValueError, TypeError):
        return None
    return ServiceDriver(words, output) if words else None


class ServiceDriver:
    """Watches each socket that is bound; the first one that listens is the service's, and gets the requests."""

    def __init__(self, words: list[str], output: str) -> None:
        self._words = words
        self._files = [(os.POSIX_SPAWN_OPEN, 1, output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)] if output else []
        self._forcing: Any = None
        self._pid = os.getpid()
        self._bound: list[Any] = []
        self._watching = False
        self._done = False
        self._lock = allocate_lock()
        import socket  # here, where the program does not run yet

        self._listens = (socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
        self._families = (socket.AF_INET, socket.AF_INET6)
        self._stream = socket.SOCK_STREAM

    def listen(self, forcing: Any) -> None:
        """From now on; `forcing` is the order's that is in force, or None."""
        self._forcing = forcing
        sys.addaudithook(self._on_audit_event)
        on_import("uvloop", self._watch_uvloop)

    def _watch_uvloop(self, module: ModuleType) -> None:
        """uvloop binds its sockets in C, where no audit event is raised."""
        loop: Any = module.Loop
        original = loop.create_server

        async def create_server(self: Any, *args: Any, **kwargs: Any) -> Any:
            server = await original(self, *args, **kwargs)
            for listener in server.sockets:
                driver._on_audit_event("socket.bind", (listener,))
            return server

        driver = self
        loop.create_server = create_server

    def _on_audit_event(self, event: str, args: tuple[Any, ...]) -> None:
        if event != "socket.bind" or self._done or os.getpid() != self._pid:
            return
        try:
            listener = args[0]
            if listener.family not in self._families or listener.type != self._stream:
                return
            with self._lock:
                self._bound.append(listener)
                if self._watching:
                    return
                self._watching = True
            _unseen(self._watch, self._forcing)
        except Exception:
            self._done = True

    def _watch(self) -> None:
        while not self._done:
            for listener in list(self._bound):
                try:
                    if listener.getsockopt(*self._listens):
                        port = listener.getsockname()[1]
                        self._done = True
                        self._bound.clear()
                        self._drive(port)
                        return
                except OSError:
                    self._bound.remove(listener)  # closed before it listened
            _sleep(_LOOK_SECONDS)

    def _drive(self, port: int) -> None:
        words = [word.replace("{port}", str(port)) for word in self._words]
        # The command sees what a shell would give it: nothing of the recorder's.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CAUSEWAY_")}
        try:
            child = _spawn(words[0], words, environment, file_actions=self._files)
            code = os.waitstatus_to_exitcode(_wait(child, 0)[1])
            if code:
                sys.stderr.write(f"causeway: {words[0]} ended with exit code {code}\n")
        except (OSError, ValueError) as error:
            sys.stderr.write(f"causeway: the requests could not be sent: {words[0]}: {error}\n")
        _kill(self._pid, signal.SIGINT)


def _unseen(run: Callable[[], None], forcing: Any) -> None:
    """A thread that neither an order nor a recording sees."""
    if forcing is not None:
        from causeway.order.coordinator import start_unseen

        start_unseen(forcing, run)
        return

    def quiet() -> None:
        _tap.pause()
        run()

    _tap.pause()
    try:
        start_new_thread(quiet, ())
    finally:
        _tap.resume()
