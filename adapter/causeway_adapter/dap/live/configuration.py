"""Launch configurations: checked, and made into what debugpy launches."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from causeway_core.errors import LaunchError, ProtocolError
from causeway_core.launch import Target, check_interpreter, environment
from causeway_core.launch.target import default_python

_TEXT, _TEXTS, _TRUTH = "a text", "a list of texts", "true or false"
_KINDS = {
    "program": _TEXT, "module": _TEXT, "cwd": _TEXT, "console": _TEXT, "detail": _TEXT,
    "pytest": _TEXTS, "include": _TEXTS, "exclude": _TEXTS, "pythonArgs": _TEXTS,
    "justMyCode": _TRUTH, "subProcess": _TRUTH, "stopOnEntry": _TRUTH, "stopAtEnd": _TRUTH, "redirectOutput": _TRUTH, "noDebug": _TRUTH,
}
_CONSOLES = ("internalConsole", "integratedTerminal", "externalTerminal")
_OURS = frozenset({"pytest", "stopAtEnd", "detail", "include", "exclude", "token"})
_CHOICES = ("program", "module", "code", "pytest")


@dataclass(frozen=True, slots=True)
class Launch:
    """What is to run, and when to stop at its end: always, never, or (None) when it fails."""

    target: Target
    arguments: Mapping[str, Any]
    stop_at_end: bool | None
    detail: str

    def for_debugpy(self, spool: Path, client: Mapping[str, Any]) -> dict[str, Any]:
        """The configuration for debugpy, with the recorder in the program's environment."""
        given = self.arguments
        passed = {name: value for name, value in given.items() if name not in _OURS}
        if given.get("pytest") is not None:
            passed |= {"module": "pytest", "args": [*given["pytest"], *_words(given.get("args"))]}
        include, exclude = given.get("include") or (), given.get("exclude") or ()
        recorder = environment(self.target, spool, detail=self.detail, include=include, exclude=exclude, base={})
        passed["env"] = {**(given.get("env") or {}), **recorder}
        passed["python"] = [self.target.python, *self.target.flags]
        passed.pop("pythonPath", None)
        passed.pop("pythonArgs", None)
        if "console" not in given:
            passed["console"] = "integratedTerminal" if client.get("supportsRunInTerminalRequest") else "internalConsole"
        rules = [{"module": "causeway", "include": False}, {"module": "causeway.**", "include": False}]
        passed["rules"] = [*(given.get("rules") or []), *rules]
        return passed


def parse(arguments: Mapping[str, Any]) -> Launch:
    """Check a launch configuration. Raises ProtocolError for what is malformed, LaunchError for a program or interpreter that is not there."""
    for name, kind in _KINDS.items():
        _demand(name, arguments.get(name), kind)
    chosen = [name for name in _CHOICES if arguments.get(name) is not None]
    if not chosen:
        raise ProtocolError("the configuration says nothing to run", 'add "program": "script.py", or module, code, pytest, or a recording')
    if len(chosen) > 1:
        raise ProtocolError(f"the configuration has both `{chosen[0]}` and `{chosen[1]}`", "keep one of them")
    if arguments.get("console") is not None and arguments["console"] not in _CONSOLES:
        raise ProtocolError(f"there is no console {arguments['console']!r}", f"choose one of: {', '.join(_CONSOLES)}")
    if arguments.get("detail") not in (None, "full", "causal"):
        raise ProtocolError(f"there is no detail {arguments['detail']!r}", "choose full or causal")
    _check_environment(arguments.get("env"))
    args, folder = _words(arguments.get("args")), _folder(arguments)
    target = Target(*_python(arguments), _program(chosen[0], arguments, folder, args), folder)
    check_interpreter(target)
    return Launch(target, dict(arguments), arguments.get("stopAtEnd"), arguments.get("detail") or "full")


def address_of(arguments: Mapping[str, Any]) -> tuple[str, int] | None:
    """Where an `attach` finds debugpy listening; None when it names none. Raises ProtocolError for what is no address."""
    given = arguments.get("connect")
    if given is None:
        given = {"host": arguments.get("host"), "port": arguments["port"]} if arguments.get("port") is not None else None
    if given is None:
        return None
    host, port = (given.get("host") or "127.0.0.1", given.get("port")) if isinstance(given, dict) else (None, None)
    if not isinstance(host, str) or not isinstance(port, int) or not 0 < port < 65536:
        raise ProtocolError("`connect` is not an address", 'for example: "connect": {"host": "127.0.0.1", "port": 5678}')
    return host, port


def _demand(name: str, value: Any, kind: str) -> None:
    if value is None:
        return
    holds = isinstance(value, str) and "\0" not in value if kind is _TEXT else isinstance(value, bool)
    if kind is _TEXTS:
        holds = isinstance(value, list) and all(isinstance(one, str) and "\0" not in one for one in value)
    if not holds:
        raise ProtocolError(f"`{name}` is not {kind}", "correct the launch configuration")


def _words(value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, str):
        return [value]
    _demand("args", value, _TEXTS)
    return list(value)


def _check_environment(value: Any) -> None:
    if value is not None and not (isinstance(value, dict) and all(one is None or isinstance(one, str) for one in value.values())):
        raise ProtocolError("`env` is not an object of texts", 'for example: "env": {"DEBUG": "1"}')


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
    program = folder / arguments["program"]
    if not program.exists():
        raise LaunchError(f"there is no file {program}", "check `program` in the launch configuration")
    return str(program), *args


def _python(arguments: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    given = arguments.get("python") or arguments.get("pythonPath") or default_python()
    words = _words(given)
    if not words or not words[0]:
        raise ProtocolError("`python` is empty", "name an interpreter, or leave it out")
    python = words[0]
    if os.sep in python and not Path(python).exists():
        raise LaunchError(f"there is no interpreter {python}", "check `python` in the launch configuration")
    same = Path(python).absolute() == Path(sys.executable).absolute()
    return sys.executable if same else python, (*words[1:], *(arguments.get("pythonArgs") or ()))
