"""The finding that a user selects by id, with its orders and the verdict of an earlier proof."""

from __future__ import annotations

from pathlib import Path

from causeway_core.analysis import examine
from causeway_core.errors import CommandError
from causeway_core.model import Finding
from causeway_core.proof.running.isolation import Isolation
from causeway_core.proof.running.safety import doubts, obstacles
from causeway_core.proof.verify import plan, remembered
from causeway_core.storage.recording import Recording


def known_findings(recording: Recording) -> tuple[Finding, ...]:
    """All findings of a recording with their orders and earlier verdicts. Costs an analysis; nothing runs. Raises RecordingError."""
    return remembered(recording, plan(recording, examine(recording)))


def find_finding(known: tuple[Finding, ...], wanted: str, path: Path) -> Finding:
    """The finding with an id, ignoring case. Raises CommandError, which lists the ids of the recording at `path`."""
    found = next((each for each in known if each.id.lower() == wanted.lower()), None)
    if found is None:
        ids = ", ".join(each.id for each in known) or "none"
        raise CommandError(f"there is no finding {wanted} in {path} (there: {ids})", "causeway analyze lists them")
    return found


def check_safety(recording: Recording, purpose: str, *, wanted: bool, isolation: Isolation | None = None) -> None:
    """Raises CommandError if the program cannot be run again, or (unless `wanted`) should not be without asking.

    `purpose` says what the run is for, as a clause that continues with "but"."""
    impossible = obstacles(recording)
    if impossible:
        raise CommandError(f"the program cannot be run again: {impossible[0]}", "record it again: causeway record")
    doubtful = () if wanted else doubts(recording, isolation)
    if doubtful:
        raise CommandError(f"{purpose}, but {doubtful[0]}", "--verify runs it all the same")
