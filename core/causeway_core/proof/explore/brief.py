"""A short exploration after the proofs, for bugs that no detector predicts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path

from causeway_core.analysis import Analysis, keep
from causeway_core.launch.zygote import ZygotePool
from causeway_core.model import Finding
from causeway_core.model.order import Order
from causeway_core.proof.explore.effort import Effort
from causeway_core.proof.explore.explore import Explorer, Progress
from causeway_core.proof.explore.other_schedules import SECONDS, SLOW_PEERS, OtherSchedules, random_turns
from causeway_core.proof.explore.processes import Interruptions, several_processes
from causeway_core.proof.judge import REPEATS, Judge
from causeway_core.proof.planning.anchors import Anchors
from causeway_core.proof.planning.expired_waits import late_answers
from causeway_core.proof.planning.time_limits import interruptions
from causeway_core.proof.running.isolation import Isolation
from causeway_core.proof.running.requests import is_driven
from causeway_core.proof.running.rerun import Reruns, Stopped
from causeway_core.proof.verify import EXPLORED, lines_of, renumbered
from causeway_core.storage.recording import Recording
from causeway_core.storage.writer import keep_explored

EFFORT = Effort("switch", runs=64, seconds=15.0, longest=45.0, findings=1, harmless="hint", counts=("confirmed",))
"""Each actor is interrupted once at each place, then at pairs of places, until the time is up.

Progress that is read half-way, or a statistic, may differ from every serial order without being a bug: by itself it is a hint.
"""
LONGEST_RUN_SECONDS = 3.0
"""Of a program that takes longer, too few runs fit in the time."""
LONGEST_SERVED_SECONDS = 20.0
"""The same for a service, of which one run with slow peers is analysed."""
SLOW_SECONDS = 60.0
"""The most that finding and proving with slow peers takes, but for what has begun by then."""
_SERVING = ("http.server",)
DURATIONS = 25
"""How many times the recorded run's duration an exploration may take, if that is more."""


def worth_exploring(recording: Recording, findings: tuple[Finding, ...]) -> bool:
    """Whether a short exploration may show more: the recording was not explored yet, and either tasks serve peers through sockets, which may be
    slow, or nothing is confirmed and the program succeeded quickly.

    Otherwise not for a service: its outcome depends on when requests arrive. A program that fails anyway gives nothing to compare with.
    """
    return _serves(recording) or _worth_interrupting(recording, findings)


def _serves(recording: Recording) -> bool:
    """Whether tasks may wait for peers of a socket that the program serves, and this was not explored yet."""
    meta = recording.meta
    short = meta.duration_ns is not None and meta.duration_ns < LONGEST_SERVED_SECONDS * 1e9
    if not short or meta.explored or not any(actor.kind == "task" for actor in recording.actors()):
        return False
    return any(each.op in _SERVING or each.attributes.get("action") == "bind" for each in recording.io())


def _worth_interrupting(recording: Recording, findings: tuple[Finding, ...]) -> bool:
    meta = recording.meta
    short = meta.duration_ns is not None and meta.duration_ns < LONGEST_RUN_SECONDS * 1e9
    return short and meta.exit_code == 0 and not meta.explored and not is_driven(recording) and all(each.tier != "confirmed" for each in findings)


def explore_briefly(
    recording: Recording, analysis: Analysis, proved: tuple[Finding, ...], *, effort: Effort | None = None, progress: Progress | None = None,
    keep_recordings: Path | None = None, store: bool = True, isolation: Isolation | None = None, zygotes: ZygotePool | None = None,
    repeat: int = REPEATS,
) -> tuple[Finding, ...]:
    """The findings, and what an exploration found besides: only an order that goes wrong in all of its re-runs counts, unless a detector foresaw it
    (`OtherSchedules`): then it is likely. Unless `effort` says so, it has `repeat` re-runs. Renumbered by rank; stored if `store`.

    Costs some seventy runs of the program, or 15 s (25 times as long as the recorded run took, if that is more), where nothing is found; first, a run
    for each of a few awaits and waits whose time limit ends, and what `OtherSchedules` costs. Raises LaunchError, RecordingError, ResetFailed.
    """
    if not worth_exploring(recording, proved):
        return proved
    interrupts = _worth_interrupting(recording, proved)
    effort = effort or replace(EFFORT, seconds=max(EFFORT.seconds, DURATIONS * (recording.meta.duration_ns or 0) / 1e9), repeat=repeat)
    zygotes = zygotes or ZygotePool()
    if _serves(recording):
        slowed = _with_slow_peers(recording, analysis, proved, effort, keep_recordings, progress, isolation, zygotes)
        if slowed != proved or not interrupts:
            return _kept(recording, slowed, store=store)
    cut_off = tuple(_cut_off(recording, analysis, effort, keep_recordings, progress, isolation, zygotes))
    if cut_off:
        return _kept(recording, (*proved, *cut_off), store=store)
    more: tuple[Finding, ...]
    if several_processes(recording):
        more = _of_processes(recording, analysis, effort, keep_recordings, isolation, zygotes)
    elif elsewhere := _in_other_schedules(recording, analysis, proved, effort, keep_recordings, progress, isolation, zygotes):
        return _kept(recording, (*proved, elsewhere), store=store)
    else:
        explorer = Explorer(recording, analysis, effort, progress=progress, keep_recordings=keep_recordings, isolation=isolation, zygotes=zygotes)
        more = explorer.explore().findings
    return _kept(recording, (*proved, *(each for each in more if each.tier in ("confirmed", "hint"))), store=store)


