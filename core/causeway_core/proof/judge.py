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
"""Why the guest gives an order up that it has found to be impossible, or about nobody (SPEC section 9); what patience decides has other reasons."""
_FAILURES_ONLY = ("order_violation",)
_STUCK = ("deadlock", "blocking_call")
"""Kinds that only a run proves in which nobody goes on."""


@dataclass(slots=True)
class _Notes:
    """What was seen of the orders of one finding: those that could not be forced (and how many of them never can), those that ended right, and those
    that ended right although the place held (`held`) what it never should.
    """

    refused: list[str] = field(default_factory=list)
    harmless: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    held: tuple[str, ...] = ()
    impossible: int = 0
    as_recorded: bool = False
    """One that ended right showed all that the recorded run did."""
    idle: int = 0
    """Orders about an actor that did not come: they say nothing."""
    met: bool = False
    """Whether one that ended right had the two come where the order holds them."""
    missed: bool = False
    """Whether one had not: somebody else did what was expected of an actor, or nobody."""
    lacking: str = ""
    """What an isolated run asked for in vain."""

    def ordered(self, tried: int) -> bool:
        """Whether in each of so many bad orders, as far as its actors came, the other side waits for the one that is held."""
        return self.impossible > 0 and self.impossible + self.idle == tried

    def excuse(self, order: Order, forced: Rerun) -> None:
        """Notes an order that ended right."""
        self.harmless.append(order.says)
        came = all(key in forced.result.passed for key, _ in order.places)
        self.met |= came
        self.missed |= not came

    def refuse(self, order: Order, forced: Rerun) -> None:
        """Notes an order that was given up."""
        self.refused.append(f"{order.says}: {forced.result.reason or 'it could not be forced'}")
        self.impossible += forced.result.kind == EVERYBODY_WAITS
        self.idle += forced.result.kind == NO_SUCH_ACTOR
        self.missed |= forced.result.kind in (NO_SUCH_ACTOR, ACTOR_ENDED)
        self.lacking = self.lacking or forced.uncaptured


