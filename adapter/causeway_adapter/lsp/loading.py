"""Recordings read for the editor, off the event loop."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from causeway_core.check import settings_for
from causeway_core.errors import CausewayError, RecordingMissing
from causeway_core.lines import FileFacts, LineReader, PlacedFinding, Revision, chosen, recordings_in, split_lines
from causeway_core.lines.folder import Outline, outline

_MOST_OPEN = 4
"""Recordings; each has up to 64 MB of its records in memory."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """One revision of a recording, immutable: its findings and sources as they ran. `here` maps recorded paths to those of this machine."""

    revision: Revision
    folder: Path
    root: str
    complete: bool
    findings: tuple[PlacedFinding, ...]
    sources: Mapping[str, tuple[str, ...]]
    here: Mapping[str, str]

    @property
    def path(self) -> Path:
        """The recording's file."""
        return self.revision.path

    def local(self, path: str) -> str:
        """Where a recorded path is on this machine; the path itself if it is not in the recording."""
        return self.here.get(path, path)

    def touches(self, finding: PlacedFinding, path: str) -> bool:
        """Whether an access of a finding lies in a file of this machine."""
        return any(self.local(spot.path) == path for spot in finding.accesses)

    def recorded(self, path: str) -> str | None:
        """The recorded path of a file of this machine (links resolved); None if it is not in the recording."""
        return next((then for then, now in self.here.items() if now == path), None)


@dataclass(frozen=True, slots=True)
class Shelf:
    """What to show: recordings, newest first, and one sentence for each file that could not be used, by revision."""

    loaded: tuple[Loaded, ...]
    problems: Mapping[str, str]
    ignored: Mapping[str, tuple[str, ...]]
    """By folder, the kinds that its pyproject.toml leaves out."""


class Loader:
    """Reads recordings of project folders with `load`, and caches what it has read. For one thread at a time."""

    def __init__(self, load: Callable[[Revision, Path], Loaded]) -> None:
        self._read = load
        self._outlines: dict[str, Outline] = {}
        self._loaded: dict[str, Loaded] = {}
        self._problems: dict[str, str] = {}

    def shelf(self, folders: Sequence[Path], limit: int) -> Shelf:
        """The recordings that currently apply to the folders. Unchanged files are not opened again."""
        shown: list[Loaded] = []
        seen: set[str] = set()
        for folder in folders:
            revisions = recordings_in(folder)
            seen.update(revision.key for revision in revisions)
            outlines = [each for revision in revisions if (each := self._outline(revision)) is not None]
            shown += [one for revision in chosen(outlines, limit) if (one := self._load(revision, folder)) is not None]
        known: tuple[dict[str, Any], ...] = (self._outlines, self._loaded, self._problems)
        for memory in known:
            for key in [key for key in memory if key not in seen]:
                del memory[key]
        shown.sort(key=lambda one: one.revision.mtime_ns, reverse=True)
        return Shelf(tuple(shown), dict(self._problems), {str(folder): _ignored(folder) for folder in folders})

    def _outline(self, revision: Revision) -> Outline | None:
        if revision.key not in self._outlines and revision.key not in self._problems:
            self._try(revision, lambda: self._outlines.__setitem__(revision.key, outline(revision)))
        return self._outlines.get(revision.key)

    def _load(self, revision: Revision, folder: Path) -> Loaded | None:
        if revision.key not in self._loaded and revision.key not in self._problems:
            self._try(revision, lambda: self._loaded.__setitem__(revision.key, self._read(revision, folder)))
        return self._loaded.get(revision.key)

    def _try(self, revision: Revision, action: Callable[[], None]) -> None:
        try:
            action()
        except RecordingMissing:
            pass  # Deleted meanwhile.
        except CausewayError as error:
            if getattr(error.__cause__, "sqlite_errorname", "") != "SQLITE_BUSY":  # It is being written: it is read again later.
                self._problems[revision.key] = str(error)
        except Exception as error:
            # A file that breaks the reader in an unforeseen way must not take down the server.
            self._problems[revision.key] = f"{revision.path} cannot be read: {error!r} (please report this)"


def load(revision: Revision, folder: Path) -> Loaded:
    """Everything about a recording but the facts of its files. Raises RecordingError."""
    with closing(LineReader.open(revision.path)) as reader:
        return loaded_from(reader, revision, folder)


def loaded_from(reader: LineReader, revision: Revision, folder: Path) -> Loaded:
    """As `load`, of a recording that is open."""
    recording = reader.recording
    meta = recording.meta
    sources = {source.path: tuple(split_lines(recording.source_text(source.id))) for source in recording.sources()}
    here = {path: local_path(path, meta.root, folder) for path in sources}
    return Loaded(revision, folder, meta.root, meta.state == "complete", reader.findings(), sources, here)


def _ignored(folder: Path) -> tuple[str, ...]:
    try:
        return tuple(sorted(settings_for(folder).ignore))
    except CausewayError:
        return ()  # Checking reports what is wrong with it.


def local_path(path: str, root: str, folder: Path) -> str:
    """Where a recorded file is here, links resolved. A recording that lies in a project folder speaks of the files in it, also when it was made in
    another place or on another machine; what is not there is taken at its own path.
    """
    found = Path(path)
    if root and not found.is_relative_to(folder) and found.is_relative_to(root) and (folder / found.relative_to(root)).exists():
        return os.path.realpath(folder / found.relative_to(root))
    return os.path.realpath(path)


class RecordingReader:
    """Reads what recordings say, and keeps the last ones open: what is scanned for one answer serves the next. For one thread at a time."""

    def __init__(self) -> None:
        self._readers: dict[str, LineReader] = {}

    def load(self, revision: Revision, folder: Path) -> Loaded:
        """See `load`."""
        return loaded_from(self._reader(revision), revision, folder)

    def facts(self, revision: Revision, recorded: str, report: Callable[[float], None]) -> FileFacts | None:
        """What a recording says about one of its files. Raises RecordingError, and what `report` raises."""
        reader = self._reader(revision)
        source = reader.source(recorded)
        return reader.facts(source, report) if source is not None else None

    def keep(self, keys: Iterable[str]) -> None:
        """Closes the recordings of all other revisions."""
        wanted = set(keys)
        for key in [key for key in self._readers if key not in wanted]:
            self._readers.pop(key).close()

    def _reader(self, revision: Revision) -> LineReader:
        reader = self._readers.pop(revision.key, None) or LineReader.open(revision.path)
        self._readers[revision.key] = reader
        self.keep(list(self._readers)[-_MOST_OPEN:])
        return reader
