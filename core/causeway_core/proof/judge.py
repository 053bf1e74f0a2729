"""The verdict on one finding."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from causeway_core.analysis.detectors.wakeups.late_registration import ENTERS
from causeway_core.analysis.weights import rank_in
from causeway_core.model import Finding
from causeway_core.model.order import Order
from causeway_core.model.proof import Proof
from causeway_core.proof.baseline import Baseline
from causeway_core.proof.comparison import (
    agree,
    counted_deviations,
    ends_right,
    incomparable,
    left_behind,
    only_content_differs,
    waits_expired,
    went_wrong,
)
from causeway_core.proof.hangs import is_stuck
from causeway_core.proof.notes import Notes
from causeway_core.proof.outcome.contrast import contrast
from causeway_core.proof.outcome.intermediate import new_maximum
from causeway_core.proof.outcome.outcome import Outcome
from causeway_core.proof.planning.interchangeable import has_parts
from causeway_core.proof.running.rerun import Rerun, Reruns

REPEATS = 3
"""Runs of the bad order, all of which have to go wrong."""
CHANCES = 3
"""Further runs of an order that was not carried out because the actors happened to go another way."""
MOSTLY = 2 / 3
"""Share of the runs of a bad order that have to hang for the finding to be at least likely."""
ONE_AT_A_TIME = "If the client sends its requests one after the other, let it send them at once (docs/services.md)."
"""Said where the other request did not come while the first one was held."""
_STUCK = ("deadlock", "blocking_call")
"""Kinds that are proved only by a run that hangs."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Tries the orders of findings. A bad order that goes wrong is run `repeat` times in all."""

    reruns: Reruns
    repeat: int = REPEATS

    def judge(self, finding: Finding) -> Finding:
        """The finding with its proof, its tier and rank by it. Raises Stopped."""
        bad = [order for order in finding.orders if order.aim == "bad"]
        if not bad:
            return replace(finding, proof=Proof("untried", "no order that would force it is known"))
        notes = Notes()
        unsteady: Finding | None = None
        tried = 0
        settled = False  # by an order between the two actors of the finding; one alternate says nothing about the next
        for index, order in enumerate(bad):
            if order.alternate and not (_needs_other_workers(notes, settled, unsteady) if has_parts(order) else not settled):
                continue
            tried += 1
            # Only a run that hangs, if only until a time limit, proves a deadlock; the recorded run shows that the program can end.
            judged = self._stuck(finding, index, order, notes) if finding.kind in _STUCK else self._compared(finding, index, order, notes)
            if judged is not None and judged.tier == "confirmed":
                return judged
            unsteady = unsteady or judged
            settled = settled or (not order.alternate and bool(notes.met or notes.strange or unsteady))
        if unsteady is not None:
            return unsteady
        if notes.strange:
            what = f"in between {finding.resource} held {notes.held[0]}, which it holds in no serial order"
            proof = Proof("altered", f"forced ({notes.strange[0]}), it ended as a serial order does, but {what}")
            # A latent finding whose forced order ends as expected is no more than a hint.
            return lowered(finding, proof, happened=finding.happened) if finding.tier == "latent" else replace(finding, proof=proof)
        if notes.lacking and not notes.harmless:
            # The order may still go wrong: a missing answer says nothing about it.
            return replace(finding, proof=Proof("inconclusive", notes.lacking))
        return _unconfirmed(finding, notes, ordered=notes.ordered(tried), driven=self.reruns.driven)

    def _stuck(self, finding: Finding, index: int, order: Order, notes: Notes) -> Finding | None:
        """The verdict on an order that should make the program hang; None if it did not."""
        [forced] = self.reruns.attempt(order, stuck=True)
        forced = self._made_again(forced, lambda run: run.astray and not went_wrong(run, (), finding), stuck=True)
        if not forced.result.feasible and not went_wrong(forced, (), finding):
            notes.refuse(order, forced)
        elif is_stuck(finding, forced):
            return self._stuck_again(finding, index, forced)
        elif forced.outcome.aspects.get("hang"):
            who = f" ({'; '.join(forced.result.hang)})" if forced.result.hang else ""
            notes.refused.append(f"{order.says}: the program hangs elsewhere{who}")
        else:
            ended_right = bool(order.constraints) and forced.result.feasible
            (notes.harmless if ended_right else notes.refused).append(order.says)
            notes.met |= ended_right
        return None

    def _compared(self, finding: Finding, index: int, order: Order, notes: Notes) -> Finding | None:
        """The verdict on an order by how its outcome differs from the expected ones; None if it does not."""
        baseline = Baseline(self.reruns, finding, struck=finding.happened)
        # The first baseline run is needed in any case: it runs at the same time.
        forced, *_ = self.reruns.attempt(order, *baseline.first)
        forced = self._made_again(forced, lambda run: run.astray and not went_wrong(run, (), finding))
        if not forced.result.feasible and not went_wrong(forced, (), finding):
            notes.refuse(order, forced)
            return None
        for right in baseline.stages():
            # Twice: the run that refutes it may be a plain run that happened to go wrong.
            refuted = right and ends_right(finding, order, forced, right)
            if refuted and (not baseline.reconsidered() or ends_right(finding, order, forced, baseline.now())):
                notes.excuse(order, forced)
                recorded, place = self.reruns.recorded, finding.resource
                notes.as_recorded |= recorded.knows(place) and forced.outcome.knows(place) and forced.outcome.agrees(recorded, place)
                return None
        right = baseline.now()
        if not forced.result.feasible and not went_wrong(forced, right, finding):
            notes.refuse(order, forced)
            return None
        refusal = incomparable(order, forced, right)
        if refusal and right and any(access.role == ENTERS for access in finding.accesses) and waits_expired(finding, forced, right):
            # The waiter was not held, so its own time limit shows that no answer came.
            return self._in_vain_again(finding, index, forced, right)
        if refusal:
            notes.refused.append(f"{order.says}: {refusal}")
            notes.lacking = notes.lacking or baseline.lacking
            return None
        found = self._steady(finding, counted_deviations(finding, order, forced, right), right)
        if not found and finding.kind == "lost_wakeup" and waits_expired(finding, forced, right):
            return self._in_vain_again(finding, index, forced, right)
        if not found and order.cancels and left_behind(forced, right):
            return self._left_again(finding, index, forced, right)
        if found and not only_content_differs(order, forced, found):
            return self._repeated(finding, index, forced, [run.outcome for run in right], found)
        if order.checks:
            notes.refused.append(f"{order.says}: no actor was waiting for it at that moment")
            return None
        states = forced.outcome.unexpected_states(finding.resource, [run.outcome for run in right])
        if states and finding.enforces_limit and (most := new_maximum(finding.resource, forced.outcome, [run.outcome for run in right])):
            return self._exceeded_again(finding, index, forced, right, most)
        if states:
            notes.strange.append(order.says)
        else:
            notes.excuse(order, forced)
        notes.held = notes.held or states
        return None

    def _steady(self, finding: Finding, found: tuple[str, ...], right: Sequence[Rerun]) -> tuple[str, ...]:
        """`found` without the aspects that differ between two runs of the same order: they say nothing.

        An aspect in which two expected runs agree is known to be steady; one more run is made only for the others, and another where the bug struck
        in that one.
        """
        doubtful = tuple(name for name in found if not agree(name, right))
        if not doubtful or not right:
            return found
        [again] = self.reruns.attempt(right[0].order, again=True)
        if finding.resource in again.outcome.lost_updates:
            [again] = self.reruns.attempt(right[0].order, again=True)
        noisy = right[0].outcome.differing(again.outcome)
        return tuple(name for name in found if name not in doubtful or name not in noisy)

    def _stuck_again(self, finding: Finding, index: int, forced: Rerun) -> Finding:
        """Repeats a deadlock: every run has to have it."""
        said = f"{finding.resource} blocks its waiters until a time limit expires"
        if forced.outcome.aspects.get("hang"):
            said = contrast(forced.outcome, [], ("hang",), forced.result)
        return self._again(finding, index, forced, lambda run: is_stuck(finding, run), said, "it deadlocked in {} runs", stuck=True)

    def _in_vain_again(self, finding: Finding, index: int, forced: Rerun, right: Sequence[Rerun]) -> Finding:
        """Repeats a wait that times out: it has to time out in every run."""
        said = f"in this order a wait for {finding.resource} times out; in every serial order the other side ends it"
        return self._again(finding, index, forced, lambda run: waits_expired(finding, run, right), said, "the wait timed out in {} runs")

    def _left_again(self, finding: Finding, index: int, forced: Rerun, right: Sequence[Rerun]) -> Finding:
        """Repeats a residue of a cancelled task, or a release of what it does not hold: every run has to have one."""
        remains = left_behind(forced, right)[0]
        said = f"in this order {remains}; this does not happen without the cancellation, nor if it comes before anything is done"
        return self._again(finding, index, forced, lambda run: bool(left_behind(run, right)), said, "something was left behind in {} runs")

    def _exceeded_again(self, finding: Finding, index: int, forced: Rerun, right: Sequence[Rerun], most: str) -> Finding:
        """Repeats an exceeded limit: every run has to hold more than any serial order, if only for a while."""
        others = [run.outcome for run in right]

        def wrong(run: Rerun) -> bool:
            return bool(new_maximum(finding.resource, run.outcome, others))

        said = f"in this order {finding.resource} held {most} for a while, more than its check allows in any serial order"
        return self._again(finding, index, forced, wrong, said, "it exceeded the limit in {} runs")

    def _repeated(self, finding: Finding, index: int, forced: Rerun, right: Sequence[Outcome], found: tuple[str, ...]) -> Finding:
        def wrong(run: Rerun) -> bool:
            return run.result.feasible == forced.result.feasible and any(name in found for name in run.outcome.deviations(right))

        own = frozenset(access.function for access in finding.accesses)
        said = contrast(forced.outcome, right, found, forced.result, finding.resource, own)
        return self._again(finding, index, forced, wrong, said, "it went wrong in {} runs of the same order: " + forced.order.says)

    def _made_again(self, run: Rerun, missed: Callable[[Rerun], bool], *, stuck: bool = False) -> Rerun:
        """The run; if it missed its order, the first further run that does not, or the last of `CHANCES`."""
        for _ in range(CHANCES):
            if not missed(run):
                break
            [run] = self.reruns.attempt(run.order, again=True, stuck=stuck)
        return run

    def _again(
        self, finding: Finding, index: int, forced: Rerun, wrong: Callable[[Rerun], bool], said: str, unsteady: str, *, stuck: bool = False
    ) -> Finding:
        """The verdict on an order that went wrong once: confirmed if it does so in all of its runs.

        `unsteady` is the reason given otherwise; its `{}` becomes "n of m". A run in which the order could not be forced, although it could the first
        time, says nothing about it and is made again.
        """

        def missed(run: Rerun) -> bool:
            return forced.result.feasible and not run.result.feasible and not wrong(run)

        again = self.reruns.attempt(*([forced.order] * (self.repeat - 1)), again=True, stuck=stuck)
        again = [self._made_again(run, missed, stuck=stuck) for run in again]
        runs, failures = 1 + len(again), 1 + sum(map(wrong, again))
        if failures + sum(map(missed, again)) == runs > failures:
            unsteady = "it could be forced in only {} runs, and went wrong in each of them: " + forced.order.says
        if failures < runs:
            proof = Proof("untried", unsteady.replace("{}", f"{failures} of {runs}", 1), index, said)
            hangs = bool(forced.outcome.aspects.get("hang")) and failures >= MOSTLY * runs
            return _raised(finding, proof, (runs, failures)) if hangs else replace(finding, proof=proof, reproduced=(runs, failures))
        return _confirmed(finding, Proof("confirmed", forced.order.says, index, said), runs)


