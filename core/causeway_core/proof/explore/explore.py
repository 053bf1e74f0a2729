"""Explores: runs the recorded command in other schedules until one goes wrong, then reduces its order to the constraints that matter."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, islice, pairwise, permutations
from pathlib import Path
from random import Random

from causeway_core.analysis import Analysis
from causeway_core.model import Finding, Tier
from causeway_core.model.order import Exploration, Order, OrderPlace, Strategy
from causeway_core.proof.explore.expected import LEFT_BEHIND, Expected
from causeway_core.proof.explore.finding import Failure, finding_of
from causeway_core.proof.explore.scan import Scan, Seen, course
from causeway_core.proof.explore.schedule import Held, Turn, delays_task_start, held, order, turns, without
from causeway_core.proof.explore.shrink import smallest
from causeway_core.proof.explore.sites import places
from causeway_core.proof.judge import REPEATS
from causeway_core.proof.notes import EVERYBODY_WAITS
from causeway_core.proof.outcome.contrast import contrast, new_exceptions
from causeway_core.proof.outcome.order_result import OrderResult
from causeway_core.proof.outcome.outcome import FAILURES
from causeway_core.proof.running.isolation import Isolation
from causeway_core.proof.running.rerun import PLAIN, Rerun, Reruns, Stopped
from causeway_core.storage.recording import Recording

Progress = Callable[[str, float], None]

MOST_FINDINGS = 5
SERIAL_RUNS = 6
"""Runs in which no actor is interrupted. Their outcomes are expected ones, unless they fail."""
PLAIN_RUNS = 2
AT_ONCE = 4
"""Runs between two checks of the clock."""
_BEYOND = 99_999
"""Larger than the number of points of any run."""
MOST_LOOKS = 2
"""Recorded runs for what runs without a recorder showed: what went wrong there may not come again at once."""
MOST_TRIALS = 80
"""Re-runs to reduce one order."""
MOST_TRIED_AGAIN = 3
"""Reduced orders that are run as often as a confirmation takes."""
MOST_IMPOSSIBLE = 3
"""How often a constraint is left out of an order because all actors wait."""
MOST_ALONE = 4
"""Actors whose serial orders are all tried."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How an exploration goes about it: `runs` at most, `seconds` in all, until there are so many `findings`; `depth` is how many ordering decisions
    a bug may need. `harmless`: the tier of an order in which nothing fails, no update is lost and no accesses conflict, and whose outcome is one that
    no serial order gives all the same.
    """

    strategy: Strategy = "pct"
    seed: int = 0
    depth: int = 3
    runs: int = 100
    seconds: float = 300.0
    repeat: int = REPEATS
    findings: int = MOST_FINDINGS
    harmless: Tier = "confirmed"


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
        isolation: Isolation | None = None,
    ) -> None:  # fmt: skip
        self._recording, self._analysis, self._effort = recording, analysis, effort
        self._progress = progress
        self._places = places(recording, analysis)
        self._threads, self._tasks = (frozenset(actor.path for actor in recording.actors() if actor.kind == kind) for kind in ("thread", "task"))
        self._reruns = Reruns(recording, keep=keep_recordings, isolation=isolation)
        self._scan = Scan(recording, self._reruns.nursery, isolation)
        self._expected = Expected()
        self._findings: list[Finding] = []
        self._seen: set[object] = set()
        self._signatures: dict[object, int] = {}
        self._endings: set[object] = set()
        """How serial runs that did not fail ended."""
        self._runs = self._points = self._length = 0
        self._ends = time.monotonic() + effort.seconds

    def explore(self) -> Explored:
        """Runs until the effort is spent, five findings are made, or Ctrl-C. Findings made by then are returned."""
        if not self._places:
            return Explored((), reason="the recording has no place that two threads or tasks can reach in either order, no thread lock and no await")
        whole = False
        try:
            self._baseline()
            whole = self._search()
        except (KeyboardInterrupt, Stopped):
            self._reruns.stop()
            self._scan.stop()
        return Explored(tuple(self._findings), self._runs, self._points // max(self._runs, 1), whole)

    def _baseline(self) -> None:
        self._report_progress("running without an order", 0.0)
        self._expected.plain = [run.outcome for run in self._reruns.attempt(*[PLAIN] * PLAIN_RUNS, again=True)]
        serial = [self._exploration("serial", number, 0) for number in range(SERIAL_RUNS)]
        seen = self._scan.see(serial)
        self._length = max(each.result.points for each in (self._uninterrupted() if self._effort.strategy == "switch" else seen))
        recorded = [(each, run, not run.outcome.deviations(self._expected.plain, only_failures=True)) for each, run in self._recorded(seen)]
        self._expected.serial = [run.outcome for _, run, well in recorded if well]
        self._endings = {each.ending for each, _, well in recorded if well}
        for each, run, well in recorded:
            # A failed run that yields no order is looked at again when an interrupted run goes the same way.
            if self._look_at(run) or well:
                self._signatures[each.signature] = MOST_LOOKS

    def _uninterrupted(self) -> Sequence[Seen]:
        """Runs of `switch` in which nobody comes to the point at which he would be interrupted: it has fewer points than a serial one, since tasks
        begin unasked, and an interruption beyond them would be none."""
        return self._scan.see([self._exploration("switch", 2 * _BEYOND + number, _BEYOND + 1) for number in range(2)])

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
                if sum(finding.tier != "hint" for finding in self._findings) == effort.findings:
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
        return list(zip(new.values(), self._reruns.attempt(*(each.exploration for each in new.values())), strict=True))

    def _next(self, number: int) -> Exploration:
        """The run of a number, from 0. Once `switch` has interrupted everybody everywhere, it does so twice, in an order that is spread."""
        effort, length = self._effort, max(self._length, 1)
        if effort.strategy != "switch":
            return self._exploration(effort.strategy, effort.seed + number, length)
        if number >= 2 * length:
            twice = [(i + 1) * length + j for i, j in combinations(range(length), 2)] or [0]
            Random(length).shuffle(twice)
            point = twice[(number - 2 * length) // 2 % len(twice)]
        else:
            # With fewer runs than points: spread over all of them, both ways up.
            point = number // 2 if effort.runs >= 2 * length else number // 2 * length // max(effort.runs // 2, 1)
        return self._exploration("switch", 2 * (length + length**2) * effort.seed + 2 * point + number % 2, length)

    def _explains(self, run: Rerun, seen: Seen) -> bool:
        """Whether a recorded run accounts for the same run without a recorder (`seen`).

        Recording costs time, and sleeps end by the clock, so the recorded run may take another course. If `seen` failed, its schedule is then forced.
        """
        if self._look_at(run) or course(run.result, dict(self._places)) == seen.course:
            return True
        if seen.ending in self._endings:
            return False
        constraints = self._held_in_time(turns(seen.result, dict(self._places)))
        return bool(constraints) and self._look_at(self._reruns.attempt(order(constraints))[0], seen.result)

    def _look_at(self, run: Rerun, passed: OrderResult | None = None) -> bool:
        """Whether the run went wrong and its failure is known or yields a finding. The schedule of `passed` is reduced, else that of the run."""
        wrong = self._expected.wrong(run)
        if not wrong:
            return False
        key = (self._expected.refuses(run.outcome, wrong), *((name, run.outcome.aspects[name] if name in FAILURES else ()) for name in wrong))
        if key in self._seen:
            return True
        finding = self._reduced(passed or run.result, wrong)
        if finding is None:
            return False
        self._seen.add(key)
        if not any(set(finding.accesses) == set(known.accesses) for known in self._findings):
            self._findings.append(replace(finding, id=f"X{len(self._findings) + 1}"))
        return True

    # One failure.

    def _reduced(self, passed: OrderResult, wrong: tuple[str, ...]) -> Finding | None:
        schedule = turns(passed, dict(self._places))
        whole: Sequence[Held] = ()
        trials = 0
        kept: list[Sequence[Held]] = []

        def fails(candidates: Sequence[Sequence[Held]]) -> int | None:
            nonlocal trials
            for start in range(0, len(candidates), 2):
                if trials >= MOST_TRIALS or time.monotonic() > self._ends + self._effort.seconds:
                    return None
                pair = candidates[start : start + 2]
                trials += len(pair)
                self._report_progress(f"reducing the order of {len(whole)} constraints, {trials} tried", self._runs / self._effort.runs)
                for number, tried in enumerate(self._reruns.attempt(*(order(each) for each in pair))):
                    if tried.result.kind == "no progress":
                        # It may be due to a busy machine.
                        [tried] = self._reruns.attempt(tried.order, again=True)
                    if self._still(tried, wrong) and self._still(self._reruns.attempt(tried.order, again=True)[0], wrong):
                        kept.append(pair[number])
                        return start + number
            return None

        for constraints in (self._held_in_time, self._held):
            whole = self._possible(constraints(schedule))
            if whole and fails([whole]) is not None:
                break
        else:
            return None  # the constraints do not capture the cause of the failure, such as timing or a place that is not among the sites
        for actor in sorted({turn.actor for turn in schedule}):
            fewer = without(schedule, actor)
            if len({turn.actor for turn in fewer}) > 1 and fails([constraints(fewer)]) is not None:
                schedule = fewer
        smallest(constraints(schedule), fails)
        # What failed twice may still have been lucky: then the next larger one is tried.
        found = None
        for candidate in list(reversed(kept))[:MOST_TRIED_AGAIN]:
            found = self._judged(order(candidate), wrong) or found
            if found is not None and found.reproduced is not None and found.reproduced[0] == found.reproduced[1]:
                break
        return found

    def _held(self, schedule: Sequence[Turn]) -> Sequence[Held]:
        """The constraints of some turns, without those in which a thread waits for a task that it runs itself."""

        def runs(each: Held) -> bool:
            path = each.after.actor if each.after.actor in self._tasks else ""
            while path and path not in self._threads:
                path = path.rpartition("/")[0]
            return path == each.hold.actor != ""

        return [each for each in held(schedule, self._threads) if not runs(each)]

    def _held_in_time(self, schedule: Sequence[Turn]) -> Sequence[Held]:
        """The constraints of some turns, without those that hold a task before its first step: an order that needs one of them proves nothing."""
        return [each for each in self._held(schedule) if not delays_task_start(each.hold, self._tasks)]

    def _possible(self, constraints: Sequence[Held]) -> Sequence[Held]:
        """Without those that wait for what comes only once whom they hold goes on: a turn may have begun in a library, where nothing is seen."""
        for _ in range(MOST_IMPOSSIBLE):
            [tried] = self._reruns.attempt(order(constraints))
            if tried.result.kind != EVERYBODY_WAITS or tried.result.gave_up is None:
                break
            constraints = [each for index, each in enumerate(constraints) if index != tried.result.gave_up]
        return constraints

    def _still(self, run: Rerun, wrong: tuple[str, ...]) -> bool:
        """Whether a run under an order goes wrong in the same way as the explored run."""
        if not run.result.feasible and run.result.hang is None:
            return False
        now = self._expected.wrong(run)
        return LEFT_BEHIND in now if LEFT_BEHIND in wrong else bool(set(now) & set(wrong))

    def _judged(self, found: Order, wrong: tuple[str, ...]) -> Finding | None:
        expected = self._expected
        places = dict(found.places)
        if any(delays_task_start(places[each.hold], self._tasks) for each in found.constraints):
            return None
        if not set(wrong) & set(FAILURES):
            expected.serial += [run.outcome for run in self._reruns.attempt(*_serial(found)) if run.result.feasible]
        runs = self._reruns.attempt(*[found] * self._effort.repeat, again=True, stuck=True)
        failures = [run for run in runs if self._still(run, wrong)]
        if not failures:
            return None
        first = failures[0]
        aspects = tuple(name for name in expected.wrong(first) if name in wrong)
        others = expected.plain if set(aspects) & set(FAILURES) else [*expected.plain, *expected.serial]
        stays = tuple(first.outcome.residue.remaining[place] for place in expected.left_behind(first.outcome)) if LEFT_BEHIND in aspects else ()
        shown = tuple(name for name in aspects if name != LEFT_BEHIND)
        said = contrast(first.outcome, others, shown, first.result) if shown else f"in this order {stays[0]}; in every serial order it does not"
        lost = tuple(place for place in expected.lost(first.outcome) if all(place in expected.lost(run.outcome) for run in failures))
        misused = all(expected.misused(run.outcome) for run in failures)
        refused = all(expected.refuses(run.outcome, aspects) for run in failures)
        conflicts = sorted(frozenset.intersection(*(run.outcome.conflicts for run in failures)))
        raised = new_exceptions(first.outcome, others) if "exceptions" in aspects else ()
        it = Failure(
            found, first.result.passed, aspects, said, len(runs), len(failures), lost, misused, stays, refused, tuple(conflicts), raised
        )  # fmt: skip
        return finding_of(self._recording, self._analysis, it, harmless=self._effort.harmless)

    def _report_progress(self, what: str, share: float) -> None:
        if self._progress is not None:
            self._progress(what, share)


def _serial(found: Order) -> Iterator[Order]:
    """The actors of an order one after another, in all permutations of the first few."""
    actors = list(dict.fromkeys(place.actor for _, place in found.places))[:MOST_ALONE]
    for line in islice(permutations(actors), 6):
        yield order([Held(OrderPlace(a, "end"), OrderPlace(b, "start"), None) for a, b in pairwise(line)], "one after another")
