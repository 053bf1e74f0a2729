"""How a test starts the recorded program."""

from __future__ import annotations

import ast
import os
from dataclasses import dataclass
from pathlib import Path

from causeway_core.model import Function
from causeway_core.proof.outcome.outcome import MOST_ACTIVATIONS, is_entry, outermost
from causeway_core.proof.running.requests import is_driven
from causeway_core.session.past import Past
from causeway_core.storage.recording import Recording

_BINARIES = ("bin", "Scripts")


@dataclass(frozen=True, slots=True)
class Entry:
    """Either a command (`words`, as `causeway.order.run` takes them) or a function (`module:name`, called without arguments).

    `cwd` is where the command runs and `path` what has to be importable for the function, both relative to the project.
    """

    words: tuple[str, ...] = ()
    function: str = ""
    cwd: str = "."
    path: str = "."
    coroutine: bool = False

    @property
    def runs_tests(self) -> bool:
        """Whether the command is pytest's: what it prints is a report, and it would find the generated test among the others."""
        return self.words[:1] == ("pytest",) or self.words[:2] == ("-m", "pytest")

    @property
    def in_own_process(self) -> Entry:
        """The same in a process of its own: a function becomes a command that calls it."""
        if self.words:
            return self
        module, _, name = self.function.partition(":")
        code = f"import asyncio, {module}; asyncio.run({module}.{name}())" if self.coroutine else f"import {module}; {module}.{name}()"
        return Entry(("-c", code), "", self.path, self.path)


def entries(recording: Recording) -> list[Entry]:
    """The ways to start the recorded program, what was typed first. A script outside of the project only drives it: then its functions are first."""
    command, functions = _command(recording), _functions(recording)
    program = recording.meta.command[0]
    foreign = program not in ("-m", "-c") and not _inside(_absolute(recording, program), recording) and not _is_pytest(recording)
    # Who sends requests interrupts the process that serves them: it has to be one of its own.
    found = [command] if is_driven(recording) else [*functions, command] if foreign else [command, *functions]
    return [each for each in found if each is not None]


def _absolute(recording: Recording, word: str) -> Path:
    return Path(os.path.normpath(Path(recording.meta.cwd) / word))


def _inside(path: Path, recording: Recording) -> bool:
    return path.is_relative_to(recording.meta.root)


def _is_pytest(recording: Recording) -> bool:
    path = Path(recording.meta.command[0])
    return path.name in ("pytest", "py.test") and path.parent.name in _BINARIES


def _command(recording: Recording) -> Entry | None:
    meta = recording.meta
    root, cwd = Path(meta.root), Path(meta.cwd)
    if not cwd.is_relative_to(root) or not meta.command:
        return None
    first, *rest = meta.command
    arguments = [os.path.relpath(word, cwd) if Path(word).is_absolute() and Path(word).is_relative_to(root) else word for word in rest]
    where = str(cwd.relative_to(root))
    if _is_pytest(recording):
        return Entry(("pytest", *arguments), cwd=where)
    if first in ("-m", "-c"):
        return Entry((first, *arguments), cwd=where)
    if Path(first).parent.name in _BINARIES and not _inside(_absolute(recording, first), recording):
        return None
    return Entry((os.path.relpath(_absolute(recording, first), cwd), *arguments), cwd=where)


# The functions that the main module called.


def _functions(recording: Recording) -> list[Entry]:
    past = Past(recording)
    processes = recording.processes()
    if not processes:
        return []
    timeline = past.timeline(processes[0].id)
    if timeline.statistics()["activations"] > MOST_ACTIVATIONS:
        return []
    entries = {past.numbers[actor.id] for actor in recording.actors() if actor.process == processes[0].id and is_entry(past, actor)}
    called: dict[int, Function] = {}
    for index in range(timeline.statistics()["activations"]):
        activation = timeline.activation(index)
        if not activation.is_root and activation.function and activation.actor in entries and outermost(past, activation):
            function = recording.function(activation.function)
            if function.kind in ("function", "coroutine") and "." not in function.qualname:
                called[function.id] = function
    found = [_function(recording, function) for function in called.values()]
    return sorted((each for each in found if each is not None), key=lambda each: not each.function.endswith(":main"))


def _function(recording: Recording, function: Function) -> Entry | None:
    root, path = Path(recording.meta.root), Path(function.path)
    if not path.is_relative_to(root) or not _callable_as_it_is(recording.source_text(function.source), function.qualname):
        return None
    parts = list(path.relative_to(root).with_suffix("").parts)
    base = parts.pop(0) if len(parts) > 1 and parts[0] == "src" and not (root / "src" / "__init__.py").exists() else "."
    if parts[-1] == "__init__":
        parts.pop()
    if not parts or not all(part.isidentifier() for part in parts):
        return None
    return Entry(function=f"{'.'.join(parts)}:{function.qualname}", path=base, coroutine=function.kind == "coroutine")


def _callable_as_it_is(text: str, name: str) -> bool:
    """Whether the module has a function of that name that needs no arguments."""
    try:
        body = ast.parse(text).body
    except SyntaxError:
        return False
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == name:
            arguments = node.args
            needed = len(arguments.posonlyargs) + len(arguments.args) - len(arguments.defaults)
            return needed == 0 and all(default is not None for default in arguments.kw_defaults) and not node.decorator_list
    return False
