"""Rehearsal: runs the program as the generated test will, under an order."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from causeway import order as guest

from causeway_core.errors import LaunchError
from causeway_core.export.regression.entry import Entry
from causeway_core.export.regression.sender import Sender
from causeway_core.launch.target import Target
from causeway_core.model.order import Order
from causeway_core.proof.running.command import target_of
from causeway_core.proof.running.isolation import NOT_CAPTURED, Isolation
from causeway_core.proof.running.workspace import Workspace
from causeway_core.storage.recording import Recording

_RAISED = re.compile(r"^(?:[\w.]+\.)?(\w*(?:Error|Exception|Interrupt|Warning|Exit|Group))(?::|$)", re.MULTILINE)
_STAGE = Path(__file__).with_name("stage.py")
_SHORTEST_LIMIT_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Observed:
    """What a test can see of one run. `result` is the source text of what the function returned, None where that is no plain value.

    `stdout` of a service is what the sender of requests printed. `errors`: names of the exceptions that ended threads or the program. `values`: texts
    of the watched locations, by key of the place. `passed`: keys of the places in the order in which they were passed, with their values then.
    `asked`: the requests to outside services, each with its actor. `refused`: index of the constraint that was given up.
    """

    feasible: bool
    reason: str = ""
    hang: bool = False
    exit_code: int | None = None
    stdout: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    raised: str | None = None
    result: str | None = None
    values: tuple[tuple[str, str], ...] = ()
    passed: tuple[tuple[str, str | None], ...] = ()
    asked: tuple[tuple[str, str], ...] = ()
    refused: int | None = None


class Rehearsal:
    """Runs of one entry. Each costs what the program costs, without a recorder. `watch` is called before each."""

    def __init__(self, recording: Recording, entry: Entry, watch: Callable[[], None], isolation: Isolation | None = None) -> None:
        self._watch = watch
        self._isolation = isolation
        self._entry = entry
        self._target = target_of(recording)
        self._sender = Sender.of(recording)
        self._workspace = Workspace.of(recording)
        self._limit = max(_SHORTEST_LIMIT_SECONDS, 5 * (recording.meta.duration_ns or 0) / 1e9)

    def run(self, order: Order) -> Observed:
        """One run under `order`; a run that does not end counts as not feasible. Raises LaunchError if the interpreter lacks the SDK."""
        self._watch()
        with self._workspace.target(self._target) as (target, folder):
            try:
                if self._entry.words:
                    return self._command(order, target, folder)
                return self._function(order, target, folder)
            except subprocess.TimeoutExpired:
                return Observed(False, f"the program does not end within {self._limit:.0f} s")

    def _answers(self) -> dict[str, Any] | None:
        """The recorded answers, as the test will contain them."""
        if self._isolation is None:
            return None
        return {**self._isolation.document, "environment": dict(self._isolation.variables), "hidden": list(self._isolation.hidden)}

    def _command(self, order: Order, target: Target, folder: Path) -> Observed:
        words = ["-m", *self._entry.words] if self._entry.words[0] == "pytest" else list(self._entry.words)
        done = guest.run(
            [target.python, *target.flags, *words], order.document(), cwd=folder / self._entry.cwd, env=_environment(), timeout=self._limit,
            answers=self._answers(), root=folder, **self._sender.run_arguments(),
        )  # fmt: skip
        return Observed(
            done.feasible and not done.missing, _why(done.missing, done.reason), done.hang is not None, done.exit_code,
            tuple((done.replies if self._sender else done.stdout).splitlines()),
            tuple(sorted(_RAISED.findall(done.stderr))), values=tuple(sorted(done.values.items())),
            passed=tuple((key, done.seen.get(key)) for key in done.passed), asked=tuple(done.asked), refused=done.refused,
        )  # fmt: skip

    def _function(self, order: Order, target: Target, folder: Path) -> Observed:
        with tempfile.TemporaryDirectory(prefix="causeway-rehearsal-") as temporary:
            path = Path(temporary) / "order.json"
            path.write_text(json.dumps(order.document()))
            path.with_name("answers.json").write_text(json.dumps(self._answers()))
            words = [str(path), self._entry.function, str(folder / self._entry.path), str(folder)]
            command = [target.python, *target.flags, "-c", _STAGE.read_text(), *words]
            done = subprocess.run(
                command, cwd=folder, env=_environment(), capture_output=True, text=True, timeout=self._limit, check=False, stdin=subprocess.DEVNULL
            )
        report = done.stdout.rpartition("\x00")[2]
        try:
            seen: dict[str, Any] = json.loads(report)
        except ValueError:
            last = (done.stderr.strip().splitlines() or ["it printed nothing"])[-1]
            raise LaunchError(f"{self._entry.function} could not be called: {last}", "causeway-sdk has to be installed beside the program") from None
        return Observed(
            seen["feasible"] and not seen["missing"], _why(seen["missing"], seen["reason"]),
            seen["hang"], None, tuple(seen["stdout"].splitlines()), tuple(sorted(seen["unhandled"])),
            seen.get("raised"), seen.get("result"), tuple(sorted(seen["values"].items())),
            tuple((key, seen["seen"].get(key)) for key in seen["passed"]), tuple((who, what) for who, what in seen["asked"]), seen["refused"],
        )  # fmt: skip


def _why(missing: list[str], reason: str | None) -> str:
    return f"{NOT_CAPTURED}: {missing[0]}" if missing else reason or ""


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("CAUSEWAY_")}
