"""The verdict on one finding."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from causeway_core.analysis.detectors.futures.resolved_after_cancel import SETTLES
from causeway_core.analysis.detectors.locks import lock_order
from causeway_core.analysis.detectors.wakeups import unlocked_state
from causeway_core.analysis.detectors.wakeups.late_registration import ENTERS
from causeway_core.analysis.limits import A_LIMIT
from causeway_core.analysis.wording.title import GIVES
from causeway_core.model import Finding
from causeway_core.model.order import Exploration, Order
from causeway_core.model.proof import Proof
from causeway_core.proof.baseline import Baseline
from causeway_core.proof.outcome.contrast import contrast
from causeway_core.proof.outcome.intermediate import new_maximum, partial_anomalies
from causeway_core.proof.outcome.outcome import FINAL_VALUE, NOT_HELD, Outcome
from causeway_core.proof.planning.cancellation import EXPIRE, LEFT
from causeway_core.proof.planning.interchangeable import has_parts
from causeway_core.proof.running.rerun import Rerun, Reruns, happened

REPEATS = 3
"""Runs of the bad order, all of which have to go wrong."""
EVERYBODY_WAITS, NO_SUCH_ACTOR, ACTOR_ENDED = "everybody waits", "no such actor", "actor ended"
"""Reasons of the guest for giving up an order that is impossible, or that names an actor which does not exist (SPEC section 9).