@dataclass(frozen=True, slots=True)
class Judge:
    """Tries the orders of findings. `repeat` is how often a bad order that went wrong is run in all."""

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
        settled = False  # by an order between the two of the finding; one alternate says nothing of the next
        for index, order in enumerate(bad):
            if order.alternate and not (_calls_for_others(notes, settled, unsteady) if has_parts(order) else not settled):
                continue
            tried += 1
            # The one thing that proves a deadlock is that nobody goes on, if only until a time limit; the recorded run shows that one can.
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
            # What was hardly a finding before is none with an end that is right.
            return _lowered(finding, proof, happened=happened(finding)) if finding.tier == "latent" else replace(finding, proof=proof)
        if notes.lacking and not notes.harmless:
            # It may well go wrong: what is missing says nothing of it.
            return replace(finding, proof=Proof("inconclusive", notes.lacking))
        return _unconfirmed(finding, notes, ordered=notes.ordered(tried))

    def _stuck(self, finding: Finding, index: int, order: Order, notes: _Notes) -> Finding | None:
        """The verdict on an order that is to leave nobody to go on; None if it did not."""
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
        """The verdict on an order by what comes of it beyond what is right; None if nothing does."""
        baseline = Baseline(self.reruns, finding, struck=happened(finding))
        # What is right in any case runs beside it.
        forced, *_ = self.reruns.attempt(order, *baseline.first)
        if not forced.result.feasible and not _went_wrong(forced, (), finding):
            notes.refuse(order, forced)
            return None
        for right in baseline.stages():
            # Twice: what refutes it may be a plain run that went wrong by itself.
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
            # Who waits was not held meanwhile, and what its time limit raises is how it says that nobody answered.
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
        """Whether some right runs suffice to say that a forced run shows nothing: further ones would only take more away."""
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
        """The aspects in which a forced run shows what no right run does, as far as they count for the kind of finding and order."""
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
        """The aspects in which a cancelled run is neither that in which all was done nor that in which nothing was. Of two changes that belong
        together half is between the two; of one that is to be taken back nothing is."""
        others = [run.outcome for run in right]
        moves = any(access.role == "complete" for access in finding.accesses)
        strict = any(access.role == "restore" for access in finding.accesses)
        if moves:
            return forced.outcome.deviations(others)
        return partial_anomalies(forced.outcome, others, strict=strict, goes_on=_expires(forced.order))

    def _steady(self, found: tuple[str, ...], right: Sequence[Rerun]) -> tuple[str, ...]:
        """Without the aspects that differ between two runs of one and the same order: those say nothing.

        Aspects in which two of the right runs agree are known not to; only for others one more run is made.
        """
        doubtful = tuple(name for name in found if not _agreed(name, right))
        if not doubtful or not right:
            return found
        [again] = self.reruns.attempt(right[0].order, again=True)
        noisy = right[0].outcome.differing(again.outcome)
        return tuple(name for name in found if name not in doubtful or name not in noisy)

    def _stuck_again(self, finding: Finding, index: int, forced: Rerun) -> Finding:
        """Of a deadlock: whether each run has it."""
        said = f"{finding.resource} blocks its waiters until a time limit expires"
        if forced.outcome.aspects.get("hang"):
            said = contrast(forced.outcome, [], ("hang",), forced.result)
        return self._again(finding, index, forced, lambda run: _is_stuck(finding, run), said, "it deadlocked in {} runs", stuck=True)

    def _in_vain_again(self, finding: Finding, index: int, forced: Rerun, right: Sequence[Rerun]) -> Finding:
        """Of a wait that a time limit ends: whether it waits for nothing each time."""
        said = f"in this order a wait for {finding.resource} times out; in every serial order the other side ends it"
        return self._again(finding, index, forced, lambda run: _in_vain(finding, run, right), said, "the wait timed out in {} runs")

    def _left_again(self, finding: Finding, index: int, forced: Rerun, right: Sequence[Rerun]) -> Finding:
        """Of what a cancelled task does not bring back, or gives back without having it: whether it stays each time."""
        said = f"in this order {_left(forced, right)[0]}; this does not happen without the cancellation, nor if it comes before anything is done"
        return self._again(finding, index, forced, lambda run: bool(_left(run, right)), said, "something was left behind in {} runs")

    def _exceeded_again(self, finding: Finding, index: int, forced: Rerun, right: Sequence[Rerun], most: str) -> Finding:
        """Of a limit that is checked: whether there is more than in any serial order each time, if only for a while."""
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
        """The verdict on an order that went wrong once: confirmed if it does so in all of its runs. `unsteady` says what it did in "n of m"."""
        again = self.reruns.attempt(*([forced.order] * (self.repeat - 1)), again=True, stuck=stuck)
        runs, failures = 1 + len(again), 1 + sum(map(wrong, again))
        if failures < runs:
            proof = Proof("untried", unsteady.replace("{}", f"{failures} of {runs}", 1), index, said)
            return replace(finding, proof=proof, reproduced=(runs, failures))
        return _confirmed(finding, Proof("confirmed", forced.order.says, index, said), runs)


def _calls_for_others(notes: _Notes, settled: bool, unsteady: Finding | None) -> bool:
    """Whether whoever comes is to be tried: the two of the recorded run came together in some of the runs only, or one of them did not come."""
    return unsteady is not None or (notes.missed and not settled)


def _confirmed(finding: Finding, proof: Proof, runs: int) -> Finding:
    told = finding.explanation.replace(lock_order.ONLY_A_HINT, "").replace(unlocked_state.ONLY_A_HINT, "").strip()
    rank = finding.rank % 10 - 10.0
    return replace(finding, tier="confirmed", rank=rank, confidence=1.0, proof=proof, reproduced=(runs, runs), explanation=told)


def _in_vain(finding: Finding, run: Rerun, right: Sequence[Rerun]) -> bool:
    """Whether waits for what the finding is about were ended by a time limit more often than in any right run."""
    expired = run.outcome.expired_waits.get(finding.resource, 0)
    return run.result.feasible and expired > max(each.outcome.expired_waits.get(finding.resource, 0) for each in right)


def _mistakes_caught_beyond(finding: Finding, forced: Rerun, right: Sequence[Rerun]) -> tuple[str, ...]:
    """What came out differently because code of the finding met nothing where it needs something, and caught the exception that says so."""
    known = {text for run in right for text in run.outcome.caught_mistakes}
    functions = {access.function for access in finding.accesses}
    news = [text for text in forced.outcome.caught_mistakes if text not in known and text.partition(" in ")[2] in functions]
    return forced.outcome.deviations([run.outcome for run in right]) if news else ()


def _invalid(run: Rerun) -> set[str]:
    """The functions that an InvalidStateError left which nobody caught: what else a cancellation raises is the program's own concern."""
    told = [text.partition(" ×")[0].partition(" in ") for text in run.outcome.aspects.get("exceptions", ())]
    return {function for kind, _, function in told if kind == "InvalidStateError"}


