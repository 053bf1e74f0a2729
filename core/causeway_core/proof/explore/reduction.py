"""Reduces the order of a run that went wrong to the constraints that matter, and makes a finding of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice, pairwise, permutations

from causeway_core.analysis import Analysis
from causeway_core.model import Finding
from causeway_core.model.order import Order, OrderPlace
from causeway_core.proof.explore.effort import Effort
from causeway_core.proof.explore.expected import LEFT_BEHIND, Expected
from causeway_core.proof.explore.finding import Failure, finding_of
from causeway_core.proof.explore.schedule import Held, Turn, delays_task_start, held, order, turns, without
from causeway_core.proof.explore.shrink import smallest
from causeway_core.proof.notes import EVERYBODY_WAITS
from causeway_core.proof.outcome.contrast import contrast, new_exceptions
from causeway_core.proof.outcome.order_result import OrderResult
from causeway_core.proof.outcome.outcome import FAILURES
from causeway_core.proof.running.rerun import Rerun, Reruns
from causeway_core.storage.recording import Recording

MOST_TRIALS = 80
"""Re-runs to reduce one order."""
MOST_TRIED_AGAIN = 3
"""Reduced orders that are run as often as a confirmation takes."""
MOST_IMPOSSIBLE = 3
"""How often a constraint is left out of an order because all actors wait."""
MOST_ALONE = 4
"""Actors whose serial orders are all tried."""


class Reduction:
    """Reduces orders of one exploration. `places` by key are those of its runs; `expected` says what went wrong.

    `tell` is called with what happens. Costs up to `MOST_TRIALS` pairs of re-runs an order.
    """

    def __init__(
        self, recording: Recording, analysis: Analysis, reruns: Reruns, expected: Expected, effort: Effort, places: dict[str, OrderPlace],
        tell: Callable[[str], None],
    ) -> None:  # fmt: skip
        self._recording, self._analysis, self._reruns = recording, analysis, reruns
        self._expected, self._effort, self._places, self._tell = expected, effort, places, tell
        self._threads, self._tasks = (frozenset(actor.path for actor in recording.actors() if actor.kind == kind) for kind in ("thread", "task"))

    def finding(self, passed: OrderResult, wrong: tuple[str, ...], *, harm: bool, until: float) -> Finding | None:
        """The finding of a run that went wrong in some aspects; None if no order of the places goes wrong in the same way.

        With `harm` only what does harm counts (`Expected.harms`). No order is tried after `until` (`time.monotonic`). Raises Stopped.
        """
        schedule = turns(passed, self._places)
        whole: Sequence[Held] = ()
        trials = 0
        kept: list[Sequence[Held]] = []

        def fails(candidates: Sequence[Sequence[Held]]) -> int | None:
            nonlocal trials
            for start in range(0, len(candidates), 2):
                if trials >= MOST_TRIALS or time.monotonic() > until:
                    return None
                pair = candidates[start : start + 2]
                trials += len(pair)
                self._tell(f"reducing the order of {len(whole)} constraints, {trials} tried")
                for number, tried in enumerate(self._reruns.attempt(*(order(each) for each in pair), stuck=harm)):
                    if tried.result.kind == "no progress":
                        # It may be due to a busy machine.
                        [tried] = self._reruns.attempt(tried.order, again=True, stuck=harm)
                    if self._still(tried, wrong, harm) and self._still(self._reruns.attempt(tried.order, again=True, stuck=harm)[0], wrong, harm):
                        kept.append(pair[number])
                        return start + number
            return None

        for constraints in (self.held_in_time, self._held):
            whole = self._possible(constraints(schedule), stuck=harm)
            self._expect_serial(order(whole), wrong)
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

    def held_in_time(self, schedule: Sequence[Turn]) -> Sequence[Held]:
        """The constraints of some turns, without those that hold a task before its first step: an order that needs one of them proves nothing."""
        return [each for each in self._held(schedule) if not delays_task_start(each.hold, self._tasks)]

    def _possible(self, constraints: Sequence[Held], *, stuck: bool) -> Sequence[Held]:
        """Without those that wait for what comes only once whom they hold goes on: a turn may have begun in a library, where nothing is seen."""
        for _ in range(MOST_IMPOSSIBLE):
            [tried] = self._reruns.attempt(order(constraints), stuck=stuck)
            if tried.result.kind != EVERYBODY_WAITS or tried.result.gave_up is None:
                break
            constraints = [each for index, each in enumerate(constraints) if index != tried.result.gave_up]
        return constraints

    def _still(self, run: Rerun, wrong: tuple[str, ...], harm: bool = False) -> bool:
        """Whether a run under an order goes wrong in the same way as the explored run."""
        if not run.result.feasible and run.result.hang is None:
            return False
        now = self._expected.wrong(run)
        same = LEFT_BEHIND in now if LEFT_BEHIND in wrong else bool(set(now) & set(wrong))
        return same and (not harm or self._expected.harms(run.outcome, now))

    def _expect_serial(self, found: Order, wrong: tuple[str, ...]) -> None:
        """Takes serial orders of the actors of an order for right: an end that one of them gives needs no reduction."""
        if not set(wrong) & set(FAILURES):
            self._expected.serial += [run.outcome for run in self._reruns.attempt(*_serial(found)) if run.result.feasible]

    def _judged(self, found: Order, wrong: tuple[str, ...]) -> Finding | None:
        expected = self._expected
        places = dict(found.places)
        if any(delays_task_start(places[each.hold], self._tasks) for each in found.constraints):
            return None
        self._expect_serial(found, wrong)
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


def _serial(found: Order) -> Iterator[Order]:
    """The actors of an order one after another, in all permutations of the first few."""
    actors = list(dict.fromkeys(place.actor for _, place in found.places))[:MOST_ALONE]
    for line in islice(permutations(actors), 6):
        yield order([Held(OrderPlace(a, "end"), OrderPlace(b, "start"), None) for a, b in pairwise(line)], "one after another")
