"""Proves the findings of a recording by re-runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from causeway_core.analysis import Analysis, keep
from causeway_core.analysis.detectors.atomicity.double_removal import REMOVES
from causeway_core.analysis.detectors.atomicity.duplicate_computation import BEGINS
from causeway_core.analysis.detectors.files.lock_takeover import TAKES_OVER
from causeway_core.analysis.detectors.queues.split_message import BETWEEN
from causeway_core.analysis.detectors.wakeups.early_set import ANNOUNCES
from causeway_core.analysis.detectors.wakeups.stale_event import CLEARS_LATE
from causeway_core.analysis.document import of_document
from causeway_core.analysis.wording.title import CLOSES, TAKES
from causeway_core.errors import DamagedRecording
from causeway_core.launch.zygote import ZygotePool
from causeway_core.model import Finding, format_at
from causeway_core.model.proof import Proof, Verdict
from causeway_core.proof.judge import REPEATS, Judge, lowered
from causeway_core.proof.planning.planner import Planner
from causeway_core.proof.running.isolation import NOT_CAPTURED, Isolation
from causeway_core.proof.running.rerun import PLAIN, Reruns, Stopped
from causeway_core.storage.recording import Recording

Progress = Callable[[str, float], None]

EXPLORED = "explore"
"""`Finding.rule` of findings made by exploration."""
_TELLING = ("cancel", "cancels", "look", CLOSES, TAKES, REMOVES, BEGINS, ANNOUNCES, BETWEEN, CLEARS_LATE, TAKES_OVER)
"""Roles of hints that are tried: only a run can tell what they are worth."""
MOST_FINDINGS = 12
"""Findings that are tried unless a budget says otherwise."""
BUDGET_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Budget:
    """The limits of a proof: findings to try, seconds in all, and runs of each order that goes wrong."""

    findings: int = MOST_FINDINGS
    seconds: float = BUDGET_SECONDS
    repeat: int = REPEATS


def plan(recording: Recording, analysis: Analysis) -> tuple[Finding, ...]:
    """The findings with the orders that would force them; nothing runs."""
    planner = Planner(recording, analysis)
    found = []
    for finding in analysis.findings:
        planned = replace(finding, orders=planner.orders(finding))
        if planner.unreachable(finding):
            planned = replace(planned, proof=Proof("unreachable", "no delay that a stock event loop can cause leads to this order"))
        elif finding.tier == "latent" and _is_never_cancelled(planned):
            proof = Proof("untried", "of the tasks that went on from that await in this run, none is cancelled later and none has a time limit")
            planned = lowered(planned, proof, happened=False)
        elif not any(order.aim == "bad" for order in planned.orders) and planner.never_suspended(finding):
            proof = Proof("untried", "no await in the loop had to wait in this run, so no other task could run there")
            planned = lowered(planned, proof, happened=False)
        found.append(planned)
    return tuple(found)


def _is_never_cancelled(finding: Finding) -> bool:
    """Whether a finding takes a cancellation that nothing in the program is seen to make. The code that would make it may clean up afterwards."""
    return any(access.role == "cancel" for access in finding.accesses) and not any(order.aim == "bad" for order in finding.orders)


def remembered(recording: Recording, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The findings with the verdicts of an earlier proof that the recording holds, and those that explorations found; renumbered by rank.

    Findings that an earlier proof did not get to stay open.
    """
    return with_explored(recording, _with_proofs(recording, findings))


