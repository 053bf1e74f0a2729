"""Versions of a file that are noted after it was read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from causeway_core.analysis import weights
from causeway_core.analysis.detectors.files.check_then_use import decides
from causeway_core.analysis.detectors.files.finding import SAMPLE, file_finding, file_name, use_sides
from causeway_core.analysis.files.uses import FileUse, FileUses
from causeway_core.analysis.wording.scene import Scene
from causeway_core.model import Finding

_CHANGES = frozenset({"write", "replace", "append", "update"})


def late_stamps(scene: Scene, files: FileUses) -> list[Finding]:
    """An actor reads a file and then looks at it (at its age or size), while another changes it: what was read passes for the newer version.

    One finding per file, a hint until a re-run shows harm.
    """
    found = []
    for name, uses in files.shared:
        first = next(_windows(files, uses), None)
        if first is not None:
            read, look, other = first
            one, two = use_sides(scene, read, other)
            title = f"{one} reads {file_name(name)}, then looks at it; {two} could change it in between: what was read would pass for the new version"
            advice = "look first (os.stat, or os.fstat of the open file), then read: a change in between is then noticed the next time"
            sides = [(read, "read"), (look, "look"), (other, "write")]
            found.append(file_finding(scene, "atomicity_violation", "hint", weights.LATE_STAMP, title, name, sides, advice))
    return list({(each.title, each.lanes): each for each in found}.values())


def _windows(files: FileUses, uses: Sequence[FileUse]) -> Iterator[tuple[FileUse, FileUse, FileUse]]:
    for read in [use for use in uses if use.verb == "read"][:SAMPLE]:
        looks = (use for use in uses if use.verb == "look" and use.found and _further_down(read, use) and files.same_call(read, use))
        look = next(looks, None)
        if look is None or not decides(files, look) or files.locked_through(read, look):
            continue
        for other in [use for use in uses if use.verb in _CHANGES and use.actor != read.actor][: 2 * SAMPLE]:
            if files.can_run_between(read, look, other) and not files.locked(other):
                yield read, look, other


def _further_down(read: FileUse, look: FileUse) -> bool:
    """Whether the look comes after the read in the code: a look above it, in the same function, belongs to the next call."""
    return look.line > read.line or look.function != read.function
