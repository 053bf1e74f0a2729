"""Files that re-runs write outside of their copy of the project: each run finds them as they were, and they are put back after it."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MOST_BYTES = 256 << 20
"""Larger files are not preserved."""
_SIBLINGS = ("", "-wal", "-shm", "-journal")
"""What SQLite keeps beside a database."""


class Preserved:
    """The content of `paths` before the first run.

    A program that names its files by absolute path (a database in the project's folder, a file in /tmp) writes to the originals although it runs in a
    copy. Runs take turns until one of them has left all the files alone; then they may overlap. Thread-safe. `absent`: files that are to be missing
    at the start of each run.
    """

    def __init__(self, paths: Iterable[Path], absent: frozenset[Path] = frozenset()) -> None:
        self._paths = sorted({path.with_name(path.name + sibling) for path in paths for sibling in _SIBLINGS})
        self._absent = absent
        self._lock = threading.Lock()
        self._kept: tempfile.TemporaryDirectory[str] | None = None
        self._copies: dict[Path, Path] = {}
        self._stamps: dict[Path, tuple[int, int, int] | None] = {}
        self._left_alone = not self._paths

    @contextmanager
    def run(self) -> Iterator[None]:
        """One run of the program."""
        if self._left_alone:
            yield
            return
        with self._lock:
            self._keep()
            for path in self._absent:
                path.unlink(missing_ok=True)
            try:
                yield
            finally:
                self._left_alone = not self._put_back() and not self._absent

    def _keep(self) -> None:
        if self._kept is not None:
            return
        self._kept = tempfile.TemporaryDirectory(prefix="causeway-kept-", ignore_cleanup_errors=True)
        for number, path in enumerate(self._paths):
            self._stamps[path] = stamp = _stamp(path)
            if stamp is not None and stamp[1] <= MOST_BYTES:
                with suppress(OSError):
                    self._copies[path] = Path(shutil.copy2(path, Path(self._kept.name) / str(number)))

    def _put_back(self) -> bool:
        """Undo the changes of a run; returns whether there were any."""
        changed = [path for path in self._paths if _stamp(path) != self._stamps[path]]
        for path in changed:
            with suppress(OSError):
                if path in self._copies:
                    shutil.copy2(self._copies[path], path)
                elif self._stamps[path] is None and path.is_file():
                    path.unlink()
            self._stamps[path] = _stamp(path)
        return bool(changed)


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """What changes when a file does; None for what is no regular file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return (status.st_mtime_ns, status.st_size, status.st_ino) if path.is_file() else None
