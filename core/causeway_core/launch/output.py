"""Where new recordings go: the `.causeway/` folder of a project."""

from __future__ import annotations

import time
from pathlib import Path

from causeway_core.errors import CommandError, SpoolTaken
from causeway_core.ingest.claim import Claim, spool_of

FOLDER = ".causeway"
SUFFIX = ".causeway"


def make_folder(project: Path) -> Path:
    """The `.causeway/` of a project: made if missing, ignored by git. Raises CommandError when that cannot be done."""
    folder = project / FOLDER
    ignore = folder / ".gitignore"
    try:
        folder.mkdir(exist_ok=True)
        if not ignore.exists():
            ignore.write_text("*\n")
    except OSError as error:
        raise CommandError(f"cannot make the folder {folder.resolve()}: {error.strerror}", "name another place with -o FILE") from error
    return folder


def claim_new(name: str, project: Path | None = None) -> tuple[Path, Claim]:
    """A fresh path in `.causeway/` of a project (default: the working directory), newest sorts last, and its spool, claimed.

    Runs that begin in the same second get names of their own. Raises CommandError when nothing can be written there.
    """
    folder = make_folder(project or Path())
    stamp = time.strftime("%Y%m%d-%H%M%S")
    ordinal = 1
    while True:
        path = folder / (f"{name}-{stamp}{SUFFIX}" if ordinal == 1 else f"{name}-{stamp}-{ordinal}{SUFFIX}")
        ordinal += 1
        if path.exists():
            continue
        try:
            claim = Claim.take(spool_of(path))
        except SpoolTaken:
            continue
        if not path.exists():
            return path, claim
        claim.discard()