def with_explored(recording: Recording, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The findings and those of explorations that the recording holds; renumbered by rank.

    What an exploration confirmed stands for findings about the same lines that were not.
    """
    more = explored(recording)
    told = {lines_of(each) for each in more if each.tier == "confirmed"}
    return renumbered((*(each for each in findings if each.tier == "confirmed" or lines_of(each) not in told), *more))


def lines_of(finding: Finding) -> tuple[str, frozenset[tuple[str, int]]]:
    """What two findings about the same lines have in common."""
    return finding.kind, frozenset((access.file, access.line) for access in finding.accesses)


def explored(recording: Recording) -> tuple[Finding, ...]:
    """The findings of explorations that the recording holds."""
    found = []
    for document in recording.findings():
        if document.get("rule") == EXPLORED:
            try:
                found.append(of_document(document))
            except (KeyError, TypeError, ValueError) as error:
                raise DamagedRecording(f"{recording.path} holds findings that are none: {error!r}", "analyse it again: causeway analyze") from error
    return tuple(found)


def _with_proofs(recording: Recording, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    known = {(str(each.get("kind")), tuple(each.get("witness") or ())): each for each in recording.findings() if each.get("proof")}
    found = []
    for finding in findings:
        stored = known.get((finding.kind, tuple(format_at(at) for at in finding.witness)))
        if stored is None or stored["proof"].get("verdict") not in ("confirmed", "harmless", "altered", "infeasible"):
            found.append(finding)
            continue
        runs = stored.get("reproduced")
        found.append(
            replace(
                finding, tier=stored["tier"], rank=float(stored["rank"]), confidence=float(stored["confidence"]),
                reproduced=None if runs is None else (int(runs["runs"]), int(runs["failures"])),
                proof=Proof(**{name: stored["proof"].get(name) for name in Proof.__slots__}), doubt=stored.get("doubt", ""),
            )
        )  # fmt: skip
    return tuple(found)


def verify(
    recording: Recording, findings: tuple[Finding, ...], *, budget: Budget | None = None, progress: Progress | None = None,
    keep_recordings: Path | None = None, store: bool = True, isolation: Isolation | None = None, zygotes: ZygotePool | None = None,
) -> tuple[tuple[Finding, ...], bool]:
    """The findings (of `plan`) with their proofs, confirmed ones first, renumbered; and whether all that should be tried were.

    Tried in order of rank: `likely` and `latent` findings, and those hints that only a run can decide (see `worth_trying`). Ctrl-C or an exhausted
    budget ends the proof early: verdicts so far count, and the remaining findings say that they were not tried. With `store` the result is kept in
    the recording. Costs a run of the program for each order tried; see `Judge`. `isolation` gives re-runs the recorded answers of the outside world;
    they start from `zygotes`, if given.
    """
    budget = budget or Budget()
    reruns = Reruns(recording, keep=keep_recordings, isolation=isolation, zygotes=zygotes)
    judge = Judge(reruns, budget.repeat)
    chosen = [finding for finding in findings if worth_trying(finding)]
    judged: dict[str, Finding] = {}
    began, whole = time.monotonic(), len(chosen) <= budget.findings
    verdict: Verdict = "untried"
    unjudged = "the re-runs ended before this finding was tried"
    try:
        lacking = _lacks(reruns) if chosen and isolation is not None else ""
        if lacking:
            unjudged, verdict, whole, budget = lacking, "inconclusive", False, replace(budget, findings=0)
        elif chosen and not _ends_as_recorded(recording, reruns, chosen):
            unjudged = "run again without any order, the program fails, which it did not do when it was recorded: something it needs is missing"
            whole, budget = False, replace(budget, findings=0)
        for number, finding in enumerate(chosen[: budget.findings]):
            if progress is not None:
                progress(f"proving {finding.id}, {number + 1} of {min(len(chosen), budget.findings)}", number / len(chosen))
            if time.monotonic() - began > budget.seconds:
                whole = False
                break
            judged[finding.id] = judge.judge(finding)
    except (KeyboardInterrupt, Stopped):
        reruns.stop()
        whole = False
    for finding in chosen:
        if finding.id not in judged:
            judged[finding.id] = replace(finding, proof=Proof(verdict, unjudged))
    proved = renumbered(tuple(judged.get(finding.id, finding) for finding in findings))
    if store:
        keep(recording, proved)
    return proved, whole


def _lacks(reruns: Reruns) -> str:
    """The first request without a recorded answer that the program makes even without an order; empty if there is none."""
    [plain] = reruns.attempt(PLAIN)
    return plain.result.reason if plain.result.kind == NOT_CAPTURED else ""


def _ends_as_recorded(recording: Recording, reruns: Reruns, findings: Sequence[Finding]) -> bool:
    """Whether the program, run again without an order, succeeds if the recorded run did.

    A failure is tried once more, since it may be chance. A hang, or an exception in code of a finding, may be the bug itself and counts as well.
    """
    if recording.meta.exit_code != 0:
        return True
    functions = {access.function for finding in findings for access in finding.accesses}
    for again in (False, True):
        [plain] = reruns.attempt(PLAIN, again=again)
        aspects = plain.outcome.aspects
        raised = {text.partition(" ×")[0].partition(" in ")[2] for text in aspects.get("exceptions", ())}
        if aspects.get("exit code", ()) in ((), ("0",)) or aspects.get("hang") or raised & functions:
            return True
    return False


def worth_trying(finding: Finding) -> bool:
    """Whether `verify` tries its orders."""
    if finding.proof is not None or not any(order.aim == "bad" for order in finding.orders):
        return False
    # A check of a file may decide the same for every actor, and a removed item may be the actor's own: only a run can tell.
    telling = any(access.role in _TELLING for access in finding.accesses)
    return finding.tier in ("likely", "latent") or finding.kind in ("deadlock", "lost_wakeup") or finding.worth_forcing or telling


def renumbered(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The findings sorted by rank, with ids in that order."""
    ordered = sorted(findings, key=lambda each: (each.rank, each.witness, each.title))
    return tuple(replace(each, id=f"F{number}") for number, each in enumerate(ordered, 1))
