"""Explored runs without a recorder, at a quarter of the cost of recorded ones. Runs that look new are then recorded."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from causeway_core.launch.zygote import Process, ZygotePool
from causeway_core.model.order import Exploration, OrderPlace
from causeway_core.proof.outcome.canonical import canonical, canonical_lines
from causeway_core.proof.outcome.order_result import OrderResult
from causeway_core.proof.running.command import can_run_concurrently, target_of, variables_of
from causeway_core.proof.running.isolation import Isolation
from causeway_core.proof.running.rerun import AT_A_TIME, LONGEST_SECONDS, SHORTEST_SECONDS, Stopped, printed
from causeway_core.proof.running.workspace import Workspace
from causeway_core.storage.recording import Recording

TURN_SECONDS = 0.25
MOST_ROUNDS = 2
"""Executions of a place, less one, that are distinguished."""
Course = tuple[tuple[tuple[str, str], ...], ...]
_LOOKS = ("read", "test", "iterate")
_RAISED = re.compile(r"^(?:[\w.]+\.)?(\w*(?:Error|Exception|Interrupt|Exit|Group))(?::|$)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a run shows without a recording: `course` says how it went (see there), `ending` whether it failed and how (exit code, hang, names of the
    exceptions in its error output); `signature` is the same for runs that went and ended alike.
    """

    exploration: Exploration
    result: OrderResult
    course: Course
    ending: tuple[object, ...]
    signature: tuple[object, ...]


class Scan:
    """Runs the recorded command under explorations, two at a time where runs cannot meet; kills what takes much longer than the recorded run."""

    def __init__(self, recording: Recording, zygotes: ZygotePool, isolation: Isolation | None = None) -> None:
        meta = recording.meta
        self._recording, self._isolation = recording, isolation
        self._target = target_of(recording)
        self._workspace = Workspace.of(recording)
        self._at_once = AT_A_TIME if can_run_concurrently(recording) else 1
        self._limit = min(max(SHORTEST_SECONDS, 5 * (meta.duration_ns or 0) / 1e9), LONGEST_SECONDS)
        self._lock = threading.Lock()
        self._running: set[Process] = set()
        self._zygotes = zygotes
        self._stopped = False

    def see(self, explorations: Sequence[Exploration]) -> list[Seen]:
        """Runs each exploration. Raises Stopped after `stop`."""
        with ThreadPoolExecutor(self._at_once) as pool:
            try:
                return list(pool.map(self._run, explorations))
            except BaseException:
                self.stop()
                raise

    def stop(self) -> None:
        """Kills all runs; no further one is started."""
        with self._lock:
            self._stopped = True
            for child in self._running:
                _signal(child, signal.SIGKILL)

    def _run(self, exploration: Exploration) -> Seen:
        with tempfile.TemporaryDirectory(prefix="causeway-explore-", ignore_cleanup_errors=True) as temporary, self._workspace.target(
            self._target
        ) as (target, folder):
            place = Path(temporary)
            (place / "order.json").write_text(json.dumps(exploration.document()))
            variables = variables_of(self._recording, target, place, self._isolation)
            del variables["CAUSEWAY_SPOOL"]  # nothing is recorded
            variables |= {
                "CAUSEWAY_ORDER": str(place / "order.json"), "CAUSEWAY_ORDER_RESULT": str(place / "result.json"),
                "CAUSEWAY_DRIVE_OUTPUT": str(place / "replies"),
            }  # fmt: skip
            if self._stopped:
                raise Stopped
            with (place / "stdout").open("wb") as out, (place / "stderr").open("wb") as err:
                child = self._zygotes.start(target, variables, stdout=out, stderr=err, loaded=place / "loaded")
            with self._lock:
                self._running.add(child)
                if self._stopped:  # while it was being born
                    _signal(child, signal.SIGKILL)
            ended = self._wait(child, place / "result.json")
            result = OrderResult.read(place / "result.json") or OrderResult(False)
            out_text, said, replies = (printed(place / name) for name in ("stdout", "stderr", "replies"))
        went = course(result, dict(exploration.places))
        ending = child.returncode if ended else None, result.hang is not None, tuple(sorted(_RAISED.findall(said)))
        signature = (
            *ending, canonical_lines(out_text, str(folder)), canonical_lines(replies),
            tuple((key, canonical(value)) for key, value in result.values), went,
            _ways(result) if any(went) else result.trace,  # where no shared place is known, any difference may matter
        )  # fmt: skip
        return Seen(exploration, result, went, ending, signature)

    def _wait(self, child: Process, reported: Path) -> bool:
        """Whether the process ended on its own. One that reports a hang is not waited for."""
        ends = time.monotonic() + self._limit
        try:
            while time.monotonic() < ends:
                try:
                    child.wait(TURN_SECONDS)
                    return True
                except subprocess.TimeoutExpired:
                    result = OrderResult.read(reported)
                    if result is not None and result.hang is not None:
                        return False
            return False
        finally:
            _signal(child, signal.SIGKILL)
            child.wait()
            with self._lock:
                self._running.discard(child)
            if self._stopped:
                raise Stopped


def course(result: OrderResult, places: Mapping[str, OrderPlace]) -> Course:
    """The accesses of a run in order, up to reordering of reads without a write between them.

    Runs with equal courses do not differ in anything that actors share, so one recorded run stands for all of them.
    """
    found: list[tuple[tuple[str, str], ...]] = []
    looks: list[tuple[str, str]] = []
    for actor, key, _ in result.trace:
        place = places.get(key)
        if place is None or (place.name is None and place.access not in ("sql", "file")):
            continue
        if place.access in _LOOKS:
            looks.append((actor, key))
        else:
            found += [tuple(sorted(looks)), ((actor, key),)]
            looks = []
    return (*found, tuple(sorted(looks)))


def _ways(result: OrderResult) -> frozenset[tuple[str, str, int]]:
    """The places that each actor reached at all: an actor that is refused, or fails, does not reach those of other runs.

    Further iterations of a loop do not count.
    """
    return frozenset((actor, key, min(nth, MOST_ROUNDS)) for actor, key, nth in result.trace)


def _signal(child: Process, number: int) -> None:
    try:
        os.killpg(child.pid, number)
    except (ProcessLookupError, PermissionError):
        pass
