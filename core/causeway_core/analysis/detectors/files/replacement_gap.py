"""Files that are removed and created again, while another actor may need them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from causeway_core.analysis import weights
from causeway_core.analysis.detectors.files.finding import SAMPLE, file_finding, file_name, use_sides
from causeway_core.analysis.files.uses import FileUse, FileUses
from causeway_core.analysis.wording.scene import Scene
from causeway_core.model import Finding, Tier

_TAKES = frozenset({"remove", "move", "drop"})
_MAKES = frozenset({"write", "create", "replace", "append", "folder"})


def file_gaps(scene: Scene, files: FileUses) -> list[Finding]:
    """Files that an actor removes or moves and then creates again in the same call, and that another actor reads; one finding per file.

    A hint until a re-run shows harm, where the reader handles a missing file.
    """
    found = []
    for name, uses in files.shared:
        first = next(_windows(files, uses), None)
        if first is not None:
            take, make, other = first
            one, two = use_sides(scene, take, other)
            title = f"{one} removes {file_name(name)}, then creates it again; {two} could need it in between, when it does not exist"
            advice = "write the new file under another name in the same folder and move it into place in one step (os.replace)"
            tier: Tier = "hint" if files.handles(other) else "latent"
            sides = [(take, "write"), (make, "write"), (other, "look")]
            found.append(file_finding(scene, "atomicity_violation", tier, weights.PARTIAL_FILE, title, name, sides, advice))
    return list({(each.title, each.lanes): each for each in found}.values())


def _windows(files: FileUses, uses: Sequence[FileUse]) -> Iterator[tuple[FileUse, FileUse, FileUse]]:
    readers = [use for use in uses if use.verb in ("read", "update")]
    for take in [use for use in uses if use.verb in _TAKES][:SAMPLE]:
        make = next((use for use in uses if use.verb in _MAKES and files.same_call(take, use)), None)
        if make is None or files.locked_through(take, make):
            continue
        for other in readers[: 4 * SAMPLE]:
            if other.actor != take.actor and files.can_run_between(take, make, other) and not files.locked(other):
                yield take, make, other
