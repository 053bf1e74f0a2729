"""The recordings of a project folder that speak for it now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from causeway_core.storage.recording import Recording

_LOOKED_AT = 40
"""How many of the newest files a folder is asked for: a project may keep hundreds."""


@dataclass(frozen=True, slots=True)
class Revision:
    """One state of one file: a recording that is written again has another."""

    path: Path
    mtime_ns: int
    size: int

    @property
    def key(self) -> str:
        """Names the revision among those of all files."""
        return f"{self.path}@{self.mtime_ns:x}.{self.size:x}"


def recordings_in(folder: Path) -> list[Revision]:
    """The newest files in a project's `.causeway/` that may be recordings, newest first. Reads only the directory."""
    found = []
    try:
        for path in (folder / ".causeway").glob("*.causeway"):
            status = path.stat()
            if path.is_file():
                found.append(Revision(path, status.st_mtime_ns, status.st_size))
    except OSError:
        pass
    return sorted(found, key=lambda revision: (revision.mtime_ns, revision.path), reverse=True)[:_LOOKED_AT]


@dataclass(frozen=True, slots=True)
class Outline:
    """What decides whether a recording speaks for its project: what was run, and whether it ended in an orderly way."""

    revision: Revision
    command: tuple[str, ...]
    complete: bool


def outline(revision: Revision) -> Outline:
    """Opens a recording for a moment. Raises RecordingError."""
    with Recording.open(revision.path) as recording:
        meta = recording.meta
        return Outline(revision, meta.command, meta.state == "complete")


def chosen(outlines: Sequence[Outline], limit: int) -> list[Revision]:
    """Of each command its newest complete recording (an incomplete one only where there is no other), newest first, at most `limit`."""
    best: dict[tuple[str, ...], Outline] = {}
    for each in outlines:
        known = best.get(each.command)
        if known is None or (each.complete and not known.complete):
            best[each.command] = each
    ordered = sorted(best.values(), key=lambda each: (each.revision.mtime_ns, each.revision.path), reverse=True)
    return [each.revision for each in ordered[:limit]]
