"""Names for new files that follow from what a folder holds: two actors that list it at the same time choose the same name."""

from __future__ import annotations

from collections.abc import Iterator

from causeway_core.analysis import weights
from causeway_core.analysis.detectors.files.finding import SAMPLE, file_finding, file_name, use_sides
from causeway_core.analysis.files.uses import FileUse, FileUses
from causeway_core.analysis.wording.scene import Scene
from causeway_core.model import Finding


def listed_names(scene: Scene, files: FileUses) -> list[Finding]:
    """An actor lists a folder and then writes a file in it that only it writes; another does the same at the same places, with another name.

    Not where the file is made exclusively (mode `x`): then the second actor notices. One finding per pair of places, a hint until a re-run shows
    harm: the names may not follow from the listing.
    """
    found: dict[tuple[object, ...], Finding] = {}
    for listed, write, other in _windows(files):
        key = listed.path, listed.line, write.path, write.line
        if key not in found:
            one, two = use_sides(scene, listed, other)
            where, name = file_name(listed.name), file_name(write.name)
            title = f"{one} lists {where}, then writes {name} in it; {two} could list it in between: one name for both"
            advice = "make the file exclusively (mode 'x') and try the next name where it exists, or use a name of its own for each (tempfile)"
            sides = [(listed, "look"), (write, "write"), (other, "look")]
            found[key] = file_finding(scene, "atomicity_violation", "hint", weights.LISTED_NAME, title, write.name, sides, advice)
    return list(found.values())


def _windows(files: FileUses) -> Iterator[tuple[FileUse, FileUse, FileUse]]:
    """The listing, the writing of an entry after it, and the other actor's listing."""
    lists = [use for use in files.all if use.verb == "list"]
    writes = [use for use in files.all if use.verb in ("write", "replace")]
    pairs = []
    for listed in lists[: 4 * SAMPLE]:
        inside = (use for use in writes if use.name.rpartition("/")[0] == listed.name and files.same_call(listed, use))
        write = next(inside, None)
        if write is not None and not files.locked_through(listed, write):
            pairs.append((listed, write))
    for listed, write in pairs:
        for other, theirs in pairs:
            places = [(each.path, each.line) for each in (listed, write, other, theirs)]
            if other.actor == listed.actor or places[:2] != places[2:] or (listed.name == other.name) is (write.name == theirs.name):
                continue
            if files.can_run_between(listed, write, other):
                yield listed, write, other
