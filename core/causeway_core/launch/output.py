"""Where new recordings go: the `.causeway/` folder of a project."""

from __future__ import annotations

import time
from pathlib import Path

from causeway_core.errors import CommandError

FOLDER = ".causeway"
SUFFIX = ".causeway"


def new_path(name: str, project: Path | None = None) -> Path:
    """A fresh path in `.causeway/` of a project (default: the working directory; made if missing, ignored by git), newest sorts last."""
    folder = (project or Path()) / FOLDER
    ignore = folder / ".gitignore"
    try:
        folder.mkdir(exist_ok=True)
        if not ignore.exists():
            ignore.write_text("*\n")
    except OSError as error:
        raise CommandError(f"cannot make the folder {folder.resolve()}: {error.strerror}", "name another place with -o FILE") from error
    stamp = time.strftime("%Y%m%d-%H%M%S")
    path = folder / f"{name}-{stamp}{SUFFIX}"
    ordinal = 1
    while path.exists() or path.with_name(path.name + ".spool").exists():
        ordinal += 1
        path = folder / f"{name}-{stamp}-{ordinal}{SUFFIX}"
    return path
