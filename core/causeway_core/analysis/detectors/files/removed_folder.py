"""Folders that an actor makes sure of and then uses, while another removes them."""

from __future__ import annotations

from collections.abc import Iterator

from causeway_core.analysis import weights
from causeway_core.analysis.detectors.files.finding import SAMPLE, file_finding, file_name, use_sides
from causeway_core.analysis.files.uses import FileUse, FileUses
from causeway_core.analysis.wording.scene import Scene
from causeway_core.model import Finding

_USES = frozenset({"write", "create", "append", "update", "read", "replace"})


def removed_folders(scene: Scene, files: FileUses) -> list[Finding]:
    """An actor makes a folder, or finds it, and then uses a file in it; another removes the folder. One finding per folder.

    A hint until a re-run shows harm. Not where the use tolerates that the folder is gone.
    """
    found = []
    for name, uses in files.shared:
        first = next(_windows(files, name, [use for use in uses if use.verb == "drop"]), None)
        if first is not None:
            made, use, drop = first
            one, two = use_sides(scene, made, drop)
            does = "makes" if made.verb == "folder" else "looks for"
            title = f"{one} {does} {file_name(name)}, then uses a file in it; {two} could remove the folder in between"
            advice = "empty the folder instead of removing it, or make it again where the use fails (FileNotFoundError), or hold one lock around both"
            sides = [(made, "look"), (use, "act"), (drop, "write")]
            found.append(file_finding(scene, "atomicity_violation", "hint", weights.LISTED_FILE, title, name, sides, advice))
    return list({(each.title, each.lanes): each for each in found}.values())


def _windows(files: FileUses, name: str, drops: list[FileUse]) -> Iterator[tuple[FileUse, FileUse, FileUse]]:
    """The making of the folder, the next use of a file in it by the same call, and the removal."""
    if not drops:
        return
    inside = [use for use in files.all if use.verb in _USES and use.name.rpartition("/")[0] == name]
    for made in [use for use in files.all if use.name == name and (use.verb == "folder" or (use.verb == "look" and use.found))][: 2 * SAMPLE]:
        use = next((each for each in inside if files.same_call(made, each)), None)
        if use is None or files.tolerates(use) or files.locked_through(made, use):
            continue
        for drop in drops[:SAMPLE]:
            if drop.actor != made.actor and files.can_run_between(made, use, drop) and not files.locked(drop):
                yield made, use, drop
