"""The verdict on one finding."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from causeway_core.analysis.detectors import lock_order, wakeup_state
from causeway_core.model import Finding
from causeway_core.model.order import Order
from causeway_core.model.proof import Proof
from causeway_core.proof.contrast import contrast
from causeway_core.proof.halfway import beside
from causeway_core.proof.isolation import NOT_CAPTURED
from causeway_core.proof.outcome import FINAL_VALUE, Outcome
from causeway_core.proof.rerun import PLAIN, Rerun, Reruns

REPEATS = 3
"""Runs of the bad order, all of which have to go wrong."""
EVERYBODY_WAITS = "everybody waits"
"""Why the guest gives an order up that it has found to be impossible (SPEC section 9); what patience decides has other reasons."""
_FAILURES_ONLY = ("order_violation",)
_STUCK = ("deadlock", "blocking_call")
"""Kinds that only a run proves in which nobody goes on."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Tries the orders of findings. `repeat` is how often a bad order that went wrong is run in all."""

    reruns: Reruns
    repeat: int = REPEATS

    def judge(self, finding: Finding) -> Finding:
        """The finding with its proof, its tier and rank by it. Raises Stopped."""
        bad = [order for order in finding.orders if order.aim == "bad"]
        if not bad:
            return replace(finding, proof=Proof("untried", "no order is known that would force it"))
        refused: list[str] = []
        lacking = ""
        impossible = 0
        harmless: list[str] = []
        strange: list[str] = []
        held: tuple[str, ...] = ()
        for index, order in enumerate(bad):
            if order.alternate and (harmless or strange):
                continue
            stuck = finding.kind in _STUCK
            # The plain run is wanted below in nearly all cases: it runs beside the others.
            others = [] if stuck else [*_serial_orders(finding), *([] if _struck(finding) else [PLAIN])]
            forced, *serial = self.reruns.attempt(order, *others, stuck=stuck)
            lacking = lacking or _uncaptured(forced, *serial)
            serial = [run for run in serial if run.order is not PLAIN]
            if not forced.result.feasible and not _went_wrong(forced, serial, finding):
                refused.append(f"{order.says}: {forced.result.reason or 'it could not be forced'}")
                impossible += forced.result.kind == EVERYBODY_WAITS
                continue
            if stuck:
                # The one thing that proves a deadlock is that nobody goes on, if only until a time limit; the recorded run shows that one can.
                if _is_stuck(finding, forced):
                    return self._stuck_again(finding, index, forced)
                (harmless if order.constraints and forced.result.feasible else refused).append(order.says)
                continue
            right = self._right(finding, serial)
            if order.cancels and (len(right) < 2 or not forced.result.feasible):
                refused.append(f"{order.says}: it could not be compared with a cancellation that comes before")
                continue
            if not right and not forced.outcome.aspects.get("hang"):
                refused.append(f"{order.says}: no serial order could be forced to compare it with")
                continue
            if not order.checks and not order.cancels and ran_into_a_limit(forced.outcome, [run.outcome for run in right]):
                refused.append(f"{order.says}: a time limit of the program's own ended the wait, which proves nothing")
                continue
            found = forced.outcome.beyond([run.outcome for run in right], only_failures=finding.kind in _FAILURES_ONLY) if right else ("hang",)
            if not found and finding.kind in _FAILURES_ONLY:
                found = _slipped(finding, forced, right)
            if finding.kind == "lost_wakeup" and finding.tier == "hint":
                found = tuple(name for name in found if name == "hang")
            if order.checks:
                found = tuple(name for name in found if name in ("exceptions", "hang"))
            if not forced.result.feasible:
                found = tuple(name for name in found if name in ("hang", "exceptions"))
            if order.cancels:
                found = self._half_done(finding, forced, right)
            if any(access.role == "cancels" for access in finding.accesses) and forced.outcome.selves <= max(run.outcome.selves for run in right):
                found = ()
            found = self._steady(found, right)
            if not found and finding.kind == "lost_wakeup" and _in_vain(finding, forced, right):
                return self._in_vain_again(finding, index, forced, right)
            if not found or (not order.cancels and found == (FINAL_VALUE,) and _container(forced.outcome.aspects[FINAL_VALUE])):
                if order.checks:
                    refused.append(f"{order.says}: nobody waited for it just then")
                    continue
                states = forced.outcome.unheard_of(finding.resource, [run.outcome for run in right])
                (strange if states else harmless).append(order.says)
                held = held or states
                continue
            return self._repeated(finding, index, forced, [run.outcome for run in right], found)
        if strange:
            what = f"in between {finding.resource} held {held[0]} as in no serial order"
            return replace(finding, proof=Proof("altered", f"forced ({strange[0]}), it ended as a serial order does, but {what}"))
        if lacking and not harmless:
            # It may well go wrong: what is missing says nothing of it.
            return replace(finding, proof=Proof("inconclusive", lacking))
        return _unconfirmed(finding, refused, harmless, ordered=impossible == len(bad))

    def _right(self, finding: Finding, serial: Sequence[Rerun]) -> list[Rerun]:
        """The serial orders that could be forced, and the program as it runs by itself, unless it went wrong by itself.

        An order under which the program fails that by itself does not is no measure of what is right: it parts what belongs together. Nor is an order
        of two where more do the same, if all of them could be put in a row.
        """
        found = [run for run in serial if run.result.feasible]
        found = [run for run in found if isinstance(run.order, Order) and run.order.in_a_row] or found
        if not found and (_struck(finding) or self.reruns.driven):
            return []
        [plain] = self.reruns.attempt(PLAIN)
        if _uncaptured(plain) or (self.reruns.driven and not _struck(finding)):
            return found  # requests come as they come: a run without an order may go wrong by itself
        if not _struck(finding):
            return [*found, plain]
        return [run for run in found if not run.outcome.fails_beyond(plain.outcome)]

    def _half_done(self, finding: Finding, forced: Rerun, right: Sequence[Rerun]) -> tuple[str, ...]:
        """The aspects in which a cancelled run is neither that in which all was done nor that in which nothing was. Of two changes that belong
        together half is between the two; of one that is to be taken back nothing is."""
        others = [run.outcome for run in right]
        moves = any(access.role == "complete" for access in finding.accesses)
        strict = any(access.role == "restore" for access in finding.accesses)
        return forced.outcome.beyond(others) if moves else beside(forced.outcome, others, strict=strict)

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
        said = f"{finding.resource} blocks those who wait for it until a time limit ends that"
        if forced.outcome.aspects.get("hang"):
            said = contrast(forced.outcome, [], ("hang",), forced.result)
        return self._again(finding, index, forced, lambda run: _is_stuck(finding, run), said, "it got stuck in {} runs", stuck=True)

    def _in_vain_again(self, finding: Finding, index: int, forced: Rerun, right: Sequence[Rerun]) -> Finding:
        """Of a wait that a time limit ends: whether it waits for nothing each time."""
        said = f"in this order a wait for {finding.resource} lasts until its time limit; in every serial order it is ended by the other side"
        return self._again(finding, index, forced, lambda run: _in_vain(finding, run, right), said, "it waited in vain in {} runs")

    def _repeated(self, finding: Finding, index: int, forced: Rerun, right: Sequence[Outcome], found: tuple[str, ...]) -> Finding:
        def wrong(run: Rerun) -> bool:
            return run.result.feasible == forced.result.feasible and any(name in found for name in run.outcome.beyond(right))

        said = contrast(forced.outcome, right, found, forced.result, finding.resource)
        return self._again(finding, index, forced, wrong, said, "it went wrong in {} runs of one and the same order: " + forced.order.says)

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