def _expires(order: Order | Exploration) -> bool:
    """Whether a time limit ends in an order: who is cancelled otherwise may go down with all the others."""
    return isinstance(order, Order) and bool(order.inject) and all(what.startswith((EXPIRE, "TimeoutError")) for _, what in order.inject)


def _left(run: Rerun, right: Sequence[Rerun]) -> tuple[str, ...]:
    """In words what a run did not bring back as all right runs do, or gave back without having it; of one that ended as one of those. Who is
    cancelled otherwise than by a time limit may go down with all the others: then only what others came for afterwards.
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
    """Whether a deadlock about what the finding is about was in a run, even if a time limit ended it."""
    return bool(run.outcome.aspects.get("hang")) or bool(set(finding.resource.split(" and ")) & set(run.outcome.deadlocks))


def _went_wrong(forced: Rerun, serial: Sequence[Rerun], finding: Finding) -> bool:
    """Whether a run whose order was given up came to grief all the same where the finding is: it hung, or the finding's own code raised what
    no serial run raises. What was held may have run into a time limit, which proves nothing."""
    if forced.uncaptured:
        return False
    if forced.result.hang:
        return True
    functions = {access.function for access in finding.accesses}
    known = {text for run in serial for text in run.outcome.aspects.get("exceptions", ())}
    news = [text.partition(" ×")[0].partition(" in ") for text in forced.outcome.aspects.get("exceptions", ()) if text not in known]
    return any(function in functions and not kind.startswith("Timeout") for kind, _, function in news)


def ran_into_a_limit(forced: Outcome, right: Sequence[Outcome]) -> bool:
    """Whether more time-outs were raised than in any right run: who is held for the sake of an order waits longer than the program ever would."""
    return bool(right) and not forced.aspects.get("hang") and forced.timeouts > max(outcome.timeouts for outcome in right)


def _incomparable(order: Order, forced: Rerun, right: Sequence[Rerun]) -> str:
    """Why a forced run says nothing against these right runs; empty if it does."""
    if order.cancels and (len(right) < 2 or not forced.result.feasible):
        return "there is no run with an earlier cancellation to compare it with"
    if not right and not forced.outcome.aspects.get("hang"):
        return "no serial order could be forced for comparison"
    if not order.checks and not order.cancels and ran_into_a_limit(forced.outcome, [run.outcome for run in right]):
        return "a time limit of the program itself expired, which proves nothing"
    return ""


def _only_held(order: Order, forced: Rerun, found: tuple[str, ...]) -> bool:
    """Whether all that is found is what a container holds in the end."""
    return not order.cancels and found == (FINAL_VALUE,) and _container(forced.outcome.aspects[FINAL_VALUE])


def _container(values: Sequence[str]) -> bool:
    """Whether the watched values are contents of containers: what a pool or a queue holds in the end is often nobody's concern."""
    return all(value.startswith(("[", "{", "(")) for value in values)


def _agreed(name: str, right: Sequence[Rerun]) -> bool:
    """Whether two runs of different orders have the same aspect."""
    texts = [run.outcome.aspects.get(name, ()) for run in right]
    return len(set(texts)) < len(texts)


def _unconfirmed(finding: Finding, notes: _Notes, *, ordered: bool) -> Finding:
    """`ordered`: in each bad order the other side waits for the one that is held. That leaves no more than a hint, unless it happened."""
    if notes.harmless:
        proof = Proof("harmless", f"forced ({notes.harmless[0]}), it ended as a serial order does")
        struck = happened(finding) and not notes.as_recorded
        return replace(finding, proof=proof) if finding.tier == "hint" else _lowered(finding, proof, happened=struck)
    proof = Proof("infeasible", f"it could not be forced; {notes.refused[0]}")
    lowers = ordered and finding.tier in ("likely", "latent")
    return _lowered(finding, proof, happened=happened(finding)) if lowers else replace(finding, proof=proof)


def _lowered(finding: Finding, proof: Proof, *, happened: bool) -> Finding:
    """No more than a hint, unless it happened in the recorded run, and what came of that was not what comes of serial orders."""
    if happened:
        return replace(finding, proof=proof)
    return replace(finding, proof=proof, tier="hint", rank=finding.rank % 10 + 20.0, confidence=min(finding.confidence, 0.2))