def _needs_other_workers(notes: Notes, settled: bool, unsteady: Finding | None) -> bool:
    """Whether to try orders between interchangeable workers: the two recorded actors met in some of the runs only, or one of them did not come."""
    return unsteady is not None or (notes.missed and not settled)


def _confirmed(finding: Finding, proof: Proof, runs: int) -> Finding:
    rank = rank_in("confirmed", finding)
    return replace(finding, tier="confirmed", rank=rank, confidence=1.0, proof=proof, reproduced=(runs, runs), doubt="")


def _raised(finding: Finding, proof: Proof, reproduced: tuple[int, int]) -> Finding:
    """The finding as at least `likely`: no serial order hangs, so a hang in most runs of one order is no chance."""
    finding = replace(finding, proof=proof, reproduced=reproduced)
    if finding.tier == "likely":
        return finding
    return replace(finding, tier="likely", rank=rank_in("likely", finding), confidence=max(finding.confidence, 0.6), doubt="")


def _unconfirmed(finding: Finding, notes: Notes, *, ordered: bool, driven: bool) -> Finding:
    """The finding after no order confirmed it.

    `ordered`: in every bad order the other side waits for the actor that is held. Then it is no more than a hint, unless it happened. `driven`: a
    client sends the requests.
    """
    if notes.harmless:
        proof = Proof("harmless", f"forced ({notes.harmless[0]}), it ended as a serial order does")
        struck = finding.happened and not notes.as_recorded
        return replace(finding, proof=proof) if finding.tier == "hint" else lowered(finding, proof, happened=struck)
    alone = driven and notes.idle == len(notes.refused)
    proof = Proof("infeasible", f"it could not be forced; {notes.refused[0]}{' ' + ONE_AT_A_TIME if alone else ''}")
    lowers = ordered and finding.tier in ("likely", "latent")
    return lowered(finding, proof, happened=finding.happened) if lowers else replace(finding, proof=proof)


def lowered(finding: Finding, proof: Proof, *, happened: bool) -> Finding:
    """The finding as a hint; unchanged if it happened in the recorded run with an outcome that no serial order gives."""
    if happened:
        return replace(finding, proof=proof)
    return replace(finding, proof=proof, tier="hint", rank=rank_in("hint", finding), confidence=min(finding.confidence, 0.2))
