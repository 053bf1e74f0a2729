"""An order in force during a block of code in this process. Tests use it."""

from __future__ import annotations

import os
import signal
import sys
from _thread import get_ident

from causeway.order import answered
from causeway.order.inforce import InForce, patience_of
from causeway.order.outcome import Outcome, recent
from causeway.order.readable import document_of, order_of
from causeway.order.result import result_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType, TracebackType
    from typing import Any


class HangError(RuntimeError):
    """The program hung under the order."""


class Forced:
    """A context in which an order is in force. One at a time, in the main thread.

    `main` runs the program; `outcome` is the state of the order, during the run and after it. The modules that contain places are imported again,
    woven with gates; the modules that were there before are restored at the end.
    """

    def __init__(self, order: Any, answers: Mapping[str, Any] | None = None, root: str | os.PathLike[str] | None = None) -> None:
        self._inforce = InForce(order_of(order))
        self._answers = answered.InForce(answers, root)
        self._modules: dict[str, ModuleType | None] = {}
        self._result: dict[str, Any] | None = None
        self._hook: Any = None
        self._own_hook = False
        self._gates: Any = None
        self._places = places_of(order)
        self._excepthook: Any = None
        self.unhandled: list[BaseException] = []
        """Uncaught exceptions of the program's threads."""

    def __enter__(self) -> Forced:
        from causeway import _tap
        from causeway.weave import hook
        from causeway.weave.cache import Cache
        from causeway.weave.scope import Scope
        from causeway.weave.weaver import Weaver

        forcing = self._inforce.forcing
        forcing.liveness.patience = patience_of(os.environ)
        main = get_ident()
        forcing.on_hang = lambda: signal.pthread_kill(main, signal.SIGINT)
        forcing.liveness.hangs = True
        self._own_hook = hook._installed is None
        if self._own_hook:
            # At detail `causal` only the taps that become gates are woven.
            weaver = Weaver(_tap, Scope.from_environment(os.environ), Cache.from_environment(os.environ), None, "causal")
            self._hook = hook.install(weaver)
            self._hook.drop_pending_patches()
        else:
            self._hook = hook._installed
        self._gates, self._hook.weaver.gates = self._hook.weaver.gates, self._inforce.modules
        self._answers.begin()
        self._inforce.install()
        self._note_unhandled()
        return self

    def _note_unhandled(self) -> None:
        import threading

        self._excepthook = previous = threading.excepthook

        def note(arguments: Any) -> None:
            if arguments.exc_value is not None:
                self.unhandled.append(arguments.exc_value)
            previous(arguments)

        threading.excepthook = note

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        import threading

        from causeway.weave import hook

        self._finish()
        self._answers.end()
        recent.append(self.outcome)
        threading.excepthook = self._excepthook
        self._hook.weaver.gates = self._gates
        if self._own_hook:
            self._hook.uninstall()
            hook._installed = None
        for name, module in self._modules.items():
            if module is not None:
                sys.modules[name] = module
            else:
                sys.modules.pop(name, None)

    def load(self, name: str) -> ModuleType:
        """Imports a module again with gates in it, with all of its package and all modules that hold places."""
        import importlib

        self.load_places(name.partition(".")[0])
        self._modules.setdefault(name, None)
        return importlib.import_module(name)

    def load_places(self, top: str = "") -> None:
        """Removes the modules that contain places, and all of the package `top`, from `sys.modules`: a new import gets them with gates."""
        for known, module in list(sys.modules.items()):
            path = getattr(module, "__file__", None)
            of_package = bool(top) and (known == top or known.startswith(top + "."))
            if of_package or (path and known != "__main__" and self._inforce.modules.concerns(path)):
                self._modules.setdefault(known, module)
                del sys.modules[known]

    def main(self, entry: str, *arguments: Any, **named: Any) -> Any:
        """Runs `module:function` under the order and returns its result; its exceptions propagate. A coroutine function runs in `asyncio.run`.

        Raises HangError if no actor can continue.
        """
        module, _, function = entry.partition(":")
        target: Any = self.load(module)
        for part in function.split(".") if function else ():
            target = getattr(target, part)
        if not function:
            return target
        try:
            returned = target(*arguments, **named)
            if hasattr(returned, "__await__"):
                import asyncio

                returned = asyncio.run(returned)
            return returned
        except KeyboardInterrupt:
            if self._inforce.forcing.hang is None:
                raise
            raise HangError(str(self.outcome)) from None
        finally:
            self._finish()

    def _finish(self) -> None:
        if self._result is None:
            self._inforce.lift()
            self._result = result_of(self._inforce.forcing, ended=True)

    @property
    def outcome(self) -> Outcome:
        """The outcome of the order so far."""
        result = self._result or result_of(self._inforce.forcing, ended=False)
        return Outcome(result, places=self._places, missing=self._answers.missing, asked=self._answers.asked)


def places_of(order: Any) -> dict[str, dict[str, Any]]:
    """The places of an order that was written in code, by key; none for a path."""
    if isinstance(order, dict):
        return dict(order.get("places", {}))
    return dict(document_of(list(order))["places"]) if isinstance(order, (list, tuple)) else {}


def forced(order: Any, *, answers: Mapping[str, Any] | None = None, root: str | os.PathLike[str] | None = None) -> Forced:
    """Puts an order in force: a path to an order file, its content as a dict, or a list of `wait(…)`. With `answers`, code below `root` (default: the
    working directory) gets them from outside. Raises OrderError, OSError."""
    return Forced(order, answers, root)
