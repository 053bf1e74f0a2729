"""`causeway fix`: the smallest change that closes a finding, proved by re-runs."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import click

from causeway_core.analysis import examine, to_document
from causeway_core.cli import recordings
from causeway_core.cli.progress import progress_on_terminal
from causeway_core.errors import CommandError, FindingUnusable
from causeway_core.fix import Patch, candidates
from causeway_core.fix.verify import Verification, verify_patch
from causeway_core.model import Finding
from causeway_core.proof import doubts, obstacles, plan, remembered
from causeway_core.proof.judge import REPEATS, Judge
from causeway_core.proof.rerun import Reruns
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
        known = remembered(recording, plan(recording, examine(recording)))
        chosen = next((each for each in known if each.id.lower() == finding.lower()), None)
        if chosen is None:
            ids = ", ".join(each.id for each in known) or "none"
            raise CommandError(f"there is no finding {finding} in {path} (there: {ids})", "causeway analyze lists them")
        _check_safety(recording, wanted)
        chosen = chosen if chosen.proof is not None else Judge(Reruns(recording), repeat).judge(chosen)
        if chosen.tier != "confirmed":
            why = chosen.proof.reason if chosen.proof is not None else "no order is known that would force it"
            return _words(chosen, f"it is not confirmed, so no change can be proved to close it ({why})")
        root = Path(recording.meta.root)
        tried: list[Verification] = []
        patches = _candidates(recording, chosen, root)
        for number, patch in enumerate(patches):
            progress(f"trying {patch.kind}, {number + 1} of {len(patches)}", number / len(patches))
            tried.append(verify_patch(recording, chosen, patch, known=known, repeat=repeat))
            if tried[-1].holds:
                break
    if not tried or not tried[-1].holds:
        refused = "; ".join(f"{each.patch.kind}: {each.reason}" for each in tried)
        return _words(chosen, f"no change was found that could be proved{f' ({refused})' if refused else ''}")
    _show(chosen, tried[-1], only_diff, apply_, root)
    return 0


def _check_safety(recording: Recording, wanted: bool) -> None:
    """Raises CommandError where the program cannot or should not simply run again."""
    impossible = obstacles(recording)
    if impossible:
        raise CommandError(f"the program cannot be run again: {impossible[0]}", "record it anew: causeway record")
    doubtful = doubts(recording)
    if doubtful and not wanted:
        raise CommandError(f"a fix is proved by running the program again, but {doubtful[0]}", "--verify runs it all the same")


def _candidates(recording: Recording, finding: Finding, root: Path) -> tuple[Patch, ...]:
    """The patches for a finding; none where its places are outside of the project. Raises CommandError if a source has changed since."""
    recorded = {source.path: source.hash for source in recording.sources()}
    sources: dict[str, str] = {}
    for name in {access.file for access in finding.accesses}:
        place = root / name
        if Path(name).is_absolute() or not place.is_file():
            return ()
        data = place.read_bytes()
        if recorded.get(str(place), "") not in ("", hashlib.sha256(data).hexdigest()):
            raise CommandError(f"{name} has changed since it was recorded", "record it anew: causeway record")
        sources[name] = data.decode()
    try:
        return candidates(to_document(finding), sources)
    except FindingUnusable:
        return ()


def _words(finding: Finding, why: str) -> int:
    print(f"{finding.id}: {why}.", file=sys.stderr)
    print(f"  do: {finding.recommendation}", file=sys.stderr)
    return 1


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
