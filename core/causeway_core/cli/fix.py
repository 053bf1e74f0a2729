"""`causeway fix`: the smallest change that closes a finding, proved by re-runs."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from causeway_core.cli import recordings
from causeway_core.cli.progress import progress_on_terminal
from causeway_core.errors import CommandError
from causeway_core.fix.search import seek
from causeway_core.fix.verify import Verification
from causeway_core.model import Finding
from causeway_core.proof.chosen import check_safety, known_findings, named
from causeway_core.proof.judge import REPEATS
from causeway_core.storage import Recording


@click.command(
    epilog="""\b
Examples:
  causeway fix F1
  causeway fix F1 run.causeway --diff | git apply
  causeway fix F1 --apply"""
)
@click.argument("finding")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--diff", "only_diff", is_flag=True, help="Print the patch alone.")
@click.option("--apply", "apply_", is_flag=True, help="Change the files.")
@click.option("--verify", "wanted", is_flag=True, help="Run the program again even where that may not be safe (see docs/findings.md).")
@click.option("--repeat", type=click.IntRange(1, 1000), default=REPEATS, show_default=True, help="How often an order that goes wrong is run.")
def command(finding: str, file: Path | None, only_diff: bool, apply_: bool, wanted: bool, repeat: int) -> int:
    """Find the smallest change that closes a finding, and prove it.

    Each candidate is applied to a copy of the project, and the program runs there again under the orders that went wrong. Only
    what closes the window, without a new deadlock, is shown; else there is a recommendation in words, and the exit code is 1.
    FINDING is an id such as F1 of `causeway analyze`; without FILE, the newest recording in .causeway/ is meant.
    """
    path = recordings.existing(file)
    with Recording.open(path) as recording, progress_on_terminal("fixing") as progress:
        known = known_findings(recording)
        chosen = named(known, finding, path)
        check_safety(recording, "a fix is proved by running the program again", wanted=wanted)
        found = seek(recording, chosen, known=known, repeat=repeat, progress=progress)
        root = Path(recording.meta.root)
    if found.proved is None:
        print(f"{found.finding.id}: {found.why_not}.", file=sys.stderr)
        print(f"  do: {found.finding.recommendation}", file=sys.stderr)
        return 1
    _show(found.finding, found.proved, only_diff, apply_, root)
    return 0


def _show(finding: Finding, found: Verification, only_diff: bool, apply_: bool, root: Path) -> None:
    if apply_:
        for name, before, after in found.patch.files:
            if (root / name).read_bytes() != before.encode():
                raise CommandError(f"{name} has changed meanwhile", "run it again")
            (root / name).write_bytes(after.encode())
    if only_diff:
        sys.stdout.write(found.patch.diff())
        return
    print(f"{finding.id}: {finding.title}")
    print(f"  fix: {found.patch.sentence}")
    print(f"  proved: {found.reason}")
    if apply_:
        print(f"  changed: {', '.join(name for name, _, _ in found.patch.files)}")
    else:
        print()
        sys.stdout.write(found.patch.diff())
