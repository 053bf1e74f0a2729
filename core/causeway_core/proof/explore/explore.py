"""Explores: runs the recorded command in other schedules until one goes wrong, then reduces its order to the constraints that matter."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from pathlib import Path
from random import Random

from causeway_core.analysis import Analysis
from causeway_core.launch.zygote import ZygotePool
from causeway_core.model import Finding
from causeway_core.model.order import Exploration, Strategy
from causeway_core.proof.explore.effort import Effort
from causeway_core.proof.explore.expected import Expected, Overslept, usual
from causeway_core.proof.explore.oversleeping import BEYOND, Oversleeping
from causeway_core.proof.explore.ranking import ranked
from causeway_core.proof.explore.reduction import Reduction
from causeway_core.proof.explore.scan import Scan, Seen, course
from causeway_core.proof.explore.schedule import order, turns
from causeway_core.proof.explore.sites import places
from causeway_core.proof.outcome.order_result import OrderResult
from causeway_core.proof.outcome.outcome import FAILURES, Outcome
from causeway_core.proof.running.isolation import Isolation
from causeway_core.proof.running.rerun import PLAIN, Rerun, Reruns, Stopped
from causeway_core.storage.recording import Recording

Progress = Callable[[str, float], None]

SERIAL_RUNS = 6
"""Runs in which no actor is interrupted. Their outcomes are expected ones, unless they fail."""
PLAIN_RUNS = 2
AT_ONCE = 4
"""Runs between two checks of the clock."""
MOST_LOOKS = 2
"""Recorded runs for what runs without a recorder showed: what went wrong there may not come again at once."""
MOST_REDUCED = 3
"""Runs that go wrong in the same way and are reduced, until one of them gives a finding that counts."""


@dataclass(frozen=True, slots=True)
class Explored:
    """The result of an exploration. It made `runs` runs (not counting reduction and repetitions), of `points` points on average.

    `whole`: it made all runs that it should.

    `reason` says why nothing could be explored, or is empty.
    """

    findings: tuple[Finding, ...]
    runs: int = 0
    points: int = 0
    whole: bool = True
    reason: str = ""


class Explorer:
    """One exploration of a recorded command. Costs a run of the command for each order tried; two at a time where they cannot meet. With
    `isolation` the runs get what came from outside from the record; one that asks for what is not there says nothing.
    """

    def __init__(
        self, recording: Recording, analysis: Analysis, effort: Effort, *, progress: Progress | None = None, keep_recordings: Path | None = None,
        isolation: Isolation | None = None, zygotes: ZygotePool | None = None,
    ) -> None:  # fmt: skip
        self._effort = effort
        self._progress = progress
        self._runs = 0
        self._places = places(recording, analysis)
        self._reruns = Reruns(recording, keep=keep_recordings, isolation=isolation, zygotes=zygotes)
        self._scan = Scan(recording, self._reruns.zygotes, isolation)
        self._expected = Expected()
        self._reducing = partial(
            Reduction, recording, analysis, self._reruns, effort=effort, places=dict(self._places),
            tell=lambda what: self._report_progress(what, self._runs / effort.runs),
        )  # fmt: skip
        self._reduction = self._reducing(expected=self._expected)
        self._findings: list[Finding] = []
        self._seen: set[object] = set()
        """The ways to go wrong that are known: none of them is reduced again."""
        self._reduced: Counter[object] = Counter()
        """How many runs of each way to go wrong were reduced."""
        self._harmless: dict[object, tuple[OrderResult, tuple[str, ...]]] = {}
        """A run of each way to end otherwise without harm: reduced only where nothing else is found."""
        self._signatures: dict[object, int] = {}
        self._endings: set[object] = set()
        """How serial runs that did not fail ended."""
        self._points = self._length = 0
        self._ranked: list[tuple[int, int]] = []
        self._sleepers: frozenset[str] = frozenset()
        self._began = time.monotonic()
        self._ends = self._began + effort.seconds

    def explore(self) -> Explored:
        """Runs until the effort is spent, enough is found, or Ctrl-C. Findings made by then are returned."""
        if not self._places:
            return Explored((), reason="the recording has no place that two threads or tasks can reach in either order, no thread lock and no await")
        whole = False
        try:
            self._baseline()
            whole = self._search()
            self._oversleep()
            self._reduce_harmless()
        except (KeyboardInterrupt, Stopped):
            self._reruns.stop()
            self._scan.stop()
        return Explored(tuple(self._findings), self._runs, self._points // max(self._runs, 1), whole)

    def _baseline(self) -> None:
        self._report_progress("running without an order", 0.0)
        plain = [run.outcome for run in self._reruns.attempt(*[PLAIN] * PLAIN_RUNS, again=True)]
        began = time.monotonic()
        seen = self._scan.see([self._exploration("serial", number, 0) for number in range(SERIAL_RUNS)])
        self._ends = self._began + self._effort.seconds_for((time.monotonic() - began) / SERIAL_RUNS)
        self._length = max(each.result.points for each in seen)
        if self._effort.strategy == "switch":
            uninterrupted = self._uninterrupted()
            self._length = max(each.result.points for each in uninterrupted)
            self._ranked = ranked([each.result.stops for each in uninterrupted])
            self._sleepers = frozenset(path for each in uninterrupted for path in each.result.passed_over)
        serial = self._recorded(seen)
        self._expected.plain = self._usual(plain, [run.outcome for _, run in serial])
        recorded = [(each, run, not run.outcome.deviations(self._expected.plain, only_failures=True)) for each, run in serial]
        self._expected.serial = [run.outcome for _, run, well in recorded if well]
        self._endings = {each.ending for each, _, well in recorded if well}
        for each, run, well in recorded:
            # A failed run that yields no order is looked at again when an interrupted run goes the same way.
            if self._look_at(run) or well:
                self._signatures[each.signature] = MOST_LOOKS

    def _usual(self, plain: list[Outcome], serial: Sequence[Outcome]) -> list[Outcome]:
        """The plain runs in which no bug struck. If it struck in some, as many are made again."""
        found = usual(plain, serial, self._reruns.recorded)
        if len(found) < len(plain):
            plain += [run.outcome for run in self._reruns.attempt(*[PLAIN] * (len(plain) - len(found)), again=True)]
            found = usual(plain, serial, self._reruns.recorded)
        return found

    def _uninterrupted(self) -> Sequence[Seen]:
        """Runs of `switch`, both ways up, in which nobody comes to the point at which he would be interrupted. They have fewer points than serial
        ones, since tasks begin unasked, and an interruption beyond them would be none."""
        length = BEYOND + 1
        first = 2 * (length + length**2) * self._effort.seed + 2 * BEYOND
        return self._scan.see([self._exploration("switch", first + which, length) for which in range(2)])

    def _search(self) -> bool:
        effort, most = self._effort, self._most()
        while self._runs < most:
            count = min(AT_ONCE, most - self._runs)
            batch = [self._next(self._runs + number) for number in range(count)]
            found = f", {len(self._findings)} found" if self._findings else ""
            self._report_progress(f"run {self._runs + 1} of {most}{found}", self._runs / most)
            scanned = self._scan.see(batch)
            self._runs += len(scanned)
            self._points += sum(each.result.points for each in scanned)
            for seen, run in self._recorded(scanned):
                explained = self._explains(run, seen)
                self._signatures[seen.signature] = MOST_LOOKS if explained else self._signatures.get(seen.signature, 0) + 1
                if sum(finding.tier in effort.counts for finding in self._findings) == effort.findings:
                    return False
            if time.monotonic() > self._ends:
                return self._runs >= most
        return True

    def _exploration(self, strategy: Strategy, seed: int, length: int) -> Exploration:
        return Exploration(strategy, seed, self._effort.depth, length, self._places)

    def _most(self) -> int:
        """The runs to be made: with `switch` no more than there are ways to interrupt somebody once or twice."""
        if self._effort.strategy != "switch":
            return self._effort.runs
        return min(self._effort.runs, self._length * (self._length + 1))

    def _recorded(self, seen: Sequence[Seen]) -> list[tuple[Seen, Rerun]]:
        """Those of some runs that went as none before, each with the same run recorded."""
        new: dict[tuple[object, ...], Seen] = {}
        for each in seen:
            if self._signatures.get(each.signature, 0) < MOST_LOOKS:
                new.setdefault(each.signature, each)
        return list(zip(new.values(), self._reruns.attempt(*(each.exploration for each in new.values()), stuck=True), strict=True))

    def _next(self, number: int) -> Exploration:
        """The run of a number, from 0. Once `switch` has interrupted everybody everywhere, it does so twice, in an order that is spread."""
        effort, length = self._effort, max(self._length, 1)
        if effort.strategy != "switch":
            return self._exploration(effort.strategy, effort.seed + number, length)
        if number < len(self._ranked):
            point, which = self._ranked[number]
        else:
            number -= len(self._ranked)
            twice = [(i + 1) * length + j for i, j in combinations(range(length), 2)] or [0]
            Random(length).shuffle(twice)
            point, which = twice[number // 2 % len(twice)], number % 2
        return self._exploration("switch", 2 * (length + length**2) * effort.seed + 2 * point + which, length)

    def _explains(self, run: Rerun, seen: Seen) -> bool:
        """Whether a recorded run accounts for the same run without a recorder (`seen`).

        Recording costs time, and sleeps end by the clock, so the recorded run may take another course. If `seen` failed, its schedule is then forced.
        """
        if self._look_at(run) or course(run.result, dict(self._places)) == seen.course:
            return True
        if seen.ending in self._endings:
            return False
        constraints = self._reduction.held_in_time(turns(seen.result, dict(self._places)))
        return bool(constraints) and self._look_at(self._reruns.attempt(order(constraints), stuck=True)[0], seen.result)

    def _look_at(self, run: Rerun, passed: OrderResult | None = None) -> bool:
        """Whether the run went wrong and its failure is known or yields a finding. The schedule of `passed` is reduced, else that of the run."""
        wrong = self._expected.wrong(run)
        if not wrong:
            return False
        key = (self._expected.refuses(run.outcome, wrong), *((name, run.outcome.aspects[name] if name in FAILURES else ()) for name in wrong))
        if key in self._seen:
            return True
        waits = self._effort.harmless == "hint"
        harm = waits and self._expected.harms(run.outcome, wrong)
        if waits and not set(wrong) & set(FAILURES):
            self._harmless.setdefault(key, (passed or run.result, wrong))
            if not harm or self._reduced[key] >= MOST_REDUCED:
                return True
        return self._reduce(key, passed or run.result, wrong, harm=harm)

    def _reduce(self, key: object, passed: OrderResult, wrong: tuple[str, ...], *, harm: bool) -> bool:
        """Whether a run that went wrong yields a finding."""
        finding = self._reduction.finding(passed, wrong, harm=harm, until=self._ends + self._effort.seconds)
        self._reduced[key] += 1
        if finding is None:
            return False
        if finding.tier in self._effort.counts or self._reduced[key] >= MOST_REDUCED:
            self._seen.add(key)
        if not any(set(finding.accesses) == set(known.accesses) for known in self._findings):
            self._findings.append(replace(finding, id=f"X{len(self._findings) + 1}"))
        return True

    def _oversleep(self) -> None:
        """Where nothing that counts is found: interruptions that last as long as somebody sleeps, if anybody sleeps for so long."""
        if self._sleepers and not any(finding.tier in self._effort.counts for finding in self._findings):
            self._report_progress("waiting for sleeping actors", 1.0)
            expected = Overslept(self._expected.plain, self._expected.serial, sleepers=self._sleepers)
            tried = Oversleeping(self._reruns, self._scan, self._reducing(expected=expected), expected, self._exploration("late", 0, 0))
            if finding := tried.finding(time.monotonic() + self._effort.seconds):
                self._findings.append(replace(finding, id=f"X{len(self._findings) + 1}"))

    def _reduce_harmless(self) -> None:
        """Where nothing that counts is found, an end that no serial order gives is worth a hint all the same."""
        if not self._findings:
            for key, (passed, wrong) in self._harmless.items():
                if self._reduce(key, passed, wrong, harm=False):
                    break

    def _report_progress(self, what: str, share: float) -> None:
        if self._progress is not None:
            self._progress(what, share)