Orders that are given up after a time limit have other reasons."""
_FAILURES_ONLY = ("order_violation",)
_STUCK = ("deadlock", "blocking_call")
"""Kinds that are proved only by a run that hangs."""


@dataclass(slots=True)
class _Notes:
    """What was observed of the orders of one finding.

    `refused` could not be forced; `impossible` of them never can be. `harmless` ended as expected. `strange` ended as expected too, but the place
    had `held` values in between that it holds in no expected run.
    """

    refused: list[str] = field(default_factory=list)
    harmless: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    held: tuple[str, ...] = ()
    impossible: int = 0
    as_recorded: bool = False
    """Whether a harmless order showed all that the recorded run did."""
    idle: int = 0
    """Orders that name an actor which did not exist in the re-run: they say nothing."""
    met: bool = False
    """Whether in some harmless order both actors reached the places at which it holds them."""
    missed: bool = False
    """Whether in some order an actor did not reach its place: another actor did its work, or none did."""
    lacking: str = ""
    """The first request of an isolated run that has no recorded answer."""

    def ordered(self, tried: int) -> bool:
        """Whether in all `tried` bad orders whose actors existed, the other side waits for the actor that is held."""
        return self.impossible > 0 and self.impossible + self.idle == tried

    def excuse(self, order: Order, forced: Rerun) -> None:
        """Notes an order that ended as expected."""
        self.harmless.append(order.says)
        came = all(key in forced.result.passed for key, _ in order.places)
        self.met |= came
        self.missed |= not came

    def refuse(self, order: Order, forced: Rerun) -> None:
        """Notes an order that could not be forced."""
        self.refused.append(f"{order.says}: {forced.result.reason or 'it could not be forced'}")
        self.impossible += forced.result.kind == EVERYBODY_WAITS
        self.idle += forced.result.kind == NO_SUCH_ACTOR
        self.missed |= forced.result.kind in (NO_SUCH_ACTOR, ACTOR_ENDED)
        self.lacking = self.lacking or forced.uncaptured


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
        notes = _Notes()
        unsteady: Finding | None = None
        tried = 0
        settled = False  # by an order between the two actors of the finding; one alternate says nothing about the next
        for index, order in enumerate(bad):
            if order.alternate and not (_calls_for_others(notes, settled, unsteady) if has_parts(order) else not settled):
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
            return _lowered(finding, proof, happened=happened(finding)) if finding.tier == "latent" else replace(finding, proof=proof)
        if notes.lacking and not notes.harmless:
            # The order may still go wrong: a missing answer says nothing about it.
            return replace(finding, proof=Proof("inconclusive", notes.lacking))
        return _unconfirmed(finding, notes, ordered=notes.ordered(tried))

    def _stuck(self, finding: Finding, index: int, order: Order, notes: _Notes) -> Finding | None:
        """The verdict on an order that should make the program hang; None if it did not."""
        [forced] = self.reruns.attempt(order, stuck=True)
        if not forced.result.feasible and not _went_wrong(forced, (), finding):
            notes.refuse(order, forced)
        elif _is_stuck(finding, forced):
            return self._stuck_again(finding, index, forced)
        else:
            ended_right = bool(order.constraints) and forced.result.feasible
            (notes.harmless if ended_right else notes.refused).append(order.says)
            notes.met |= ended_right
        return None

    def _compared(self, finding: Finding, index: int, order: Order, notes: _Notes) -> Finding | None:
        """The verdict on an order by how its outcome differs from the expected ones; None if it does not."""
        baseline = Baseline(self.reruns, finding, struck=happened(finding))
        # The first baseline run is needed in any case: it runs at the same time.
        forced, *_ = self.reruns.attempt(order, *baseline.first)
        if not forced.result.feasible and not _went_wrong(forced, (), finding):
            notes.refuse(order, forced)
            return None
        for right in baseline.stages():
            # Twice: the run that refutes it may be a plain run that happened to go wrong.
            refuted = right and self._ends_right(finding, order, forced, right)
            if refuted and (not baseline.reconsidered() or self._ends_right(finding, order, forced, baseline.now())):
                notes.excuse(order, forced)
                recorded, place = self.reruns.recorded, finding.resource
                notes.as_recorded |= recorded.knows(place) and forced.outcome.knows(place) and forced.outcome.agrees(recorded, place)
                return None
        right = baseline.now()
        if not forced.result.feasible and not _went_wrong(forced, right, finding):
            notes.refuse(order, forced)
            return None
        refusal = _incomparable(order, forced, right)
        if refusal and right and any(access.role == ENTERS for access in finding.accesses) and _in_vain(finding, forced, right):
            # The waiter was not held, so its own time limit shows that no answer came.
            return self._in_vain_again(finding, index, forced, right)
        if refusal:
            notes.refused.append(f"{order.says}: {refusal}")
            notes.lacking = notes.lacking or baseline.lacking
            return None
        found = self._steady(self._beyond(finding, order, forced, right), right)
        if not found and finding.kind == "lost_wakeup" and _in_vain(finding, forced, right):
            return self._in_vain_again(finding, index, forced, right)
        if not found and order.cancels and _left(forced, right):
            return self._left_again(finding, index, forced, right)
        if found and not _only_held(order, forced, found):
            return self._repeated(finding, index, forced, [run.outcome for run in right], found)
        if order.checks:
            notes.refused.append(f"{order.says}: no actor was waiting for it at that moment")
            return None
        states = forced.outcome.unexpected_states(finding.resource, [run.outcome for run in right])
        if states and A_LIMIT in finding.explanation and (most := new_maximum(finding.resource, forced.outcome, [run.outcome for run in right])):
            return self._exceeded_again(finding, index, forced, right, most)
        if states:
            notes.strange.append(order.says)
        else:
            notes.excuse(order, forced)
        notes.held = notes.held or states
        return None

    def _ends_right(self, finding: Finding, order: Order, forced: Rerun, right: Sequence[Rerun]) -> bool:
        """Whether these expected runs suffice to say that a forced run shows nothing: further ones could only explain more of it."""
        outcomes = [run.outcome for run in right]
        if order.cancels or order.checks or not forced.result.feasible or ran_into_a_limit(forced.outcome, outcomes):
            return False
        values = forced.outcome.aspects.get(FINAL_VALUE)
        if values and not _container(values) and not any(outcome.aspects.get(FINAL_VALUE) for outcome in outcomes):
            return False
        if finding.kind == "lost_wakeup" and _in_vain(finding, forced, right):
            return False
        found = self._beyond(finding, order, forced, right)
        return (not found or _only_held(order, forced, found)) and not forced.outcome.unexpected_states(finding.resource, outcomes)

    def _beyond(self, finding: Finding, order: Order, forced: Rerun, right: Sequence[Rerun]) -> tuple[str, ...]:
        """The aspects in which a forced run differs from all expected runs, as far as they count for the kind of finding and order."""
        found: tuple[str, ...]
        if any(access.role == SETTLES for access in finding.accesses):
            found = ("exceptions",) if _invalid(forced).difference(*map(_invalid, right)) else ()
        elif any(access.role == LEFT for access in finding.accesses):
            found = ("hang",) if forced.result.hang and not any(run.outcome.aspects.get("hang") for run in right) else ()
        elif order.cancels:
            found = self._half_done(finding, forced, right)
        elif not right:
            found = ("hang",)
        else:
            failures = finding.kind in _FAILURES_ONLY and not any(access.role == GIVES for access in finding.accesses)
            found = forced.outcome.deviations([run.outcome for run in right], only_failures=failures)
            if not found and failures:
                found = _mistakes_caught_beyond(finding, forced, right)
        if finding.kind == "lost_wakeup" and finding.tier == "hint":
            found = tuple(name for name in found if name == "hang")
        if order.checks or not forced.result.feasible:
            found = tuple(name for name in found if name in ("exceptions", "hang"))
        if any(access.role == "cancels" for access in finding.accesses):
            # A task that cancels itself no more often than in an expected run shows nothing.
            most = max(run.outcome.self_cancellations for run in right)
            found = found if forced.outcome.self_cancellations > most else ()
        return found

    def _half_done(self, finding: Finding, forced: Rerun, right: Sequence[Rerun]) -> tuple[str, ...]:
        """The aspects in which a cancelled run matches neither the run that did everything nor the run that did nothing.

        For two changes that belong together, one of them alone counts as different; for a change that should be undone, any remainder does."""
        others = [run.outcome for run in right]
        moves = any(access.role == "complete" for access in finding.accesses)
        strict = any(access.role == "restore" for access in finding.accesses)
        if moves:
            return forced.outcome.deviations(others)
        return partial_anomalies(forced.outcome, others, strict=strict, goes_on=_expires(forced.order))

    def _steady(self, found: tuple[str, ...], right: Sequence[Rerun]) -> tuple[str, ...]:
        """`found` without the aspects that differ between two runs of the same order: they say nothing.

        An aspect in which two expected runs agree is known to be steady; one more run is made only for the others.
        """
        doubtful = tuple(name for name in found if not _agreed(name, right))
        if not doubtful or not right:
            return found
        [again] = self.reruns.attempt(right[0].order, again=True)
        noisy = right[0].outcome.differing(again.outcome)
        return tuple(name for name in found if name not in doubtful or name not in noisy)

    def _stuck_again(self, finding: Finding, index: int, forced: Rerun) -> Finding:
        """Repeats a deadlock: every run has to have it."""
        said = f"{finding.resource} blocks its waiters until a time limit expires"
        if forced.outcome.aspects.get("hang"):
            said = contrast(forced.outcome, [], ("hang",), forced.result)
        return self._again(finding, index, forced, lambda run: _is_stuck(finding, run), said, "it deadlocked in {} runs", stuck=True)

    def _in_vain_again(self, finding: Finding, index: int, forced: Rerun, right: Sequence[Rerun]) -> Finding:
        """Repeats a wait that times out: it has to time out in every run."""
        said = f"in this order a wait for {finding.resource} times out; in every serial order the other side ends it"
        return self._again(finding, index, forced, lambda run: _in_vain(finding, run, right), said, "the wait timed out in {} runs")

    def _left_again(self, finding: Finding, index: int, forced: Rerun, right: Sequence[Rerun]) -> Finding:
        """Repeats a residue of a cancelled task, or a release of what it does not hold: every run has to have one."""
        said = f"in this order {_left(forced, right)[0]}; this does not happen without the cancellation, nor if it comes before anything is done"
        return self._again(finding, index, forced, lambda run: bool(_left(run, right)), said, "something was left behind in {} runs")

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

        said = contrast(forced.outcome, right, found, forced.result, finding.resource)
        return self._again(finding, index, forced, wrong, said, "it went wrong in {} runs of the same order: " + forced.order.says)

    def _again(
        self, finding: Finding, index: int, forced: Rerun, wrong: Callable[[Rerun], bool], said: str, unsteady: str, *, stuck: bool = False
    ) -> Finding:
        """The verdict on an order that went wrong once: confirmed if it does so in all of its runs.

        `unsteady` is the reason given otherwise; its `{}` becomes "n of m".
        """
        again = self.reruns.attempt(*([forced.order] * (self.repeat - 1)), again=True, stuck=stuck)
        runs, failures = 1 + len(again), 1 + sum(map(wrong, again))
        if failures < runs:
            proof = Proof("untried", unsteady.replace("{}", f"{failures} of {runs}", 1), index, said)
            return replace(finding, proof=proof, reproduced=(runs, failures))
        return _confirmed(finding, Proof("confirmed", forced.order.says, index, said), runs)


def _calls_for_others(notes: _Notes, settled: bool, unsteady: Finding | None) -> bool:
    """Whether to try orders between interchangeable workers: the two recorded actors met in some of the runs only, or one of them did not come."""
    return unsteady is not None or (notes.missed and not settled)


def _confirmed(finding: Finding, proof: Proof, runs: int) -> Finding:
    explanation = finding.explanation.replace(lock_order.ONLY_A_HINT, "").replace(unlocked_state.ONLY_A_HINT, "").strip()
    rank = finding.rank % 10 - 10.0
    return replace(finding, tier="confirmed", rank=rank, confidence=1.0, proof=proof, reproduced=(runs, runs), explanation=explanation)


def _in_vain(finding: Finding, run: Rerun, right: Sequence[Rerun]) -> bool:
    """Whether waits for the finding's resource timed out more often than in any expected run."""
    expired = run.outcome.expired_waits.get(finding.resource, 0)
    return run.result.feasible and expired > max(each.outcome.expired_waits.get(finding.resource, 0) for each in right)


