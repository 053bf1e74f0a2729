"""The folder of a re-run: the project itself, or a copy if the recorded run wrote into it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from causeway_core.errors import ResetFailed
from causeway_core.launch.target import Target
from causeway_core.proof.outcome.outcome import databases, written_paths
from causeway_core.proof.running.preserved import Preserved
from causeway_core.storage.recording import Recording

LEFT_OUT = (
    ".git", ".hg", ".venv", "venv", "node_modules", ".causeway", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".tox", "*.causeway",
)  # fmt: skip
TEMPORARY = (Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp"), Path("/dev"))
MOST_FILES = 20_000
MOST_BYTES = 256 << 20
RESET_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Workspace:
    """How each re-run gets the same files to start from.

    `copied`: each one gets a fresh copy of `root`, without the paths in `absent` (relative to it). `preserved` are the files that the recorded run
    wrote and that a copy may not hold: those named by absolute path. `reset` is a shell command that restores the rest, such as a database; it runs
    there before each."""

    root: Path
    copied: bool
    reset: str = ""
    absent: frozenset[Path] = frozenset()
    preserved: Preserved = field(default_factory=lambda: Preserved(()), compare=False)

    @classmethod
    def of(cls, recording: Recording) -> Workspace:
        """The workspace that the recorded run calls for."""
        root = Path(recording.meta.root)
        inside, temporary = writes_inside(recording, root), writes_to_temporary(recording, root)
        missing = paths_not_found(recording)
        absent = frozenset(path.relative_to(root) for path in missing if path.is_relative_to(root) and path != root)
        return cls(root, bool(inside), recording.meta.reset, absent, Preserved(inside | temporary, frozenset(missing & temporary)))

    @contextmanager
    def target(self, target: Target) -> Iterator[tuple[Target, Path]]:
        """The target to run, and the folder that holds the project while it runs. A copy is removed at the end. Raises ResetFailed."""
        with self.preserved.run(), self._folder(target) as placed:
            yield placed

    @contextmanager
    def _folder(self, target: Target) -> Iterator[tuple[Target, Path]]:
        if not self.copied:
            self._reset(self.root)
            yield target, self.root
            return
        with tempfile.TemporaryDirectory(prefix="causeway-", ignore_cleanup_errors=True) as temporary:
            # The same name as the original: some programs look at it.
            copy = Path(temporary).resolve() / self.root.name
            shutil.copytree(self.root, copy, symlinks=True, ignore=shutil.ignore_patterns(*LEFT_OUT), ignore_dangling_symlinks=True)
            for path in self.absent:
                _remove(copy / path)
            self._reset(copy)
            yield self._moved(target, copy), copy

    def _reset(self, folder: Path) -> None:
        if not self.reset:
            return
        try:
            done = subprocess.run(
                self.reset, shell=True, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=RESET_SECONDS,
                check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise ResetFailed(f"the reset command did not end within {RESET_SECONDS:g} s: {self.reset}", "run it by hand") from error
        if done.returncode:
            said = (done.stderr.strip() or done.stdout.strip() or "it said nothing").splitlines()[-1]
            raise ResetFailed(f"the reset command failed with {done.returncode}: {said}", f"run it by hand: {self.reset}")

    def _moved(self, target: Target, copy: Path) -> Target:
        def moved(word: str) -> str:
            path = Path(word)
            return str(copy / path.relative_to(self.root)) if path.is_absolute() and path.is_relative_to(self.root) else word

        return replace(target, program=tuple(map(moved, target.program)), cwd=Path(moved(str(target.folder))), project=copy)

    def too_large(self) -> bool:
        """Whether a copy would take too long."""
        files = size = 0
        for name, names, found in os.walk(self.root):
            folder = Path(name)
            names[:] = [each for each in names if each not in LEFT_OUT]
            for file in found:
                files += 1
                try:
                    size += (folder / file).lstat().st_size
                except OSError:
                    continue
            if files > MOST_FILES or size > MOST_BYTES:
                return True
        return False


def paths_not_found(recording: Recording) -> set[Path]:
    """The paths that the run looked for, opened or replaced, that were not there, and that it never removed: they did not exist before it."""
    looked, removed = set(), set()
    for row in recording.io():
        path = Path(str(row.attributes.get("file.path", "")))
        if row.op == "file" and row.attributes.get("action") in ("remove", "rmdir", "rename"):
            removed.add(path)
            if row.attributes.get("target.found") is False:
                looked.add(Path(str(row.attributes.get("file.target", ""))))
        elif row.op == "file" and row.attributes.get("file.found") is False and ".." not in path.parts:
            looked.add(path)
    return looked - removed


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


def writes_inside(recording: Recording, root: Path) -> set[Path]:
    """What the recorded run wrote below the project's folder, caches apart."""
    paths = written_paths(recording) | databases(recording)
    return {path for path in paths if path.is_relative_to(root) and not set(path.parts) & set(LEFT_OUT)}


def writes_to_temporary(recording: Recording, root: Path) -> set[Path]:
    """What the recorded run wrote below a folder for temporary files, and not below the project's folder."""
    paths = written_paths(recording) | databases(recording)
    return {path for path in paths if not path.is_relative_to(root) and _is_temporary(path)}


def writes_outside(recording: Recording, root: Path) -> set[Path]:
    """What the recorded run wrote neither below the project's folder nor below a folder for temporary files."""
    paths = written_paths(recording) | databases(recording)
    return {path for path in paths if not path.is_relative_to(root) and not _is_temporary(path)}


def _is_temporary(path: Path) -> bool:
    return any(path.is_relative_to(place) or path.is_relative_to(place.resolve()) for place in TEMPORARY)
