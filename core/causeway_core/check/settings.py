"""What a project says about checking in its pyproject.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from causeway_core.errors import CommandError
from causeway_core.model import Finding


@dataclass(frozen=True, slots=True)
class Settings:
    """`[tool.causeway]`: `ignore` holds kinds and rules to leave out, `exclude` globs of paths relative to `root`, the folder of the file."""

    root: Path
    ignore: frozenset[str] = frozenset()
    exclude: tuple[str, ...] = ()

    def ignores(self, finding: Finding) -> bool:
        """Whether the project ignores findings of this kind or rule."""
        return finding.kind in self.ignore or finding.rule in self.ignore

    def excludes(self, path: Path) -> bool:
        """Whether the project excludes a path; a glob of a folder excludes what is in it."""
        try:
            relative = path.resolve().relative_to(self.root).as_posix()
        except ValueError:
            return False
        return any(fnmatch(relative, glob) or fnmatch(relative, f"{glob.rstrip('/')}/*") for glob in self.exclude)


def settings_for(path: Path) -> Settings:
    """The settings of the project that a path lies in: the nearest pyproject.toml upwards. Raises CommandError if they make no sense."""
    start = path.resolve()
    for folder in (start, *start.parents):
        file = folder / "pyproject.toml"
        if folder.is_dir() and file.is_file():
            return _read(file)
    return Settings(start if start.is_dir() else start.parent)


def _read(file: Path) -> Settings:
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8")).get("tool", {}).get("causeway", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise CommandError(f"{file} cannot be read: {error}", "mend it, or check a path outside that project") from None
    values = {name: table.get(name, []) if isinstance(table, dict) else table for name in ("ignore", "exclude")}
    for name, value in values.items():
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise CommandError(f"{file}: tool.causeway.{name} must be a list of strings", f'for example: {name} = ["…"]')
    return Settings(file.parent, frozenset(values["ignore"]), tuple(values["exclude"]))