def _mistakes_caught_beyond(finding: Finding, forced: Rerun, right: Sequence[Rerun]) -> tuple[str, ...]:
    """The aspects that differ because code of the finding raised a programming error (see `Outcome.caught_mistakes`) and caught it."""
    known = {text for run in right for text in run.outcome.caught_mistakes}
    functions = {access.function for access in finding.accesses}
    news = [text for text in forced.outcome.caught_mistakes if text not in known and text.partition(" in ")[2] in functions]
    return forced.outcome.deviations([run.outcome for run in right]) if news else ()


def _invalid(run: Rerun) -> set[str]:
    """The functions that an uncaught InvalidStateError left. What else a cancellation raises is the program's own concern."""
    uncaught = [text.partition(" ×")[0].partition(" in ") for text in run.outcome.aspects.get("exceptions", ())]
    return {function for kind, _, function in uncaught if kind == "InvalidStateError"}


def _expires(order: Order | Exploration) -> bool:
    """Whether the order lets a time limit expire. A task that is cancelled otherwise may end together with all others."""
    return isinstance(order, Order) and bool(order.inject) and all(what.startswith((EXPIRE, "TimeoutError")) for _, what in order.inject)


def _left(run: Rerun, right: Sequence[Rerun]) -> tuple[str, ...]:
    """In words, what a run did not restore although all expected runs do, or what it released without holding it.

    Only for a run that ended as an expected one. A task that is cancelled otherwise than by a time limit may end together with all others: then only
    what others asked for afterwards counts.
    """
    outcome, others = run.outcome, [each.outcome for each in right]
    if not run.result.feasible:
        return ()
    known = {text for each in others for text in each.caught_mistakes}
    untaken = [text for text in outcome.caught_mistakes if text.startswith(NOT_HELD) and text not in known]
    said = tuple(f"{text.removeprefix(NOT_HELD).partition(' in ')[2]} releases what it does not hold" for text in untaken)
    stays = outcome.left_behind(others, ended=others)
    if not _expires(run.order):
        return tuple(outcome.residue.remaining[place] for place in stays if place in outcome.residue.wanted)
    return (*said, *(outcome.residue.remaining[place] for place in stays))


