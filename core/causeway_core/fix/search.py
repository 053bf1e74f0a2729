"""Searches for the first patch of a finding that re-runs prove."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from causeway_core.analysis import to_document
from causeway_core.errors import CommandError, FindingUnusable
from causeway_core.fix.candidates import candidates
from causeway_core.fix.patch import Patch
from causeway_core.fix.verify import Verification, verify_patch
from causeway_core.model import Finding
from causeway_core.proof.judge import REPEATS, Judge
from causeway_core.proof.running.isolation import Isolation
from causeway_core.proof.running.rerun import Reruns, nothing
from causeway_core.storage.recording import Recording

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Sought:
    """The result of a search: the judged finding, and the proved patch, or the reason why there is none."""

    finding: Finding
    proved: Verification | None
    why_not: str = ""


def seek(
    recording: Recording, finding: Finding, *, known: Sequence[Finding], repeat: int = REPEATS, progress: Progress = lambda what, done: None,
    watch: Callable[[], None] = nothing, isolation: Isolation | None = None,
) -> Sought:
    """Tries the candidates for a finding in order, until one is proved; `known` are all findings of the recording.

    A finding without a verdict is judged first. Costs some ten runs of the program for each candidate. `watch` is called many times a second while
    one runs; an exception from it ends the search. Raises CommandError if a source has changed since it was recorded, LaunchError, RecordingError.
    """
    patches = _candidates(recording, finding)
    if finding.proof is None:
        progress(f"proving {finding.id}", 0.0)
        finding = Judge(Reruns(recording, watch=watch, isolation=isolation), repeat).judge(finding)
    if finding.tier != "confirmed":
        why = finding.proof.reason if finding.proof is not None else "no order that would force it is known"
        return Sought(finding, None, f"it is not confirmed, so no patch can be proved to fix it ({why})")
    refused: list[str] = []
    for number, patch in enumerate(patches):
        progress(f"trying {patch.kind}, {number + 1} of {len(patches)}", (number + 1) / (len(patches) + 1))
        tried = verify_patch(recording, finding, patch, known=known, repeat=repeat, watch=watch, isolation=isolation)
        if tried.holds:
            return Sought(finding, tried)
        refused.append(f"{patch.kind}: {tried.reason}")
    tried_words = f" ({'; '.join(refused)})" if refused else ""
    return Sought(finding, None, f"no patch could be proved{tried_words}")


def _candidates(recording: Recording, finding: Finding) -> tuple[Patch, ...]:
    """The patches for a finding; none if its places are outside the project. Raises CommandError if a source has changed since."""
    root = Path(recording.meta.root)
    recorded = {source.path: source.hash for source in recording.sources()}
    sources: dict[str, str] = {}
    for name in {access.file for access in finding.accesses}:
        place = root / name
        if Path(name).is_absolute() or not place.is_file():
            return ()
        data = place.read_bytes()
        if recorded.get(str(place), "") not in ("", hashlib.sha256(data).hexdigest()):
            raise CommandError(f"{name} has changed since it was recorded", "record it again: causeway record")
        sources[name] = data.decode()
    try:
        return candidates(to_document(finding), sources)
    except FindingUnusable:
        return ()
