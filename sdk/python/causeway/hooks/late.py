"""Hooks for modules that the program may import later or not at all."""

from __future__ import annotations

import sys

from causeway import _tap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

    Callback = Callable[[ModuleType], None]

_waiting: dict[str, list[Callback]] = {}
_running = False
_failed: list[Callable[[str, str], None]] = []


def on_import(name: str, callback: Callback) -> None:
    """Call `callback(module)` once, right after the module's body has run: now, if it was imported already.

    The callback runs in the importing thread under the module's import lock, before the import statement continues, while recording is paused. Its
    exceptions are dropped (and passed to the function that was given to `on_failure`).
    """
    module = sys.modules.get(name)
    if module is not None and not getattr(getattr(module, "__spec__", None), "_initializing", False):
        _call(callback, module)
        return
    _waiting.setdefault(name, []).append(callback)
    if not any(type(finder) is LateFinder for finder in sys.meta_path):
        sys.meta_path.insert(0, LateFinder())


def imported_now() -> bool:
    """Inside a callback: whether the module's body has only just run, so that no objects of its classes can exist yet."""
    return _running


def on_failure(report: Callable[[str, str], None]) -> None:
    """Have `report(module name, reason)` called when a callback raises."""
    _failed.append(report)


def _call(callback: Callback, module: ModuleType) -> None:
    _tap.pause()
    try:
        callback(module)
    except Exception as error:
        for report in _failed:
            report(module.__name__, type(error).__name__)
    finally:
        _tap.resume()


def _run(name: str) -> None:
    global _running
    module = sys.modules.get(name)
    before, _running = _running, True
    for callback in _waiting.pop(name, ()):
        if module is not None:
            _call(callback, module)
    _running = before


class LateFinder:
    """Finds no modules itself: it asks the other finders, and makes the loader of an awaited module call back when its body has run."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """The spec that the finders after this one return."""
        if name not in _waiting:
            return None
        for finder in sys.meta_path:
            if type(finder) is LateFinder:
                continue
            find = getattr(finder, "find_spec", None)
            spec = find(name, path, target) if find is not None else None
            if spec is not None:
                _watch(name, spec)
                return spec
        return None


class _Once:
    """Replaces a loader that is a class (built-in and frozen modules) during one import."""

    def __init__(self, name: str, loader: Any) -> None:
        self.name = name
        self.loader = loader

    def create_module(self, spec: Any) -> Any:
        return self.loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        spec: Any = module.__spec__
        spec.loader = module.__loader__ = self.loader
        self.loader.exec_module(module)
        _run(self.name)


def _watch(name: str, spec: Any) -> None:
    """Shadow the loader's `exec_module` for one call."""
    loader = spec.loader
    if isinstance(loader, type):
        spec.loader = _Once(name, loader)
        return
    try:
        original = loader.exec_module

        def exec_module(module: ModuleType) -> None:
            vars(loader).pop("exec_module", None)
            original(module)
            _run(name)

        loader.exec_module = exec_module
    except (AttributeError, TypeError):
        return