def _is_stuck(finding: Finding, run: Rerun) -> bool:
    """Whether the run hung, or had a deadlock over the finding's resource that a time limit ended."""
    return bool(run.outcome.aspects.get("hang")) or bool(set(finding.resource.split(" and ")) & set(run.outcome.deadlocks))


def _went_wrong(forced: Rerun, serial: Sequence[Rerun], finding: Finding) -> bool:
    """Whether a run whose order was given up failed all the same: it hung, or the finding's code raised what no serial run raises.

    Time-outs do not count: an actor that is held may run into a time limit, which proves nothing."""
    if forced.uncaptured:
        return False
    if forced.result.hang:
        return True
    functions = {access.function for access in finding.accesses}
    known = {text for run in serial for text in run.outcome.aspects.get("exceptions", ())}
    news = [text.partition(" ×")[0].partition(" in ") for text in forced.outcome.aspects.get("exceptions", ()) if text not in known]
    return any(function in functions and not kind.startswith("Timeout") for kind, _, function in news)


def ran_into_a_limit(forced: Outcome, right: Sequence[Outcome]) -> bool:
    """Whether more time-outs were raised than in any expected run: an actor that an order holds waits longer than it otherwise would."""
    return bool(right) and not forced.aspects.get("hang") and forced.timeouts > max(outcome.timeouts for outcome in right)


