"""Checking files and folders."""

from __future__ import annotations

import os
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from causeway_core.check.settings import Settings, settings_for
from causeway_core.check.source import examine
from causeway_core.errors import CommandError
from causeway_core.model import Finding

_SKIPPED = frozenset({"__pycache__", "node_modules", "site-packages", "build", "dist", "venv", "env"})


@dataclass(frozen=True, slots=True)
class Checked:
    """What checking some paths gave: the findings numbered over all files, how much was read, and what could not be, with the reason."""

    root: Path
    findings: tuple[Finding, ...]
    files: int
    lines: int
    unreadable: tuple[tuple[str, str], ...]


def check_paths(paths: Sequence[Path]) -> Checked:
    """Checks files, and all Python files of folders (hidden ones, environments and builds are skipped). Paths in the findings are relative
    to the working directory where possible. Raises CommandError for a path that does not exist.
    """
    findings: list[Finding] = []
    unreadable: list[tuple[str, str]] = []
    files = lines = 0
    for start in paths:
        if not start.exists():
            raise CommandError(f"no such file or folder: {start}", "give a Python file or a folder: causeway check src/")
        settings = settings_for(start)
        for path in _python_files(start, settings):
            files += 1
            try:
                with tokenize.open(path) as file:
                    text = file.read()
            except (OSError, SyntaxError, UnicodeDecodeError) as error:
                unreadable.append((_shown(path), str(error)))
                continue
            found = examine(text, _shown(path))
            lines += found.lines
            if found.unreadable is not None:
                unreadable.append((_shown(path), found.unreadable))
            findings += (finding for finding in found.findings if not settings.ignores(finding))
    numbered = tuple(replace(finding, id=f"F{number}", rank=float(number)) for number, finding in enumerate(findings, 1))
    return Checked(Path.cwd(), numbered, files, lines, tuple(unreadable))


def _python_files(start: Path, settings: Settings) -> Iterator[Path]:
    if start.is_file():
        yield start
        return
    for folder, folders, names in os.walk(start):
        here = Path(folder)
        folders[:] = sorted(
            name
            for name in folders
            if name not in _SKIPPED and not name.startswith(".") and not (here / name / "pyvenv.cfg").exists() and not settings.excludes(here / name)
        )
        for name in sorted(names):
            if name.endswith(".py") and not settings.excludes(here / name):
                yield here / name


def _shown(path: Path) -> str:
    absolute = path.absolute()
    return absolute.relative_to(Path.cwd()).as_posix() if absolute.is_relative_to(Path.cwd()) else absolute.as_posix()
