"""Folder listings whose entries are used later, when another actor may have removed them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from causeway_core.analysis import weights
from causeway_core.analysis.detectors.files.finding import SAMPLE, file_finding, file_name, use_sides
from causeway_core.analysis.files.uses import FileUse, FileUses
from causeway_core.analysis.wording.scene import Scene
from causeway_core.model import Finding

_TAKES = frozenset({"remove", "move", "drop"})
_NEEDS = _TAKES | {"read", "update"}


def file_entries(scene: Scene, files: FileUses) -> list[Finding]:
    """An actor lists a folder and then uses an entry that other actors remove; one finding per pair of places.

    If another actor only lists the folder at the same place and would find the same entry, it is a hint until a re-run shows harm: it may look for
    other entries.
    """
    found: dict[tuple[object, ...], Finding] = {}
    for listed, act, other in _windows(files):
        key = listed.path, listed.line, act.line
        if key not in found:
            found[key] = _finding(scene, listed, act, other)
    return list(found.values())


def _windows(files: FileUses) -> Iterator[tuple[FileUse, FileUse, FileUse]]:
    """The listing, the first use of an entry after it, and the other actor's removal of the entry or listing of the folder at the same place."""
    lists = [use for use in files.all if use.verb == "list"]
    entries: defaultdict[str, list[FileUse]] = defaultdict(list)
    for use in files.all:
        if use.verb in _NEEDS:
            entries[use.name.rpartition("/")[0]].append(use)
    for listed in lists[: 4 * SAMPLE]:
        inside = entries[listed.name][: 8 * SAMPLE]
        act = next((use for use in inside if files.same_call(listed, use)), None)
        if act is None or files.tolerates(act) or files.locked_through(listed, act):
            continue
        takers = [use for use in inside if use.name == act.name and use.verb in _TAKES]
        alike = [use for use in lists if use.name == listed.name and (use.path, use.line) == (listed.path, listed.line)] if takers else []
        for other in (*takers, *alike):
            if other.actor != act.actor and files.can_run_between(listed, act, other) and not files.locked(other):
                yield listed, act, other
                break


def _finding(scene: Scene, listed: FileUse, act: FileUse, other: FileUse) -> Finding:
    takes = other.verb in _TAKES
    one, two = use_sides(scene, listed, other)
    between = "remove it" if takes else "do the same"
    title = f"{one} lists {file_name(listed.name)}, then uses {file_name(act.name)}; {two} could {between} in between: the entry would be gone"
    advice = "claim an entry by an operation that only one actor can succeed in (os.rename to a unique name), and skip entries that are gone"
    sides = [(listed, "look"), (act, "write"), (other, "write" if takes else "look")]
    return file_finding(scene, "atomicity_violation", "likely" if takes else "hint", weights.LISTED_FILE, title, act.name, sides, advice)
