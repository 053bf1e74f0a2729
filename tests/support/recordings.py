"""Recordings of real programs, made by the `causeway` command, once a test session."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.support.commands import causeway

PROGRAMS = Path(__file__).parents[1] / "programs"


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording with what its program printed; `line(mark)` is the line that carries the comment `# @mark`."""

    path: Path
    script: Path
    stdout: str
    stderr: str
    code: int

    def line(self, mark: str) -> int:
        """The line marked `# @mark` in the script."""
        found = [number for number, text in enumerate(self.script.read_text().splitlines(), 1) if text.rstrip().endswith(f"# @{mark}")]
        assert len(found) == 1, f"{self.script.name} has {len(found)} lines marked @{mark}"
        return found[0]


def record(script: Path, folder: Path, *words: str) -> Recorded:
    """Record `script` (in its own folder as working directory) into `folder`. `words` are options of `causeway record`."""
    path = folder / f"{script.stem}.causeway"
    done = causeway("record", *words, "-o", path, script.name, cwd=script.parent)
    return Recorded(path, script, done.stdout, done.stderr, done.returncode)
