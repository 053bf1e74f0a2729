"""`causeway fix`: the smallest change that closes a finding, proved by re-runs."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click

from causeway_core.cli import recordings
from causeway_core.cli.isolated import opened
from causeway_core.cli.progress import progress_on_terminal
from causeway_core.cli.rerun_options import isolated_option, project_option
from causeway_core.errors import CommandError
from causeway_core.fix import Patch
from causeway_core.fix.search import seek
from causeway_core.fix.verify import Verification
from causeway_core.model import Finding
from causeway_core.proof.judge import REPEATS
from causeway_core.proof.running.isolation import Isolation
from causeway_core.proof.selected import check_safety, find_finding, known_findings

_ID = re.compile(r"F\d+", re.IGNORECASE)


@click.command(
    epilog="""\b
Examples:
  causeway fix F1
  causeway fix F1 run.causeway --diff | git apply
  causeway fix F1 --apply
  causeway fix F1 --in ../copy"""
)
@click.argument("finding")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--diff", "only_diff", is_flag=True, help="Print the patch alone.")
@click.option("--apply", "apply_", is_flag=True, help="Change the files.")
@click.option("--in", "copy", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Change the files of this copy of the project.")
@click.option("--verify", "wanted", is_flag=True, help="Run the program again even where that may not be safe (see docs/findings.md).")
@project_option
@isolated_option
@click.option("--repeat", type=click.IntRange(1, 1000), default=REPEATS, show_default=True, help="How often an order that goes wrong is run.")
def command(
    finding: str, file: Path | None, only_diff: bool, apply_: bool, copy: Path | None, wanted: bool, isolated: bool, project: Path | None, repeat: int
) -> int:
    """Find the smallest change that closes a finding, and prove it.

    Each candidate is applied to a copy of the project, and the program runs there again under the orders that went wrong. Only
    what closes the window, without a new deadlock, is shown; else there is a recommendation in words, and the exit code is 1.
    FINDING is an id such as F1 of `causeway analyze`; without FILE, the newest recording in .causeway/ is meant.
    """
    if file is not None and _ID.fullmatch(str(file)):
        finding, file = str(file), Path(finding)  # the other way round, as `causeway why` has it
    path = recordings.existing(file)
    with opened(path, isolated=isolated, project=project) as recording, progress_on_terminal("fixing") as progress:
        known = known_findings(recording)
        chosen = find_finding(known, finding, path)
        isolation = Isolation.of(recording) if isolated else None
        check_safety(recording, "a fix is proved by running the program again", wanted=wanted, isolation=isolation)
        found = seek(recording, chosen, known=known, repeat=repeat, progress=progress, isolation=isolation)
        root = Path(recording.meta.root)
    if found.proved is None:
        print(f"{found.finding.id}: {found.why_not}.", file=sys.stderr)
        print(f"  do: {found.finding.recommendation}", file=sys.stderr)
        return 1
    if apply_ or copy is not None:
        _apply(found.proved.patch, copy or root)
    _show(found.finding, found.proved, only_diff, changed=apply_ or copy is not None)
    return 0


def _apply(patch: Patch, root: Path) -> None:
    """Changes the files below `root`, all or none. Raises CommandError where one is not what the patch was made for."""
    for name, before, _ in patch.files:
        if not (root / name).is_file() or (root / name).read_bytes() != before.encode():
            raise CommandError(f"{root / name} is not as it was recorded", "apply the patch by hand: causeway fix … --diff | patch -p1")
    for name, _, after in patch.files:
        (root / name).write_bytes(after.encode())


def _show(finding: Finding, found: Verification, only_diff: bool, changed: bool) -> None:
    if only_diff:
        sys.stdout.write(found.patch.diff())
        return
    print(f"{finding.id}: {finding.title}")
    print(f"  fix: {found.patch.sentence}")
    print(f"  proved: {found.reason}")
    if changed:
        print(f"  changed: {', '.join(name for name, _, _ in found.patch.files)}")
    print()
    sys.stdout.write(found.patch.diff())