def _incomparable(order: Order, forced: Rerun, right: Sequence[Rerun]) -> str:
    """Why a forced run cannot be compared with these expected runs; empty if it can."""
    if order.cancels and (len(right) < 2 or not forced.result.feasible):
        return "there is no run with an earlier cancellation to compare it with"
    if not right and not forced.outcome.aspects.get("hang"):
        return "no serial order could be forced for comparison"
    if not order.checks and not order.cancels and ran_into_a_limit(forced.outcome, [run.outcome for run in right]):
        return "a time limit of the program itself expired, which proves nothing"
    return ""


def _only_held(order: Order, forced: Rerun, found: tuple[str, ...]) -> bool:
    """Whether the only difference is the final content of a container."""
    return not order.cancels and found == (FINAL_VALUE,) and _container(forced.outcome.aspects[FINAL_VALUE])


def _container(values: Sequence[str]) -> bool:
    """Whether the watched values are contents of containers: what a pool or a queue holds at the end often does not matter."""
    return all(value.startswith(("[", "{", "(")) for value in values)


def _agreed(name: str, right: Sequence[Rerun]) -> bool:
    """Whether two runs of different orders have the same aspect."""
    texts = [run.outcome.aspects.get(name, ()) for run in right]
    return len(set(texts)) < len(texts)


def _unconfirmed(finding: Finding, notes: _Notes, *, ordered: bool) -> Finding:
    """The finding after no order confirmed it.

    `ordered`: in every bad order the other side waits for the actor that is held. Then it is no more than a hint, unless it happened.
    """
    if notes.harmless:
        proof = Proof("harmless", f"forced ({notes.harmless[0]}), it ended as a serial order does")
        struck = happened(finding) and not notes.as_recorded
        return replace(finding, proof=proof) if finding.tier == "hint" else _lowered(finding, proof, happened=struck)
    proof = Proof("infeasible", f"it could not be forced; {notes.refused[0]}")
    lowers = ordered and finding.tier in ("likely", "latent")
    return _lowered(finding, proof, happened=happened(finding)) if lowers else replace(finding, proof=proof)


def _lowered(finding: Finding, proof: Proof, *, happened: bool) -> Finding:
    """The finding as a hint; unchanged if it happened in the recorded run with an outcome that no serial order gives."""
    if happened:
        return replace(finding, proof=proof)
    return replace(finding, proof=proof, tier="hint", rank=finding.rank % 10 + 20.0, confidence=min(finding.confidence, 0.2))
