"""How a forced run differs from the expected runs, as far as the difference counts for a finding."""

from __future__ import annotations

from collections.abc import Sequence

from causeway_core.analysis.detectors.cancellation.unreleased_resource import PUTS_BACK
from causeway_core.analysis.detectors.futures.resolved_after_cancel import SETTLES
from causeway_core.analysis.detectors.queues.split_message import BETWEEN
from causeway_core.analysis.detectors.wakeups.early_set import ANNOUNCES
from causeway_core.analysis.detectors.wakeups.stale_event import CLEARS_LATE
from causeway_core.analysis.wording.title import GIVES
from causeway_core.model import Finding
from causeway_core.model.order import Exploration, Order
from causeway_core.proof.outcome.intermediate import partial_anomalies
from causeway_core.proof.outcome.outcome import FINAL_VALUE, NOT_HELD, Outcome
from causeway_core.proof.planning.cancellation import EXPIRE, LEFT
from causeway_core.proof.running.rerun import Rerun

_FAILURES_ONLY = ("order_violation",)
_TELLING = {GIVES, ANNOUNCES, CLEARS_LATE}
"""Roles of order violations whose other differences count as well."""


def ends_right(finding: Finding, order: Order, forced: Rerun, right: Sequence[Rerun]) -> bool:
    """Whether these expected runs suffice to say that a forced run shows nothing: further ones could only explain more of it."""
    outcomes = [run.outcome for run in right]
    if order.cancels or order.checks or not forced.result.feasible or exceeded_time_limit(forced.outcome, outcomes):
        return False
    values = forced.outcome.aspects.get(FINAL_VALUE)
    if values and not _container(values) and not any(outcome.aspects.get(FINAL_VALUE) for outcome in outcomes):
        return False
    if finding.kind == "lost_wakeup" and waits_expired(finding, forced, right):
        return False
    found = counted_deviations(finding, order, forced, right)
    return (not found or only_content_differs(order, forced, found)) and not forced.outcome.unexpected_states(finding.resource, outcomes)


def counted_deviations(finding: Finding, order: Order, forced: Rerun, right: Sequence[Rerun]) -> tuple[str, ...]:
    """The aspects in which a forced run differs from all expected runs, as far as they count for the kind of finding and order."""
    found: tuple[str, ...]
    if any(access.role == SETTLES for access in finding.accesses):
        found = ("exceptions",) if _invalid(forced).difference(*map(_invalid, right)) else ()
    elif any(access.role == LEFT for access in finding.accesses):
        found = ("hang",) if forced.result.hang and not any(run.outcome.aspects.get("hang") for run in right) else ()
    elif order.cancels:
        found = _half_done(finding, forced, right)
    elif not right:
        found = ("hang",)
    else:
        roles = {access.role for access in finding.accesses}
        # Which of two consumers gets an item that is complete does not matter.
        failures = BETWEEN in roles or (finding.kind in _FAILURES_ONLY and not roles & _TELLING)
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


def _half_done(finding: Finding, forced: Rerun, right: Sequence[Rerun]) -> tuple[str, ...]:
    """The aspects in which a cancelled run matches neither the run that did everything nor the run that did nothing.

    For two changes that belong together, one of them alone counts as different; for a change that should be undone, any remainder does."""
    others = [run.outcome for run in right]
    moves = any(access.role == "complete" for access in finding.accesses)
    strict = any(access.role == "restore" for access in finding.accesses)
    # A run that is cancelled later counts as often what a retry counts twice.
    strict |= len(right) > 2 and any(access.role == PUTS_BACK for access in finding.accesses)
    if moves:
        return forced.outcome.deviations(others)
    return partial_anomalies(forced.outcome, others, strict=strict, goes_on=_expires(forced.order))


def waits_expired(finding: Finding, run: Rerun, right: Sequence[Rerun]) -> bool:
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
    if not isinstance(order, Order) or order.own_cancel:
        return False
    return bool(order.inject) and all(what.startswith((EXPIRE, "TimeoutError")) for _, what in order.inject)


def left_behind(run: Rerun, right: Sequence[Rerun]) -> tuple[str, ...]:
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


def went_wrong(forced: Rerun, serial: Sequence[Rerun], finding: Finding) -> bool:
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


def exceeded_time_limit(forced: Outcome, right: Sequence[Outcome]) -> bool:
    """Whether more time-outs were raised than in any expected run: an actor that an order holds waits longer than it otherwise would.

    One whose time limit began after that counts as harm, not as a time-out of this kind.
    """
    return bool(right) and not forced.aspects.get("hang") and forced.timeouts - forced.own_timeouts > max(outcome.timeouts for outcome in right)


def incomparable(order: Order, forced: Rerun, right: Sequence[Rerun]) -> str:
    """Why a forced run cannot be compared with these expected runs; empty if it can."""
    if order.cancels and (len(right) < 2 or not forced.result.feasible):
        return "there is no run with an earlier cancellation to compare it with"
    if not right and not forced.outcome.aspects.get("hang"):
        return "no serial order could be forced for comparison"
    # A task that is held until the program cancels it may keep others waiting.
    holds = bool(order.constraints) or not order.cancels
    if not order.checks and holds and exceeded_time_limit(forced.outcome, [run.outcome for run in right]):
        return "a time limit of the program itself expired, which proves nothing"
    return ""


def only_content_differs(order: Order, forced: Rerun, found: tuple[str, ...]) -> bool:
    """Whether the only difference is the final content of a container."""
    return not order.cancels and found == (FINAL_VALUE,) and _container(forced.outcome.aspects[FINAL_VALUE])


def _container(values: Sequence[str]) -> bool:
    """Whether the watched values are contents of containers: what a pool or a queue holds at the end often does not matter."""
    return all(value.startswith(("[", "{", "(")) for value in values)


def agree(name: str, right: Sequence[Rerun]) -> bool:
    """Whether two runs of different orders have the same aspect."""
    texts = [run.outcome.aspects.get(name, ()) for run in right]
    return len(set(texts)) < len(texts)
