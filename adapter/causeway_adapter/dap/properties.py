"""The properties of launch and attach configurations: one table, by which they are checked, documented, and offered while a person types them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from causeway_core.errors import ProtocolError

Kind = Literal["text", "texts", "text or texts", "truth", "process", "choice", "texts by name", "address", "objects"]
Request = Literal["launch", "attach"]

WORDS: dict[Kind, str] = {
    "text": "a text", "texts": "a list of texts", "text or texts": "a list of texts", "truth": "true or false", "process": "the number of a process",
    "choice": "a text", "texts by name": "an object of texts", "address": "an address", "objects": "a list of objects",
}  # fmt: skip
_ADDRESS = {"type": "object", "properties": {"host": {"type": "string"}, "port": {"type": "integer"}}, "required": ["port"]}
_SCHEMAS: dict[Kind, dict[str, Any]] = {
    "text": {"type": "string"},
    "texts": {"type": "array", "items": {"type": "string"}},
    "text or texts": {"type": ["string", "array"], "items": {"type": "string"}},
    "truth": {"type": "boolean"},
    "process": {"type": ["integer", "string"]},
    "choice": {"type": "string"},
    "texts by name": {"type": "object", "additionalProperties": {"type": ["string", "null"]}},
    "address": _ADDRESS,
    "objects": {"type": "array", "items": {"type": "object"}},
}


@dataclass(frozen=True, slots=True)
class Property:
    """One property: the requests that have it, the sort of its value, what it means, and its default (None: none, or none that can be written
    down; then the meaning says what happens)."""

    name: str
    requests: tuple[Request, ...]
    kind: Kind
    meaning: str
    default: Any = None
    choices: tuple[str, ...] = ()
    example: str = ""

    @property
    def schema(self) -> dict[str, Any]:
        """As JSON schema, for editors."""
        schema = dict(_SCHEMAS[self.kind])
        if self.choices:
            schema["enum"] = list(self.choices)
        if self.default is not None:
            schema["default"] = self.default
        return {**schema, "description": self.meaning}

    def check(self, value: Any) -> None:
        """Raises ProtocolError for a value of another sort."""
        if self.kind == "choice" and isinstance(value, str) and value not in self.choices:
            raise ProtocolError(f"there is no {self.name} {value!r}", f"choose one of: {', '.join(self.choices)}")
        if not _HOLDS[self.kind](value):
            step = f"for example: {self.example}" if self.example else "correct the launch configuration"
            raise ProtocolError(f"`{self.name}` is not {WORDS[self.kind]}", step)


def _text(value: Any) -> bool:
    return isinstance(value, str) and "\0" not in value


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(_text(one) for one in value)


def _address(value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("host") or "", str):
        return False
    port = value.get("port")
    return isinstance(port, int) and not isinstance(port, bool) and 0 < port < 65536


_HOLDS: dict[Kind, Callable[[Any], bool]] = {
    "text": _text,
    "texts": _texts,
    "text or texts": lambda value: _text(value) or _texts(value),
    "truth": lambda value: isinstance(value, bool),
    "process": lambda value: str(value).isdecimal(),  # what pickers give is a text
    "choice": _text,
    "texts by name": lambda value: isinstance(value, dict) and all(one is None or _text(one) for one in value.values()),
    "address": _address,
    "objects": lambda value: isinstance(value, list) and all(isinstance(one, dict) for one in value),
}

_LAUNCH: tuple[Request, ...] = ("launch",)
_ATTACH: tuple[Request, ...] = ("attach",)
_BOTH: tuple[Request, ...] = ("launch", "attach")
_AN_ADDRESS = '{"host": "127.0.0.1", "port": 5678}'

WHAT_RUNS = ("program", "module", "code", "pytest")
"""A `launch` has exactly one of these."""

PROPERTIES = (
    Property("program", _LAUNCH, "text", "The script to run."),
    Property("module", _LAUNCH, "text", "The module to run, as python -m does."),
    Property("code", _LAUNCH, "text or texts", "Code to run, as python -c does; a list is joined by line ends."),
    Property("pytest", _LAUNCH, "texts", "Runs pytest with these arguments."),
    Property("args", _LAUNCH, "text or texts", "Arguments of the program.", []),
    Property("cwd", _BOTH, "text", "The folder to run in; without it, the script's own. A relative `recording` is looked for in it."),
    Property("env", _LAUNCH, "texts by name", "Changes to the environment; null removes a variable.", {}, example='"env": {"DEBUG": "1"}'),
    Property("envFile", _LAUNCH, "text", "A file of environment variables, a line NAME=value each. `env` is applied after it."),
    Property("python", _LAUNCH, "text or texts", "The interpreter, which needs causeway-sdk. Without it, that of the active virtual environment."),
    Property("pythonArgs", _LAUNCH, "texts", "Options of the interpreter.", []),
    Property(
        "console",
        _LAUNCH,
        "choice",
        "Where the program reads and prints. Without it, a terminal where the editor has one.",
        choices=("internalConsole", "integratedTerminal", "externalTerminal"),
    ),
    Property("stopOnEntry", _BOTH, "truth", "Stop at the first line. With a recording (default then: true) false continues to the first breakpoint."),
    Property("stopAtEnd", _LAUNCH, "truth", "Stop when the program has ended, with its whole past open. Without it, when it fails."),
    Property("justMyCode", _BOTH, "truth", "Step and stop in your own code only.", True),
    Property("subProcess", _BOTH, "truth", "Debug child processes too.", True),
    Property("redirectOutput", _BOTH, "truth", "Show what the program prints in the debug console. Without it, where it has no terminal."),
    Property("showReturnValue", _BOTH, "truth", "Show the return value of a function that was stepped over.", True),
    Property("django", _BOTH, "truth", "Debug Django templates.", False),
    Property("jinja", _BOTH, "truth", "Debug Jinja templates.", False),
    Property("gevent", _BOTH, "truth", "The program uses gevent's monkey-patching.", False),
    Property("rules", _BOTH, "objects", "Paths and modules to step into or not, as debugpy has them; the first that fits counts.", []),
    Property("pathMappings", _BOTH, "objects", "Folders here and where the program runs: a list of localRoot and remoteRoot.", []),
    Property("detail", _LAUNCH, "choice", "What is recorded; causal: no lines and values, less cost.", "full", ("full", "causal")),
    Property("include", _LAUNCH, "texts", "Record these files too (globs).", []),
    Property("exclude", _LAUNCH, "texts", "Do not record these files (globs).", []),
    Property(
        "together", _LAUNCH, "text",
        "A name. Launches with the same name and `cwd` are recorded into one recording, and step back into each other.",
    ),
    Property("recording", _BOTH, "text", "A recording to travel through; nothing runs."),
    Property("at", _BOTH, "text", "Where to begin in the recording: a finding (F1), an event (s3@1234), start or end.", "start"),
    Property("connect", _ATTACH, "address", "Where a program that called debugpy.listen listens. It has no past.", example=_AN_ADDRESS),
    Property("listen", _ATTACH, "address", "Where to wait for a program that calls debugpy.connect. It has no past.", example=_AN_ADDRESS),
    Property("processId", _ATTACH, "process", "A process to attach to. It has no past."),
    Property("token", _BOTH, "text", "The --token of an adapter that was started with one."),
)
BY_NAME: Mapping[str, Property] = {one.name: one for one in PROPERTIES}


def check(request: Request, arguments: Mapping[str, Any]) -> None:
    """Raises ProtocolError for the first property of the table whose value is of another sort. What the table does not know is the editor's."""
    for one in PROPERTIES:
        if request in one.requests and arguments.get(one.name) is not None:
            one.check(arguments[one.name])


def schema(request: Request) -> dict[str, Any]:
    """The properties of a request as JSON schema."""
    return {one.name: one.schema for one in PROPERTIES if request in one.requests}


def table() -> str:
    """The properties in Markdown."""
    rows = ["| property | of | value | default | meaning |", "|---|---|---|---|---|"]
    for one in PROPERTIES:
        kind = " or ".join(f"`{choice}`" for choice in one.choices) or _SORTS.get(one.kind, WORDS[one.kind])
        default = "" if one.default is None else f"`{json.dumps(one.default)}`"
        rows.append(f"| `{one.name}` | {', '.join(one.requests)} | {kind} | {default} | {one.meaning} |")
    return "\n".join(rows) + "\n"


_SORTS: dict[Kind, str] = {"text or texts": "a text or a list of texts", "texts by name": "an object of texts", "address": "`host` and `port`"}
