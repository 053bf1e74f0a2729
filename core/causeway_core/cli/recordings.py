"""Finding recordings: the `.causeway/` folder of a project."""

from __future__ import annotations

import os
from pathlib import Path

from causeway_core.errors import CausewayError, CommandError, NotARecording, RecordingMissing
from causeway_core.ingest.claim import Claim, spool_of
from causeway_core.launch.output import FOLDER, SUFFIX, make_folder
from causeway_core.storage import Recording

__all__ = ["FOLDER", "SUFFIX", "all_recordings", "check_output", "claim_output", "existing", "is_recording", "newest"]


def check_output(path: Path, *, force: bool) -> None:
    """Raise CommandError unless a recording may be written to `path`: nothing but an older recording is ever overwritten, and that only by force."""
    claim_output(path, force=force).discard()


def claim_output(path: Path, *, force: bool) -> Claim:
    """The claim on the spool of a recording that may be written to `path`; raises as `check_output` does, and SpoolTaken beside another recorder.

    A missing `.causeway` folder is made.
    """
    if path.parent.name == FOLDER and path.parent.parent.is_dir():
        make_folder(path.parent.parent)
    if not path.parent.is_dir():
        raise CommandError(f"there is no folder {path.parent}", f"make it first: mkdir -p {path.parent}")
    claim = Claim.take(spool_of(path))
    try:
        _check_file(path, force=force)
    except CommandError:
        claim.discard()
        raise
    return claim


def _check_file(path: Path, *, force: bool) -> None:
    if path.exists() and not force:
        raise CommandError(f"{path} already exists", "choose another -o, or add --force to overwrite it")
    if path.exists() and path.stat().st_size and not is_recording(path):
        raise CommandError(f"{path} exists and is not a recording", "choose another -o; only recordings are overwritten")


def is_recording(path: Path) -> bool:
    """Whether the file was made by Causeway, by whatever version and in whatever state."""
    try:
        Recording.open(path).close()
    except NotARecording:
        return False
    except CausewayError:
        return True
    return True


def all_recordings(folder: Path = Path(FOLDER)) -> list[Path]:
    """The recordings in `folder`, newest first."""
    return sorted(folder.glob(f"*{SUFFIX}"), key=lambda path: path.stat().st_mtime_ns, reverse=True) if folder.is_dir() else []


def newest() -> Path:
    """The newest recording in `.causeway/`. Raises RecordingMissing where there is none."""
    found = all_recordings()
    if not found:
        raise RecordingMissing(f"there is no recording in {Path.cwd() / FOLDER}", "make one: causeway record script.py")
    return found[0]


def existing(path: str | os.PathLike[str] | None) -> Path:
    """`path` if given, else the newest recording. Raises RecordingMissing."""
    if path is None:
        return newest()
    found = Path(path)
    if not found.exists():
        raise RecordingMissing(f"there is no file {found}", "list recordings with: causeway ls")
    return found