def _kept(recording: Recording, findings: tuple[Finding, ...], *, store: bool) -> tuple[Finding, ...]:
    found = renumbered(findings)
    if store:
        keep(recording, found)
        keep_explored(recording.path)
    return found


def _cut_off(
    recording: Recording, analysis: Analysis, effort: Effort, keep_recordings: Path | None, progress: Progress | None, isolation: Isolation | None,
    zygotes: ZygotePool,
) -> Iterator[Finding]:
    """The first await at which an expired time limit leaves others waiting for ever, or wait of a thread that a late answer finds expired."""
    reruns = Reruns(recording, keep=keep_recordings, isolation=isolation, zygotes=zygotes)
    judge, ends, anchors = Judge(reruns, effort.repeat), time.monotonic() + effort.seconds, Anchors(recording, analysis)
    late = (each for each in late_answers(analysis, anchors) if all(run.result.feasible for run in reruns.attempt(*_serial(each))))
    try:
        for finding in chain(interruptions(analysis, anchors), late):
            if progress is not None:
                progress("trying time limits that expire", 0.0)
            judged = judge.judge(finding)
            if judged.tier == "confirmed":
                yield replace(judged, rule=EXPLORED)
                return
            if time.monotonic() > ends:
                return
    except (KeyboardInterrupt, Stopped):
        reruns.stop()


def _serial(finding: Finding) -> list[Order]:
    """The orders in which a wait expires and nothing comes in between: where none can be forced, there is nothing to compare with."""
    return [order for order in finding.orders if order.aim == "serial"]


def _in_other_schedules(
    recording: Recording, analysis: Analysis, proved: tuple[Finding, ...], effort: Effort, kept: Path | None, progress: Progress | None,
    isolation: Isolation | None, zygotes: ZygotePool,
) -> Finding | None:
    """A finding of the detectors in other schedules, if it is confirmed or at least goes wrong in some runs."""
    if progress is not None:
        progress("looking for findings in other schedules", 0.0)
    seconds = SECONDS * effort.seconds / EFFORT.seconds
    turns = random_turns(recording, analysis)
    others = OtherSchedules(
        recording, analysis, proved, turns, isolation=isolation, keep=kept, zygotes=zygotes, seconds=seconds, repeat=effort.repeat
    )  # fmt: skip
    try:
        return others.found()
    except (KeyboardInterrupt, Stopped):
        others.stop()
        return None


def _with_slow_peers(
    recording: Recording, analysis: Analysis, proved: tuple[Finding, ...], effort: Effort, kept: Path | None, progress: Progress | None,
    isolation: Isolation | None, zygotes: ZygotePool,
) -> tuple[Finding, ...]:
    """The findings, and one that is confirmed, or at least goes wrong in some runs, where every peer reads slowly.

    It may stand for one that was not confirmed with quick peers.
    """
    if progress is not None:
        progress("looking for findings with slow peers", 0.0)
    known = [each for each in proved if each.tier == "confirmed"]
    seconds = min(effort.seconds, SLOW_SECONDS)
    others = OtherSchedules(
        recording, analysis, known, SLOW_PEERS, isolation=isolation, keep=kept, zygotes=zygotes, seconds=seconds, repeat=effort.repeat
    )  # fmt: skip
    try:
        found = others.found()
    except (KeyboardInterrupt, Stopped):
        others.stop()
        return proved
    return proved if found is None else (*(each for each in proved if lines_of(each) != lines_of(found)), found)


def _of_processes(
    recording: Recording, analysis: Analysis, effort: Effort, kept: Path | None, isolation: Isolation | None, zygotes: ZygotePool
) -> tuple[Finding, ...]:
    reruns = Reruns(recording, keep=kept, isolation=isolation, zygotes=zygotes)
    try:
        found = Interruptions(recording, analysis, reruns, repeat=effort.repeat, seconds=effort.seconds).first_wrong()
    except (KeyboardInterrupt, Stopped):
        reruns.stop()
        return ()
    return () if found is None else (found,)
