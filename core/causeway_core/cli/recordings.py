"""Finding recordings: the `.causeway/` folder of a project."""

from __future__ import annotations

import os
import time
from pathlib import Path

from causeway_core.errors import RecordingMissing

FOLDER = ".causeway"
SUFFIX = ".causeway"


def new_path(name: str) -> Path:
    """A fresh path in `.causeway/` of the working directory (made if missing, ignored by git), newest sorts last."""
    folder = Path(FOLDER)
    folder.mkdir(exist_ok=True)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n")
    stamp = time.strftime("%Y%m%d-%H%M%S")
    path = folder / f"{name}-{stamp}{SUFFIX}"
    ordinal = 1
    while path.exists():
        ordinal += 1
        path = folder / f"{name}-{stamp}-{ordinal}{SUFFIX}"
    return path


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
