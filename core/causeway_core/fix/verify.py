"""Proves a patch: runs the patched program again under the orders that went wrong."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from subprocess import DEVNULL

from causeway_core.analysis import Analysis, examine
from causeway_core.fix.patch import Patch
from causeway_core.launch.run import Run, Streams
from causeway_core.launch.target import Target
from causeway_core.model import Finding
from causeway_core.proof import plan
from causeway_core.proof.judge import REPEATS, Judge
from causeway_core.proof.running.command import target_of, variables_of
from causeway_core.proof.running.isolation import Isolation
from causeway_core.proof.running.rerun import Reruns, nothing
from causeway_core.proof.running.workspace import Workspace
from causeway_core.storage.recording import Recording
from causeway_core.storage.writer import keep_reset

LONGEST_SECONDS = 120.0
_TURN_SECONDS = 0.05
_MOST_JUDGED = 3


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether a patch holds, and why or why not, as a sentence."""

    patch: Patch
    holds: bool
    reason: str


def verify_patch(
    recording: Recording, finding: Finding, patch: Patch, *, known: Sequence[Finding] = (), repeat: int = REPEATS,
    watch: Callable[[], None] = nothing, isolation: Isolation | None = None,
) -> Verification:
    """Applies the patch to a copy of the project and runs the recorded command there: once plainly, then under the finding's orders.

    It holds if the plain run does not end worse than the recorded one, no order goes wrong any more (it ends as a serial order does, or cannot be
    forced), and the analysis of the plain run shows neither a new deadlock nor a finding on the same resource that can be confirmed.
    `finding` has been confirmed, `known` are all findings of the recording. Costs some ten runs of the program; `watch` is called
    many times a second while one runs, and its exceptions propagate. Raises LaunchError, RecordingError, and `Stopped`.
    """
    with _patched(recording, patch) as (target, folder), tempfile.TemporaryDirectory(prefix="causeway-fix-", ignore_cleanup_errors=True) as place:
        path = folder.parent / "fixed.causeway"
        if not _record(recording, target, path, Path(place), watch, isolation):
            return Verification(patch, False, "the patched program does not end in time")
        if recording.meta.reset:
            keep_reset(path, recording.meta.reset)
        with Recording.open(path) as fixed:
            reruns = Reruns(fixed, watch=watch, isolation=isolation)
            reason = _fails(recording, fixed, finding, known, Judge(reruns, repeat))
            if reason is not None:
                return Verification(patch, False, reason)
            return Verification(patch, True, _why(reruns, finding))


@contextmanager
def _patched(recording: Recording, patch: Patch) -> Iterator[tuple[Target, Path]]:
    """A copy of the project with the patch in it, and the target that runs there."""
    workspace = replace(Workspace.of(recording), copied=True)
    with workspace.target(target_of(recording)) as (target, folder):
        for path, _, after in patch.files:
            (folder / path).write_bytes(after.encode())
        yield target, folder


def _record(
    recording: Recording, target: Target, path: Path, place: Path, watch: Callable[[], None], isolation: Isolation | None
) -> bool:
    """Records one plain run; returns whether it ended on its own."""
    meta = recording.meta
    run = Run(target, path, variables_of(recording, target, place, isolation), streams=Streams(DEVNULL, DEVNULL, DEVNULL), own_group=True)
    ends = time.monotonic() + min(max(10.0, 5 * (meta.duration_ns or 0) / 1e9), LONGEST_SECONDS)
    ended = True
    try:
        while run.poll(_TURN_SECONDS):
            watch()
            if time.monotonic() > ends:
                ended = False
                break
    finally:
        run.kill()
        run.finish()
    return ended


def _fails(recording: Recording, fixed: Recording, finding: Finding, known: Sequence[Finding], judge: Judge) -> str | None:
    """Why the patched program is no better, None if it is."""
    if fixed.meta.exit_code not in (0, recording.meta.exit_code):
        return f"the patched program ends with exit code {fixed.meta.exit_code}"
    analysis = examine(fixed)
    deadlocks = {each.resource for each in known if each.kind == "deadlock"}
    for each in analysis.findings:
        if each.kind == "deadlock" and each.resource not in deadlocks:
            return f"it introduces a possible deadlock: {each.title}"
    judged = judge.judge(replace(finding, proof=None, reproduced=None))
    if judged.proof is None or judged.proof.verdict not in ("harmless", "infeasible"):
        return "the order that went wrong still goes wrong" if judged.tier == "confirmed" else "the order does not end the same way each time"
    for each in _of_the_same_place(fixed, analysis, finding)[:_MOST_JUDGED]:
        again = judge.judge(each)
        if again.proof is not None and again.proof.verdict == "confirmed":
            return f"another order of the same place goes wrong: {again.proof.reason}"
    return None


def _of_the_same_place(fixed: Recording, analysis: Analysis, finding: Finding) -> list[Finding]:
    return [
        each for each in plan(fixed, analysis) if each.resource == finding.resource and each.tier in ("confirmed", "likely") and each.proof is None
    ]


def _why(reruns: Reruns, finding: Finding) -> str:
    """What the first bad order does to the patched program."""
    bad = next(order for order in finding.orders if order.aim == "bad")
    result = reruns.run(bad).result
    if result.feasible:
        return f"forced ({bad.says}), it now ends as a serial order does"
    return f"the order that went wrong ({bad.says}) is no longer possible"
