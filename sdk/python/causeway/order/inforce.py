"""An order put in force in this process, and lifted again."""

from __future__ import annotations

import os
import sys
from _thread import get_ident

from causeway.order import backpressure, channels, files, loop, processes, sqlite, threads, trio, uvloop
from causeway.order.document import COLLECT, Order, OrderError
from causeway.order.hang import Hang
from causeway.order.inject import put_off_collection
from causeway.order.modules import Modules
from causeway.order.ordering import Ordering
from causeway.order.patches import Patches
from causeway.order.reasons import NO_ORDER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, NoReturn

    from causeway.order.forcing import Forcing

ORDER, RESULT, PATIENCE = "CAUSEWAY_ORDER", "CAUSEWAY_ORDER_RESULT", "CAUSEWAY_ORDER_PATIENCE"
LIMIT = "CAUSEWAY_ORDER_LIMIT"


class InForce:
    """One order, its gates and hooks. `modules` is passed to the weaver; `lift` removes the hooks and opens the gates."""

    def __init__(self, order: Order, changed: Callable[[Forcing], None] | None = None, root: str = "main", socket: str | None = None) -> None:
        self.forcing = _forcing(order, changed, root)
        self._root, self._socket = root, socket
        self.modules = Modules(self.forcing)
        self.patches = Patches()

    def install(self) -> None:
        """Hooks threads and loops. Called in the thread that becomes the root actor, before it runs code of the program."""
        if self._socket is None:
            self.forcing.inherited_pipes = channels.inherited_pipes()
        threads.install(self.forcing, self.patches)
        loop.install(self.forcing, self.patches)
        uvloop.install(self.forcing, self.patches)
        trio.install(self.forcing, self.patches)
        if self.forcing.order.slow_peers:
            backpressure.install(self.patches)
        self.forcing.databases.install(self.patches)
        if COLLECT in self.forcing.order.inject.values():
            put_off_collection(self.patches)
        if isinstance(self.forcing, Ordering):
            sqlite.install(self.forcing, self.patches)
            files.install(self.forcing, self.patches)
            processes.Processes(self.forcing, self._root, self._socket).install(self.patches)
            if self._socket is not None:
                processes.join(self.forcing, self._socket, self._root)
        self._name_for_answers()
        with self.forcing, self.forcing.lock:
            self.forcing.started(self.forcing.actors.root)

    def _name_for_answers(self) -> None:
        """Passes each actor the answers that were recorded for it: the order knows which actor is running."""
        replayer = sys.modules.get("causeway.outside.replayer")
        if replayer is not None and replayer.current is not None:
            replayer.current.answers.who = self.forcing.running

    def _look_at_databases(self) -> None:
        forcing, ident = self.forcing, get_ident()
        forcing.unseen.add(ident)
        forcing.databases.read_tables()
        forcing.unseen.discard(ident)
        if forcing.remote is not None:
            forcing.remote.held(forcing.databases.held)

    def lift(self) -> None:
        """The run is over."""
        with self.forcing:
            if self.forcing.remote is not None:
                self.forcing.remote.drain()
            self._look_at_databases()
            self.forcing.end()
            with self.forcing.lock:
                self.forcing.liveness.stop()
            if self.forcing.remote is not None:
                self.forcing.remote.close()
        self.patches.undo()


def _forcing(order: Order, changed: Callable[[Forcing], None] | None, root: str) -> Forcing:
    if order.explore is None:
        return Ordering(order, changed, root)
    from causeway.order.exploring import Exploring

    exploring = Exploring(order, changed, root)
    exploring.leave_children()
    return exploring


def start_from_environment(environment: Mapping[str, str]) -> Modules | None:
    """Puts the order of `CAUSEWAY_ORDER` in force for this whole process; the weaver asks the result. If the order cannot be read, that is reported
    on stderr and in the result file, and the program runs freely.
    """
    from causeway.order.result import ResultFile

    socket = environment.get(processes.SOCKET)
    path, target = environment[ORDER], None if socket else environment.get(RESULT)
    file = ResultFile(target) if target else None
    try:
        order = Order.load(path)
    except (OSError, OrderError) as error:
        _report_failure(f"causeway: the order {path} is not in force: {error}\n", target)
        return None
    inforce = InForce(order, file.write if file is not None else None, environment.get(processes.ROOT) or "main", socket)
    inforce.forcing.liveness.patience = patience_of(environment)
    inforce.forcing.liveness.limit = limit_of(environment)
    _at_end(inforce, file)
    inforce.install()
    if hasattr(os, "unsetenv"):
        # A process that is started without the hooks (`os.system`) runs freely. `os.environ` does not change.
        for name in (ORDER, RESULT):
            os.unsetenv(name)
            if order.explore is not None:
                os.environ.pop(name, None)  # child processes are not explored
    return inforce.modules


def _at_end(inforce: InForce, file: Any) -> None:
    import atexit

    forcing = inforce.forcing
    if file is not None:
        with forcing, forcing.lock:
            file.write(forcing)

    def write_result() -> None:
        if file is not None:
            file.write(forcing, ended=True)

    forcing.on_hang = Hang(forcing, write_result)
    forcing.liveness.hangs = True

    owner = os.getpid()

    def finish() -> None:
        inforce.lift()
        if file is not None and os.getpid() == owner:
            with forcing, forcing.lock:
                file.write(forcing, ended=True)

    atexit.register(finish)
    leave = os._exit

    def _exit(status: int) -> NoReturn:
        finish()
        leave(status)

    inforce.patches.put(os, "_exit", _exit)


def patience_of(environment: Mapping[str, str]) -> float:
    """Seconds without any progress after which an order is given up while I/O is outstanding."""
    from causeway.order.watchdog import PATIENCE as default

    try:
        return max(float(environment.get(PATIENCE) or default), 0.001)
    except ValueError:
        return default


def limit_of(environment: Mapping[str, str]) -> float | None:
    """Seconds without any actor reaching a place of the order, after which it is given up although something moves; None if not set."""
    try:
        return float(environment[LIMIT])
    except (KeyError, ValueError):
        return None


def _report_failure(text: str, target: str | None) -> None:
    import json
    import sys

    sys.stderr.write(text)
    if target:
        try:
            with open(target, "w", encoding="utf-8") as file:
                json.dump({"schema": "causeway.order-result/1", "feasible": False, "passed": [], "waiting": [], "values": {}, "ended": False,
                           "gave_up": {"constraint": None, "reason": NO_ORDER, "detail": text.strip()}}, file)
        except OSError:
            pass
