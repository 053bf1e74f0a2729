"""Runs the recorded command again, under an order."""

from __future__ import annotations

import json
import shutil
import signal
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from causeway_core.analysis import examine
from causeway_core.errors import CausewayError, ResetFailed
from causeway_core.launch.run import Run
from causeway_core.launch.target import Target
from causeway_core.launch.zygote import ZygotePool
from causeway_core.model import Finding
from causeway_core.model.order import Exploration, Order
from causeway_core.proof.outcome.conflicts import conflicts
from causeway_core.proof.outcome.lost_updates import lost_updates
from causeway_core.proof.outcome.order_result import OrderResult
from causeway_core.proof.outcome.outcome import Outcome, observe
from causeway_core.proof.running.command import can_run_concurrently, target_of, variables_of
from causeway_core.proof.running.isolation import NOT_CAPTURED, Isolation, missing
from causeway_core.proof.running.requests import is_driven
from causeway_core.proof.running.workspace import Workspace
from causeway_core.storage import Recording
from causeway_core.storage.disk import bytes_on_disk

PLAIN = Order("serial", "without an order", (), ())
"""The order that forces nothing."""
PLAIN_AGAIN = Order("serial", "without an order once more", (), ())
"""The same, for a second plain run that all findings share."""
SHORTEST_SECONDS = 10.0
LONGEST_SECONDS = 180.0
GRACE_SECONDS = 1.0
SHORTEST_STALL, STALL = 3.0, 1.5
"""Seconds, and multiple of the duration of a run, after which an order is given up if the program runs but reaches none of its places."""
AT_A_TIME = 2
LARGEST_OUTPUT = 4 << 20
SMALLEST_LIMIT_BYTES = 8 << 20
"""A re-run that records more than this, and twenty times as much as the recorded run, counts as an endless loop."""
MOST_PAIRS = 24
"""Pairs of actors of an explored run whose accesses are compared."""
_TURN_SECONDS = 0.02


def nothing() -> None:
    """The `watch` that does nothing."""


@dataclass(frozen=True, slots=True)
class Rerun:
    """One re-run: whether the order held (`result`), and its outcome."""

    order: Order | Exploration
    result: OrderResult
    outcome: Outcome
    seconds: float

    @property
    def uncaptured(self) -> str:
        """The first request of an isolated run that has no recorded answer; empty if all had one."""
        return self.result.reason if self.result.kind == NOT_CAPTURED else ""


    @property
    def astray(self) -> bool:
        """Whether the order was given up after an actor had come to the place where it is held, but not past the one from which it is held.

        It went another way than in the recorded run, as it may when an actor that is not part of the order does: the order may well be possible.
        """
        if self.result.feasible or not isinstance(self.order, Order):
            return False
        at = {key: number for number, key in enumerate(self.result.passed)}
        return any(each.since is not None and each.hold in at and at.get(each.since, len(at)) > at[each.hold] for each in self.order.constraints)


class Stopped(Exception):
    """The re-runs were stopped from outside."""


