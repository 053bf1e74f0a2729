"""Child processes under an order: they get names and the coordinator's address, and run through the launcher, so that they follow the order."""

from __future__ import annotations

import os
from _thread import get_ident

from causeway.hooks.commandline import recorded_command
from causeway.hooks.late import on_import

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from causeway.order.ordering import Ordering
    from causeway.order.patches import Patches

SOCKET, ROOT = "CAUSEWAY_ORDER_SOCKET", "CAUSEWAY_ORDER_ROOT"
INHERITED = (
    "CAUSEWAY_ORDER", "CAUSEWAY_ORDER_PATIENCE", "CAUSEWAY_ORDER_LIMIT", "CAUSEWAY_CACHE", "CAUSEWAY_ROOT", "CAUSEWAY_ANSWERS",
)  # fmt: skip


class Processes:
    """The children of this process, numbered in the order in which each actor starts them. As in a recording, other programs count too."""

    def __init__(self, forcing: Ordering, root: str, socket: str | None = None) -> None:
        self.forcing = forcing
        self.root = root
        self._socket = socket
        self._forking = ""
        self._executing: set[int] = set()
        """Threads that are starting a further process."""

    def install(self, patches: Patches) -> None:
        """Follows forks for the rest of this process's life, and programs that further processes execute."""
        os.register_at_fork(before=self._before_fork, after_in_child=self._after_in_child)
        for name in ("posix_spawn", "posix_spawnp", "execv", "execve"):
            if hasattr(os, name):
                patches.put(os, name, self._executed(name, getattr(os, name)))
        on_import("_posixsubprocess", lambda module: patches.put(module, "fork_exec", self._fork_exec(vars(module)["fork_exec"])))
        on_import("subprocess", lambda module: self._subprocess(module, patches))

    def _name(self) -> str:
        forcing = self.forcing
        with forcing, forcing.lock:
            return forcing.actors.named(forcing.actors.current(), "process")

    def socket(self) -> str:
        """The coordinator's address. The first process begins to serve when it starts its first child."""
        if self._socket is not None:
            return self._socket
        forcing = self.forcing
        with forcing, forcing.lock:
            if forcing.remote is None:
                import tempfile

                from causeway.order.coordinator import Coordinator  # and sockets with it: few programs start another process

                forcing.remote = Coordinator(forcing, os.path.join(tempfile.mkdtemp(prefix="causeway-"), "order"))
                if forcing.liveness.hangs:
                    forcing.liveness.watch()
            path: str = forcing.remote.path
            return path

    def _before_fork(self) -> None:
        if get_ident() not in self._executing and not self.forcing.finished:
            self.socket()
            self._forking = self._name()
            with self.forcing, self.forcing.lock:
                self.forcing.children.forked(self._forking)

    def _after_in_child(self) -> None:
        if get_ident() in self._executing or not self._forking:
            return
        self.root, self._forking = self._forking, ""
        self._socket = self._socket or self.forcing.remote.path
        self.forcing.after_fork(self.root)
        join(self.forcing, self._socket, self.root)
        with self.forcing, self.forcing.lock:
            self.forcing.started(self.forcing.actors.root)

    def _subprocess(self, module: ModuleType, patches: Patches) -> None:
        """Functions that `subprocess` imported from the other module before that was hooked."""
        namespace: dict[str, Any] = vars(module)
        if "_fork_exec" in namespace:
            patches.put(module, "_fork_exec", self._fork_exec(namespace["_fork_exec"]))

    def _fork_exec(self, original: Any) -> Any:
        def fork_exec(*args: Any) -> Any:
            if get_ident() in self._executing or self.forcing.finished:
                return original(*args)
            argv, executables, environment = args[0], args[1], args[5]
            pairs = dict(os.environb) if environment is None else dict(entry.partition(b"=")[::2] for entry in environment)
            if any(b"multiprocessing.resource_tracker" in os.fsencode(word) for word in argv):
                # multiprocessing's resource tracker is not part of the program.
                given = [name + b"=" + value for name, value in pairs.items() if not name.startswith(b"CAUSEWAY_ORDER")]
                return self._call(original, (*args[:5], given, *args[6:]), {}, of_order=False)
            pairs = self._child_environment(pairs)
            visible = {os.fsdecode(name): os.fsdecode(value) for name, value in pairs.items()}
            given = [name + b"=" + value for name, value in pairs.items()]
            return self._call(original, (recorded_command(argv, executables, visible), executables, *args[2:5], given, *args[6:]), {})

        return fork_exec

    def _executed(self, name: str, original: Any) -> Any:
        """For functions of `os` that are called with a path, words and, mostly, an environment."""

        def executed(*args: Any, **kwargs: Any) -> Any:
            if get_ident() in self._executing or self.forcing.finished or len(args) < 2:
                return original(*args, **kwargs)
            environment = args[2] if len(args) > 2 and args[2] is not None else os.environ
            if not hasattr(environment, "items"):
                return original(*args, **kwargs)
            pairs = self._child_environment({os.fsencode(name): os.fsencode(value) for name, value in environment.items()})
            visible = {os.fsdecode(name): os.fsdecode(value) for name, value in pairs.items()}
            argv = recorded_command(args[1], (args[0],), visible)
            if name == "execv":
                return self._call(os.execve, (args[0], argv, visible), {})
            return self._call(original, (args[0], argv, visible, *args[3:]), kwargs)

        return executed

    def _child_environment(self, environment: dict[bytes, bytes]) -> dict[bytes, bytes]:
        """The environment of a child, with its name and the place of the order."""
        added = {name: os.environ[name] for name in INHERITED if name in os.environ} | {SOCKET: self.socket(), ROOT: self._name()}
        child = environment | {os.fsencode(name): os.fsencode(value) for name, value in added.items()}
        child.pop(b"CAUSEWAY_ORDER_RESULT", None)
        return child

    def _call(self, original: Any, args: tuple[Any, ...], kwargs: dict[str, Any], of_order: bool = True) -> Any:
        self._executing.add(get_ident())
        try:
            made = original(*args, **kwargs)
        finally:
            self._executing.discard(get_ident())
        if of_order and isinstance(made, int):
            with self.forcing, self.forcing.lock:
                self.forcing.children.execute(made)
        return made


def join(forcing: Ordering, path: str, root: str) -> None:
    """Takes part in the order that another process serves, and waits here if this process is not to begin yet."""
    with forcing:
        try:
            from causeway.order.coordinator import Client

            client = Client(forcing, path, root)
        except OSError:
            forcing.release_all()
            return
        with forcing.lock:
            forcing.remote = client
        forcing.wait(forcing.actors.root)

