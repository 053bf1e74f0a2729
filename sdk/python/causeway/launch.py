"""Runs a program as the interpreter itself would, recorded: `python -m causeway.launch [-m module | -c code | script | directory | archive] …`.

Exit code, output, tracebacks, `sys.argv`, `sys.path` and `__main__` are those of the plain command. Without `CAUSEWAY_SPOOL` nothing is recorded.
"""

from __future__ import annotations

import builtins
import io
import os
import sys

from causeway import autostart

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, ModuleType, TracebackType
    from typing import Any

_MODULE = "causeway.launch"


def main() -> None:
    """Takes this module's own words off the command line and runs the rest."""
    arguments = sys.argv[1:]
    sys.orig_argv[1:] = _without_launcher(sys.orig_argv[1:])
    driver = _service_driver()
    hook = autostart.start()
    if driver is not None:
        gates = hook.weaver.gates if hook is not None else None
        driver.listen(gates.forcing if gates is not None else None)
    code: int | None = 0
    try:
        if not arguments:
            sys.exit("usage: python -m causeway.launch [-m module | -c code | script | -] [arguments]")
        if arguments[0] == "-m":
            _run_module(arguments[1:])
        elif arguments[0] == "-c":
            _run_command(arguments[1:], hook)
        else:
            _run_path(arguments, hook)
    except BaseException as error:
        code = _exit_code(error)
        error.__traceback__ = _users_part(error.__traceback__)
        _show_only(error, error.__traceback__)
        raise
    finally:
        autostart.note_exit(code)


def _service_driver() -> Any:
    """Sends requests to the program when it listens; None where the environment asks for none."""
    if "CAUSEWAY_DRIVE" not in os.environ:
        return None
    from causeway import driven

    return driven.from_environment()


def _exit_code(error: BaseException) -> int:
    """What the interpreter will exit with for an exception that ends the program."""
    if isinstance(error, SystemExit):
        if error.code is None:
            return 0
        return error.code & 0xFF if isinstance(error.code, int) else 1
    return 130 if isinstance(error, KeyboardInterrupt) else 1


def _without_launcher(words: list[str]) -> list[str]:
    for index in range(len(words) - 1):
        if words[index] == "-m" and words[index + 1] == _MODULE:
            return words[:index] + words[index + 2 :]
    return words


def _users_part(traceback: TracebackType | None) -> TracebackType | None:
    while traceback is not None and traceback.tb_frame.f_code.co_filename == __file__:
        traceback = traceback.tb_next
    return traceback


def _show_only(error: BaseException, traceback: TracebackType | None) -> None:
    """Lets the interpreter end the program as always, but has it print the user's part of the traceback.

    The exception has to travel through the launcher's and runpy's frames to get the interpreter's own treatment of SystemExit, KeyboardInterrupt and
    excepthooks; on its way it collects those frames, which are taken off again here.
    """
    tap = sys.modules.get("causeway._tap")
    if tap is not None:
        tap.show_only(error, traceback)
        return
    hook = sys.excepthook

    def excepthook(kind: type[BaseException], value: BaseException, _: TracebackType | None) -> None:
        sys.excepthook = hook
        if value is not error:
            hook(kind, value, _)
            return
        value.__traceback__ = sys.last_traceback = traceback
        hook(kind, value, traceback)

    sys.excepthook = excepthook


def _main_module() -> ModuleType:
    """A fresh `__main__`, as the interpreter makes it."""
    module = type(sys)("__main__")
    namespace = module.__dict__
    from importlib.machinery import BuiltinImporter

    namespace["__loader__"] = BuiltinImporter
    namespace["__builtins__"] = builtins
    if sys.version_info < (3, 14):
        namespace["__annotations__"] = {}
    sys.modules["__main__"] = module
    return module


def _set_first_path(entry: str) -> None:
    if not getattr(sys.flags, "safe_path", False):
        sys.path[0] = entry


