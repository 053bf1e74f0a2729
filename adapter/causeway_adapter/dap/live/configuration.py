"""Launch configurations: checked, and made into what debugpy launches."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from causeway_core.errors import LaunchError, ProtocolError
from causeway_core.ingest.process import alive
from causeway_core.launch.environment import environment
from causeway_core.launch.target import Target, check_interpreter, default_python

from causeway_adapter.dap.live import injection
from causeway_adapter.dap.live.envfile import read_variables
from causeway_adapter.dap.properties import WHAT_RUNS, check

OTHERWISE = "start the program with `python -m debugpy --listen 5678` and attach with `connect`"
_PYTHON = "check `python` in the launch configuration"
_OURS = frozenset({"pytest", "envFile", "stopAtEnd", "detail", "include", "exclude", "token", "together"})

_QUIET = {"PYDEVD_DISABLE_FILE_VALIDATION": os.environ.get("PYDEVD_DISABLE_FILE_VALIDATION", "1")}
"""Without it a Python that the program starts says on its stderr that its modules are frozen, as pydevd wants to warn of."""


@dataclass(frozen=True, slots=True)
class Launch:
    """What is to run, and when to stop at its end: always, never, or (None) when it fails."""

    target: Target
    arguments: Mapping[str, Any]
    stop_at_end: bool | None
    detail: str
    together: str | None
    variables: Mapping[str, str]
    """From `envFile`."""

    def console(self, client: Mapping[str, Any]) -> str:
        """Where the program reads and prints. `client` is what the client said of itself. Raises LaunchError where it cannot do that."""
        terminals = bool(client.get("supportsRunInTerminalRequest"))
        given: str | None = self.arguments.get("console")
        if given is None:
            return "integratedTerminal" if terminals else "internalConsole"
        if given != "internalConsole" and not terminals:
            raise LaunchError(f'this editor has no terminal for a program ("console": "{given}")', 'use "internalConsole", or leave `console` out')
        return given

    def for_debugpy(self, spool: Path, client: Mapping[str, Any]) -> dict[str, Any]:
        """The configuration for debugpy, with the recorder in the program's environment."""
        given = self.arguments
        # To debugpy null is a wrong type, not a property that is left out.
        passed = {name: value for name, value in given.items() if name not in _OURS and value is not None}
        if not given.get("cwd"):
            passed.pop("cwd", None)  # debugpy would not find the folder "".
        if given.get("pytest") is not None:
            passed |= {"module": "pytest", "args": [*given["pytest"], *_words(given.get("args"))]}
        include, exclude = given.get("include") or (), given.get("exclude") or ()
        recorder = environment(self.target, spool, detail=self.detail, include=include, exclude=exclude, base={})
        passed["env"] = {**_QUIET, **self.variables, **(given.get("env") or {}), **recorder}
        # With frozen modules debugpy misses breakpoints in some of the standard library, and says so on the program's stderr.
        passed["python"] = [self.target.python, "-Xfrozen_modules=off", *self.target.flags]
        passed.pop("pythonPath", None)
        passed.pop("pythonArgs", None)
        passed["console"] = self.console(client)
        rules = [{"module": "causeway", "include": False}, {"module": "causeway.**", "include": False}]
        passed["rules"] = [*(given.get("rules") or []), *rules]
        return passed


def parse(arguments: Mapping[str, Any]) -> Launch:
    """Check a launch configuration. Raises ProtocolError for what is malformed, LaunchError for a program or interpreter that is not there."""
    check("launch", {**arguments, "python": arguments.get("python") or arguments.get("pythonPath")})
    chosen = [name for name in WHAT_RUNS if arguments.get(name) is not None]
    if not chosen:
        raise ProtocolError("the configuration says nothing to run", 'add "program": "script.py", or module, code, pytest, or a recording')
    if len(chosen) > 1:
        raise ProtocolError(f"the configuration has both `{chosen[0]}` and `{chosen[1]}`", "keep one of them")
    args, folder = _words(arguments.get("args")), _folder(arguments)
    target = Target(*_python(arguments), _program(chosen[0], arguments, folder, args), folder)
    check_interpreter(target, _PYTHON)
    variables = read_variables(folder / arguments["envFile"]) if arguments.get("envFile") else {}
    return Launch(target, dict(arguments), arguments.get("stopAtEnd"), arguments.get("detail") or "full", _together(arguments), variables)


def address_of(arguments: Mapping[str, Any]) -> tuple[str, int] | None:
    """Where an `attach` finds debugpy listening; None when it names none. Raises ProtocolError for what is malformed, LaunchError for a process that
    is not there or cannot be attached to."""
    given = arguments.get("connect")
    if given is None and arguments.get("port") is not None:
        given = {"host": arguments.get("host"), "port": arguments["port"]}
    check("attach", {**arguments, "connect": given})
    process = arguments.get("processId")
    # Elsewhere a signal 0 would interrupt it.
    if process is not None and os.name == "posix" and not alive(int(process)):
        raise LaunchError(f"there is no process {process}", "check `processId`")
    prefers_lldb = bool(arguments.get("linuxAttachPreferLldb"))
    if process is not None and (found := injection.obstacle(int(process), prefers_lldb=prefers_lldb)) is not None:
        raise LaunchError(f"process {process} cannot be attached to: {found.why}", f"{found.remedy}, or {OTHERWISE}" if found.remedy else OTHERWISE)
    return (given.get("host") or "127.0.0.1", given["port"]) if given is not None else None


def _together(arguments: Mapping[str, Any]) -> str | None:
    name: str | None = arguments.get("together")
    if name is not None and not re.fullmatch(r"\w[\w.-]*", name):
        raise ProtocolError("`together` is not a plain name", 'for example: "together": "shop"')
    return name


def _words(value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, str):
        return [value]
    return list(value)


def _folder(arguments: Mapping[str, Any]) -> Path:
    cwd = arguments.get("cwd")
    if not cwd:
        program = arguments.get("program")
        return Path(program).resolve().parent if program else Path.cwd()
    folder = Path(cwd)
    if not folder.is_dir():
        raise LaunchError(f"there is no folder {cwd}", "check `cwd` in the launch configuration")
    return folder.resolve()


def _program(kind: str, arguments: Mapping[str, Any], folder: Path, args: list[str]) -> tuple[str, ...]:
    if kind == "pytest":
        return "-m", "pytest", *arguments["pytest"], *args
    if kind == "module":
        if not arguments["module"]:
            raise ProtocolError("`module` is empty", "name the module to run")
        return "-m", arguments["module"], *args
    if kind == "code":
        code = arguments["code"]
        return "-c", "\n".join(_words(code)), *args
    if not arguments["program"]:
        raise ProtocolError("`program` is empty", "name the file to run")
    program = folder / arguments["program"]
    if not program.exists():
        raise LaunchError(f"there is no file {program}", "check `program` in the launch configuration")
    if program.is_dir() and not (program / "__main__.py").exists():
        raise LaunchError(f"{program} is a folder without __main__.py", "name a file in it, or a module")
    return str(program), *args


def _python(arguments: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    given = arguments.get("python") or arguments.get("pythonPath") or default_python()
    words = _words(given)
    if not words or not words[0]:
        raise ProtocolError("`python` is empty", "name an interpreter, or leave it out")
    python = words[0]
    if os.sep in python and not Path(python).exists():
        raise LaunchError(f"there is no interpreter {python}", _PYTHON)
    same = Path(python).absolute() == Path(sys.executable).absolute()
    return sys.executable if same else python, (*words[1:], *(arguments.get("pythonArgs") or ()))