class Reruns:
    """Runs the recorded command again. The same order runs only once unless asked for `again`. Thread-safe.

    Each run leads its own process group. It is killed with its children when it takes much longer than the recorded run, or than a plain run before
    it: five times as long, and at least ten seconds. Standard input is empty. Recordings are deleted afterwards, or kept in the folder `keep`.
    `watch` is called every 20 ms of each run by the thread that waits for it; an exception from it ends the run and is raised by `run`. With
    `isolation`, runs get the recorded answers of the outside world; a run that asks for anything else is not feasible, of kind `NOT_CAPTURED`.
    `zygotes`: those of earlier re-runs of the same command, which need not be loaded again.
    """

    def __init__(
        self, recording: Recording, *, keep: Path | None = None, watch: Callable[[], None] = nothing, isolation: Isolation | None = None,
        zygotes: ZygotePool | None = None,
    ) -> None:
        meta = recording.meta
        self._workspace = Workspace.of(recording)
        self._target = target_of(recording)
        self._longest = (meta.duration_ns or 0) / 1e9
        """Seconds of the recorded run, or of a plain run that took longer: the machine may be busier than when the program was recorded."""
        # An endless loop would fill the disk long before the time limit.
        self._largest = max(SMALLEST_LIMIT_BYTES, 20 * recording.path.stat().st_size)
        self._recording = recording
        self._keep = keep
        self._watch = watch
        self._isolation = isolation
        self._concurrent = can_run_concurrently(recording)
        self.zygotes = zygotes or ZygotePool()
        self._known: dict[Order | Exploration, Rerun] = {}
        self._lock = threading.Lock()
        self._running: set[Run] = set()
        self._stopped = False
        self.count = 0

    @property
    def _limit(self) -> float:
        return min(max(SHORTEST_SECONDS, 5 * self._longest), LONGEST_SECONDS)

    @property
    def _stall(self) -> float:
        return max(SHORTEST_STALL, STALL * self._longest)

    @cached_property
    def driven(self) -> bool:
        """Whether the outcome depends on when requests arrive."""
        return is_driven(self._recording)

    @cached_property
    def recorded(self) -> Outcome:
        """The outcome of the recorded run itself, without its output and files, which a recording does not hold. Costs no run."""
        return observe(self._recording, output="", result=None, timed_out=False, folder=Path(self._recording.meta.root))

    def run(self, order: Order | Exploration, *, again: bool = False, stuck: bool = False) -> Rerun:
        """One run of the command under an order; with `stuck`, and in plain runs, its deadlocks, lost updates and conflicts are looked for too.

        Raises LaunchError, RecordingError, and Stopped after `stop`.
        """
        with self._lock:
            known = None if again else self._known.get(order)
            self.count += known is None
            number = self.count
        if known is None:
            known = self._run(order, number, stuck)
            with self._lock:
                self._known.setdefault(order, known)
        return known

    def attempt(self, *orders: Order | Exploration, again: bool = False, stuck: bool = False) -> list[Rerun]:
        """`run` for several orders, two at a time if concurrent runs cannot interfere.

        A run that cannot be started or read counts as infeasible. Raises ResetFailed, Stopped.
        """
        if not self._concurrent or len(orders) < 2:
            return [self._attempt(order, again, stuck) for order in orders]
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            try:
                return list(pool.map(lambda order: self._attempt(order, again, stuck), orders))
            except BaseException:
                # On Ctrl-C the pool waits for its threads, so the runs they wait for have to end.
                self.stop()
                raise

    def _attempt(self, order: Order | Exploration, again: bool, stuck: bool) -> Rerun:
        try:
            return self.run(order, again=again, stuck=stuck)
        except ResetFailed:
            raise
        except CausewayError as error:
            return Rerun(order, OrderResult(False, reason=f"the re-run failed: {error}", kind="failed"), Outcome({}), 0.0)

    def stop(self) -> None:
        """Kills all running re-runs; every later `run` raises Stopped."""
        with self._lock:
            self._stopped = True
            for run in self._running:
                run.kill()

    def _run(self, order: Order | Exploration, number: int, stuck: bool) -> Rerun:
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="causeway-rerun-", ignore_cleanup_errors=True) as temporary, self._workspace.target(
            self._target
        ) as (target, folder):
            place = Path(temporary)
            (place / "order.json").write_text(json.dumps(order.document()))
            path = place / "rerun.causeway"
            in_time = self._execute(target, path, place)
            timed_out = in_time is not None
            if order in (PLAIN, PLAIN_AGAIN) and not timed_out:
                self._longest = max(self._longest, time.monotonic() - began)
            result = self._isolated(OrderResult.read(place / "result.json"), place)
            if in_time is not None and result is not None and isinstance(order, Order):
                result = _unfinished(order, result, in_time)
            output, replies = printed(place / "stdout"), printed(place / "replies")
            with Recording.open(path) as recording:
                outcome = observe(recording, output=output, replies=replies, result=result, timed_out=timed_out, folder=folder)
                if (stuck and order.aim != "serial") or order in (PLAIN, PLAIN_AGAIN):
                    analysis = examine(recording)
                    struck = [finding for finding in analysis.findings if finding.tier == "likely"]
                    lost = dict.fromkeys((*_lost(struck), *lost_updates(analysis.evidence)))
                    pairs = _interrupted(order) if isinstance(order, Order) else _met(result)
                    met = conflicts(analysis.evidence, pairs)
                    stops = [finding for finding in struck if finding.kind == "deadlock"]
                    outcome = replace(
                        outcome, deadlocks=tuple(each.resource for each in stops), blocked=_blocked(stops), lost_updates=tuple(lost), conflicts=met
                    )
            self._keep_copy(path, order, number)
        if result is None:
            result = OrderResult(not order.constraints, reason="the recorder in the program reported nothing about the order")
        return Rerun(order, result, outcome, time.monotonic() - began)

    def _isolated(self, result: OrderResult | None, place: Path) -> OrderResult | None:
        lacking = missing(place / "answers.json") if self._isolation is not None else ""
        if not lacking:
            return result
        return replace(result or OrderResult(False), feasible=False, kind=NOT_CAPTURED, reason=f"{NOT_CAPTURED}: {lacking}")

    def _execute(self, target: Target, path: Path, place: Path) -> OrderResult | None:
        """Runs to the end, or to the time limit. Then returns what the guest reported before it was killed; None if it ended."""
        variables = variables_of(self._recording, target, place, self._isolation)
        variables["CAUSEWAY_ORDER"] = str(place / "order.json")
        variables["CAUSEWAY_ORDER_RESULT"] = str(place / "result.json")
        variables["CAUSEWAY_DRIVE_OUTPUT"] = str(place / "replies")
        variables["CAUSEWAY_ORDER_LIMIT"] = f"{self._stall:g}"
        with (place / "stdout").open("wb") as out, (place / "stderr").open("wb") as err:
            if self._stopped:
                raise Stopped
            loaded = place / "loaded"
            run = Run(target, path, variables, start=lambda: self.zygotes.start(target, variables, stdout=out, stderr=err, loaded=loaded))
            with self._lock:
                self._running.add(run)
                if self._stopped:  # while it was being born
                    run.kill()
            try:
                late = self._wait(run, place / "result.json")
                run.finish()
            finally:
                run.kill()
                with self._lock:
                    self._running.discard(run)
        if self._stopped:
            raise Stopped
        return late

    def _wait(self, run: Run, reported: Path) -> OrderResult | None:
        """Waits for the end or the time limit, and only briefly once the guest reports a hang."""
        ends, said = time.monotonic() + self._limit, 0
        result: OrderResult | None = None
        while run.poll(_TURN_SECONDS):
            self._watch()
            if reported.exists() and (changed := reported.stat().st_mtime_ns) != said:
                said = changed
                result = OrderResult.read(reported) or result
                if result is not None and result.hang is not None:
                    ends = min(ends, time.monotonic() + GRACE_SECONDS)
            too_large = _size(reported.parent) > self._largest
            if too_large or time.monotonic() > ends:
                if not too_large:
                    run.signal(signal.SIGINT)
                    self._grant(run, GRACE_SECONDS)
                run.kill()
                return result or OrderResult(True)
        return None

    def _grant(self, run: Run, seconds: float) -> None:
        ends = time.monotonic() + seconds
        while run.poll(_TURN_SECONDS) and time.monotonic() < ends:
            pass

    def _keep_copy(self, path: Path, order: Order | Exploration, number: int) -> None:
        if self._keep is not None:
            self._keep.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, self._keep / f"rerun-{number}-{order.aim}.causeway")
            (self._keep / f"rerun-{number}-{order.aim}.order.json").write_text(json.dumps(order.document(), indent=2))


