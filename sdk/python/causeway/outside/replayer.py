"""The record in the place of the outside: what `CAUSEWAY_ANSWERS` does to a re-run."""

from __future__ import annotations

import os
import sys

from causeway.hooks.late import on_import
from causeway.order.patches import Patches
from causeway.outside import LIBRARIES
from causeway.outside.answers import ANSWERS, Answers
from causeway.outside.caller import Asker
from causeway.weave.scope import Scope

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

current: AnswerReplayer | None = None
"""What is in force in this process."""


class Replayed:
    """Replaces a function: recorded code gets `answer(args, kwargs)`, all other callers what the function itself returns."""

    def __init__(self, function: Any, answer: Callable[[Any, Any], Any], asker: Asker, unless: Callable[[], bool] | None) -> None:
        self._function, self._answer, self._asker, self._unless = function, answer, asker, unless

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The replayed answer, or the function's own result."""
        if (self._unless is not None and self._unless()) or not self._asker.recorded():
            return self._function(*args, **kwargs)
        return self._answer(args, kwargs)


class AnswerReplayer:
    """Replays recorded answers until `uninstall`. Install it before the program's modules are imported, to cover also `from time import time`."""

    def __init__(self, answers: Answers, root: str) -> None:
        self.answers = answers
        self.root = root
        self._folder: str | None = None
        self.asker = Asker(Scope(os.path.realpath(root), *_patterns(os.environ)))
        self.patches = Patches()
        self._invented = 0

    def install(self) -> None:
        """Replays clocks, random numbers and services from now on."""
        global current
        from causeway.outside import chance, clocks

        current = self
        for replay in (clocks.replay, chance.replay):
            replay(self)
        for library, file in LIBRARIES:
            self.on_import(library, _installer(file, self))
        guard()

    def uninstall(self) -> None:
        """Restores the real functions."""
        global current
        current = None
        self.patches.undo()

    def on_import(self, name: str, replay: Callable[[Any], None]) -> None:
        """Calls `replay(module)` once the module is imported, unless this replayer is uninstalled by then."""
        on_import(name, lambda module: replay(module) if current is self else None)

    def function(self, owner: Any, name: str, answer: Callable[[Any, Any], Any]) -> None:
        """Replaces a function."""
        self.patches.put(owner, name, self.replayed(getattr(owner, name), answer))

    def replayed(self, function: Any, answer: Callable[[Any, Any], Any], *, unless: Callable[[], bool] | None = None) -> Replayed:
        """The replacement of a function."""
        return Replayed(function, answer, self.asker, unless)

    def invented(self, kind: str, size: int) -> bytes:
        """Bytes in the place of a secret that was not recorded: different each time they are asked for, the same in every re-run."""
        from hashlib import shake_128

        self._invented += 1
        return shake_128(f"{kind} {self._invented} of {self.answers.who()}".encode()).digest(size)

    def folder(self) -> str:
        """A folder for what this re-run changes: beside the file of answers, else one that is removed at the end."""
        if self._folder is None:
            if self.answers.file is not None:
                self._folder = self.answers.file + ".d"
            else:
                import shutil
                import tempfile

                self._folder = folder = tempfile.mkdtemp(prefix="causeway-answers-")
                self.patches.also(lambda: shutil.rmtree(folder, ignore_errors=True))
        return self._folder

    def outside(self, host: str, port: int) -> bool:
        """Whether a service is answered for by the record, rather than part of what runs again."""
        host = host.strip("[]")
        if f"{host}:{port}" in self.answers.outside:
            return True
        # A service of the program's own may be at another port each time.
        return not (self.answers.inside and is_local(host))

    async def suspended(self) -> None:
        """Waits as a request to the network does, so that other actors run."""
        import asyncio

        try:
            asyncio.get_running_loop()
        except RuntimeError:
            import trio

            await trio.lowlevel.checkpoint()
        else:
            await asyncio.sleep(0)


def is_local(host: str) -> bool:
    """Whether an address is this machine's own."""
    return host.startswith(("127.", "/")) or host in ("localhost", "::1", "0.0.0.0", "::", "")


_guarded = False


def guard() -> None:
    """From now on no socket of this process connects beyond this machine while answers are in force: what is not captured does not go out."""
    global _guarded
    if _guarded:
        return
    _guarded = True

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if current is not None and event in ("socket.connect", "socket.sendto"):
            address = args[1]
            if type(address) is tuple and address and type(address[0]) is str and not is_local(address[0]):
                raise current.answers.refused(f"connection to {address[0]}:{address[1]}")

    sys.addaudithook(hook)


def _installer(file: str, replayer: AnswerReplayer) -> Callable[[Any], None]:
    from importlib import import_module

    def replay(module: Any) -> None:
        import_module(f"causeway.outside.{file}").replay(replayer, module)

    return replay


def _patterns(environment: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    scope = Scope.from_environment(environment)
    return scope.include, scope.exclude


def start_from_environment(environment: Mapping[str, str]) -> None:
    """Puts the answers of `CAUSEWAY_ANSWERS` in force for this whole process. A file that cannot be read is reported on stderr; then every
    question goes unanswered rather than to the outside."""
    import json

    path = environment[ANSWERS]
    try:
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"causeway: no answers: {path}: {error}\n")
        document = {}
    answers = Answers(document, path)
    AnswerReplayer(answers, environment.get("CAUSEWAY_ROOT") or answers.root or os.getcwd()).install()