def _run_module(arguments: list[str]) -> None:
    import runpy

    if not arguments:
        sys.stderr.write("Argument expected for the -m option\n")
        sys.exit(2)
    sys.argv[:] = ["-m", *arguments[1:]]
    _main_module()
    _call(runpy._run_module_as_main, arguments[0])  # type: ignore[attr-defined]


def _run_command(arguments: list[str], hook: Any) -> None:
    if not arguments:
        sys.stderr.write("Argument expected for the -c option\n")
        sys.exit(2)
    sys.argv[:] = ["-c", *arguments[1:]]
    _set_first_path("")
    source = (arguments[0] + "\n").encode("utf-8", "surrogateescape")
    _execute(source, "<string>", _main_module(), hook)


def _run_path(arguments: list[str], hook: Any) -> None:
    path = arguments[0]
    sys.argv[:] = arguments
    if path == "-":
        _set_first_path("")
        _execute(sys.stdin.buffer.read(), "<stdin>", _main_module(), hook)
        return
    if _is_importable(path):
        import runpy

        _set_first_path(os.path.abspath(path))
        _main_module()
        _call(runpy._run_module_as_main, "__main__", False)  # type: ignore[attr-defined]
        return
    absolute = os.path.abspath(path)
    try:
        with io.open_code(absolute) as file:
            source = file.read()
    except OSError as error:
        sys.stderr.write(f"{sys.orig_argv[0]}: can't open file {absolute!r}: [Errno {error.errno}] {error.strerror}\n")
        sys.exit(2)
    _set_first_path(os.path.dirname(os.path.realpath(absolute)))
    module = _main_module()
    module.__file__ = absolute
    module.__dict__["__cached__"] = None
    _set_loader(module, absolute)
    _execute(source, absolute, module, hook)


def _is_importable(path: str) -> bool:
    """Whether the interpreter would look for `__main__.py` in this directory or archive."""
    from pkgutil import get_importer

    return get_importer(path) is not None


def _set_loader(module: ModuleType, path: str) -> None:
    from importlib.machinery import SourceFileLoader, SourcelessFileLoader

    loader = SourcelessFileLoader if path.endswith(".pyc") else SourceFileLoader
    module.__loader__ = loader("__main__", path)


def _execute(source: bytes, path: str, module: ModuleType, hook: Any) -> None:
    code = None if hook is None else _woven(source, path, hook)
    if code is None:
        try:
            code = _plain(source, path, module)
        except SyntaxError:
            if hook is not None and not path.startswith("<"):
                _give_way()
            raise
    _call(exec, code, module.__dict__)


def _call(function: Any, *arguments: Any) -> None:
    """Calls with none of the launcher's frames on the stack, where the native part is there to do that."""
    tap = sys.modules.get("causeway._tap")
    if tap is None:
        function(*arguments)
    else:
        tap.at_bottom(function, *arguments)


def _give_way() -> None:
    """Lets the plain interpreter report a script that does not compile: it words errors of encoding differently for files. Nothing has run yet."""
    autostart.finish(1)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CAUSEWAY_")}
    try:
        os.execve(sys.executable, sys.orig_argv, environment)
    except OSError:
        pass


def _woven(source: bytes, path: str, hook: Any) -> CodeType | None:
    weaver = hook.weaver
    if path.startswith("<") or weaver.covers(path, "__main__"):
        return weaver.woven(source, path, "__main__")  # type: ignore[no-any-return]
    return None


def _plain(source: bytes, path: str, module: ModuleType) -> CodeType:
    if path.endswith(".pyc"):
        return module.__loader__.get_code("__main__")  # type: ignore[union-attr, no-any-return]
    return compile(source, path, "exec", dont_inherit=True)


if __name__ == "__main__":
    # A second copy of this module under its real name would start everything twice.
    sys.modules[_MODULE] = sys.modules[__name__]
    main()