def _unfinished(order: Order, result: OrderResult, in_time: OrderResult) -> OrderResult:
    """The result of a run that was killed: infeasible unless all places were passed `in_time`.

    Otherwise an actor may have been held to the end, and it is the order that kept the program from ending."""
    if not in_time.feasible or in_time.hang is not None or all(each.after in in_time.passed for each in order.constraints):
        return result
    return replace(result, feasible=False, reason="time ran out before all of its places were passed", kind="no progress")


def printed(path: Path) -> str:
    """The beginning of a file that a run printed to; empty if there is none."""
    return path.read_bytes()[:LARGEST_OUTPUT].decode("utf-8", "replace") if path.exists() else ""


def _size(folder: Path) -> int:
    """The bytes on disk of a growing recording and of its spool."""
    return bytes_on_disk((*folder.glob("rerun.causeway*"), *(folder / "spool").rglob("*")))


def _blocked(deadlocks: Sequence[Finding]) -> tuple[str, ...]:
    """Where the actors of the deadlocks in a run waited (`file.py:12`), each of them once."""
    waits = [access for found in deadlocks for access in found.accesses if access.role == "wait" and access.line]
    return tuple(place for _, place in sorted({(wait.actor, f"{Path(wait.file).name}:{wait.line}") for wait in waits}))


def _interrupted(order: Order) -> list[tuple[str, str]]:
    """Spawn paths of the actors that an order holds, each with the one for which it waits, in both directions."""
    places = dict(order.places)
    pairs = [(places[each.hold].actor, places[each.after].actor) for each in order.constraints]
    return [*pairs, *((other, one) for one, other in pairs)]


def _met(result: OrderResult | None) -> list[tuple[str, str]]:
    """Spawn paths of actors, each with one that did something while the first was at work. The most eventful pairs of a larger number."""
    trace = () if result is None else result.trace
    last = {actor: number for number, (actor, _, _) in enumerate(trace)}
    found: Counter[tuple[str, str]] = Counter()
    at_work: dict[str, None] = {}
    for number, (actor, _, _) in enumerate(trace):
        at_work.setdefault(actor)
        found.update((each, actor) for each in at_work if each != actor and last[each] > number)
    return [pair for pair, _ in found.most_common(MOST_PAIRS)]


def _lost(findings: Sequence[Finding]) -> tuple[str, ...]:
    """The resources of the lost updates and atomicity violations that struck in a run."""
    kinds = ("lost_update", "atomicity_violation")
    return tuple(dict.fromkeys(finding.resource for finding in findings if finding.kind in kinds and finding.happened))
