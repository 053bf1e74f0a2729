"""Makes imports return woven code. Loaders do not notice."""

from __future__ import annotations

import os
import sys
from importlib import _bootstrap_external

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType
    from typing import Any

    from causeway.weave.weaver import Weaver

_SourceLoader: Any = _bootstrap_external.SourceLoader
_FRAMES = "<frozen importlib._bootstrap_external>"
_installed: Hook | None = None


def unseen(function: Any) -> Any:
    """The function with a code object that looks like importlib's, so that tracebacks of failing imports omit its frame too."""
    code = function.__code__.replace(co_filename=_FRAMES)
    make: Any = type(unseen)
    return make(code, function.__globals__, function.__name__, function.__defaults__, function.__closure__)


class Hook:
    """The patch of `SourceLoader.get_code`: every loader of source files inherits it, and keeps its type, spec and paths.

    Loaders with a `source_to_code` of their own are left alone: they rewrite the source themselves.
    """

    def __init__(self, weaver: Weaver) -> None:
        self.weaver = weaver
        self._get_code: Callable[[Any, str], CodeType] = _SourceLoader.get_code
        self._runpy: Any = None
        self._pending_patches: dict[str, Callable[[Any, Weaver], None]] = {}

    def install(self) -> None:
        """Installs the hook: modules in scope are woven when they are loaded."""
        original = self._get_code
        woven = self.module_code

        def get_code(self: Any, fullname: str) -> CodeType:
            code = woven(self, fullname)
            return original(self, fullname) if code is None else code

        get_code.__qualname__ = "SourceLoader.get_code"
        get_code.__doc__ = original.__doc__
        _SourceLoader.get_code = unseen(get_code)
        self._patch_runpy()
        self._pending_patches["_pytest.assertion.rewrite"] = _patch_pytest
        self._pending_patches["_pydevd_bundle.pydevd_runpy"] = _patch_runpy_of_debugger
        self._pending_patches["_pydev_bundle._pydev_execfile"] = _patch_execfile_of_debugger

    def uninstall(self) -> None:
        """Undoes `install`; modules already loaded stay woven."""
        _SourceLoader.get_code = self._get_code
        if self._runpy is not None:
            import runpy

            runpy._get_code_from_file = self._runpy  # type: ignore[attr-defined]

    def drop_pending_patches(self) -> None:
        """Drops the patches that cannot be undone: for a hook that will be uninstalled."""
        self._pending_patches.clear()

    def module_code(self, loader: Any, fullname: str) -> CodeType | None:
        """Woven code for what `loader` would load, or None."""
        try:
            self._apply_pending_patches()
            path = loader.get_filename(fullname)
            if not self.weaver.covers(path, fullname) or type(loader).source_to_code is not _SourceLoader.source_to_code:
                return None
            return self.weaver.woven(loader.get_data(path), path, fullname)
        except Exception:
            return None

    def _apply_pending_patches(self) -> None:
        for name in list(self._pending_patches):
            module = sys.modules.get(name)
            if module is not None and not getattr(getattr(module, "__spec__", None), "_initializing", False):
                patch = self._pending_patches.pop(name)
                try:
                    patch(module, self.weaver)
                except Exception as error:
                    self.weaver.gap(name, f"{type(error).__name__}: {error}"[:200])

    def _patch_runpy(self) -> None:
        """Patches `runpy.run_path`: multiprocessing's spawn uses it for the main module, and it reads files without a loader."""
        import runpy

        self._runpy = runpy._get_code_from_file  # type: ignore[attr-defined]
        _patch_runpy(runpy, self.weaver)


def _patch_runpy(runpy: Any, weaver: Weaver) -> None:
    original = runpy._get_code_from_file

    def _get_code_from_file(*args: Any) -> Any:
        result = original(*args)
        path = args[-1]
        try:
            if isinstance(path, str) and weaver.covers(path, "__main__"):
                code = _main(weaver, path)
                if code is not None:
                    return (code, *result[1:]) if isinstance(result, tuple) else code
        except Exception:
            pass
        return result

    runpy._get_code_from_file = unseen(_get_code_from_file)


def _main(weaver: Weaver, path: str) -> CodeType | None:
    """The script at `path`. The path is recorded in full; in the script's code it may be relative, as tracebacks show it."""
    with open(path, "rb") as file:
        return weaver.woven(file.read(), os.path.abspath(path), "__main__", filename=None if os.path.isabs(path) else path)


def _patch_runpy_of_debugger(module: Any, weaver: Weaver) -> None:
    """Patches debugpy, which runs scripts with its own copy of `runpy`."""
    _patch_runpy(module, weaver)


def _patch_execfile_of_debugger(module: Any, weaver: Weaver) -> None:
    """The same for the scripts of child processes."""

    def compile_woven(source: Any, path: Any, mode: str) -> Any:
        code = None
        try:
            if isinstance(path, str) and weaver.covers(path, "__main__"):
                code = _main(weaver, path)
        except Exception:
            pass
        return compile(source, path, mode) if code is None else code

    vars(module)["compile"] = compile_woven


def _patch_pytest(module: Any, weaver: Weaver) -> None:
    from causeway.weave.pytest_plugin import patch_rewriting

    patch_rewriting(module, weaver)


def install(weaver: Weaver) -> Hook:
    """Installs the hook once per process; a second call returns the first hook."""
    global _installed
    if _installed is None:
        _installed = Hook(weaver)
        _installed.install()
    return _installed