def _confirmed(finding: Finding, proof: Proof, runs: int) -> Finding:
    told = finding.explanation.replace(lock_order.ONLY_A_HINT, "").replace(wakeup_state.ONLY_A_HINT, "").strip()
    rank = finding.rank % 10 - 10.0
    return replace(finding, tier="confirmed", rank=rank, confidence=1.0, proof=proof, reproduced=(runs, runs), explanation=told)


def _in_vain(finding: Finding, run: Rerun, right: Sequence[Rerun]) -> bool:
    """Whether waits for what the finding is about were ended by a time limit more often than in any right run."""
    return run.result.feasible and run.outcome.vain.get(finding.resource, 0) > max(each.outcome.vain.get(finding.resource, 0) for each in right)


def _slipped(finding: Finding, forced: Rerun, right: Sequence[Rerun]) -> tuple[str, ...]:
    """What came out differently because code of the finding met nothing where it needs something, and caught the exception that says so."""
    known = {text for run in right for text in run.outcome.slips}
    functions = {access.function for access in finding.accesses}
    news = [text for text in forced.outcome.slips if text not in known and text.partition(" in ")[2] in functions]
    return forced.outcome.beyond([run.outcome for run in right]) if news else ()


def _is_stuck(finding: Finding, run: Rerun) -> bool:
    """Whether a deadlock about what the finding is about was in a run, even if a time limit ended it."""
    return bool(run.outcome.aspects.get("hang")) or bool(set(finding.resource.split(" and ")) & set(run.outcome.stuck))


def _went_wrong(forced: Rerun, serial: Sequence[Rerun], finding: Finding) -> bool:
    """Whether a run whose order was given up came to grief all the same where the finding is: it hung, or the finding's own code raised what
    no serial run raises. What was held may have run into a time limit, which proves nothing."""
    if _uncaptured(forced):
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


def _container(values: Sequence[str]) -> bool:
    """Whether the watched values are contents of containers: what a pool or a queue holds in the end is often nobody's concern."""
    return all(value.startswith(("[", "{", "(")) for value in values)


def _agreed(name: str, right: Sequence[Rerun]) -> bool:
    """Whether two runs of different orders have the same aspect."""
    texts = [run.outcome.aspects.get(name, ()) for run in right]
    return len(set(texts)) < len(texts)


def _uncaptured(*runs: Rerun) -> str:
    """What an isolated run asked for in vain; empty if all had their answers."""
    return next((run.result.reason for run in runs if run.result.kind == NOT_CAPTURED), "")


def _serial_orders(finding: Finding) -> list[Order]:
    return [order for order in finding.orders if order.aim == "serial"]


def _struck(finding: Finding) -> bool:
    return "It happened in this run." in finding.explanation


def _unconfirmed(finding: Finding, refused: list[str], harmless: list[str], *, ordered: bool) -> Finding:
    """`ordered`: in each bad order the other side waits for the one that is held. That leaves no more than a hint, unless it happened."""
    if harmless:
        reason = f"forced ({harmless[0]}), it ended as a serial order does"
        proof = Proof("harmless", reason)
        return replace(finding, proof=proof) if finding.tier == "hint" else _lowered(finding, proof)
    proof = Proof("infeasible", f"it could not be forced; {refused[0]}")
    return _lowered(finding, proof) if ordered and finding.tier in ("likely", "latent") else replace(finding, proof=proof)


def _lowered(finding: Finding, proof: Proof) -> Finding:
    """No more than a hint, unless it happened in the recorded run."""
    if _struck(finding):
        return replace(finding, proof=proof)
    return replace(finding, proof=proof, tier="hint", rank=finding.rank % 10 + 20.0, confidence=min(finding.confidence, 0.2))
