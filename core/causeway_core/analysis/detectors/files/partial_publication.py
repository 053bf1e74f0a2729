"""Two files that belong together: one actor makes them in turn, and another takes the first for a sign that the second is there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from causeway_core.analysis import weights
from causeway_core.analysis.detectors.files.check_then_use import decides
from causeway_core.analysis.detectors.files.finding import SAMPLE, file_finding, file_name, use_sides
from causeway_core.analysis.files.uses import FileUse, FileUses
from causeway_core.analysis.wording.scene import Scene
from causeway_core.model import Finding, Tier

_MAKES = frozenset({"write", "create", "replace", "append", "folder"})
_NEEDS = frozenset({"read", "update"})
Publication = tuple[FileUse, FileUse, FileUse, FileUse]
"""The making of the first and of the second file; another actor's look at the first and use of the second."""


def partial_publications(scene: Scene, files: FileUses) -> list[Finding]:
    """An actor makes two files that were not there, in the same call; another uses the second only where it has found the first.

    One finding per pair of makers and of users. A hint until a re-run shows harm, where the user handles that the second file is missing.
    """
    found: dict[tuple[object, ...], Finding] = {}
    for each in _publications(files):
        key = tuple((use.path, use.function, use.line) for use in each)
        if key not in found:
            found[key] = _finding(scene, files, *each)
    return list(found.values())


def _publications(files: FileUses) -> Iterator[Publication]:
    made: dict[str, FileUse] = {}
    by_actor: defaultdict[int, list[FileUse]] = defaultdict(list)
    for use in files.all:
        if use.verb in _MAKES:
            made.setdefault(use.name, use)
        by_actor[use.actor].append(use)
    for name, uses in files.shared:
        second = made.get(name)
        if second is None or files.locked(second):
            continue
        for use in [each for each in uses if each.verb in _NEEDS and each.actor != second.actor][:SAMPLE]:
            if not any(each.verb in _MAKES and each.actor == use.actor for each in uses):
                yield from _signs(files, made, by_actor[second.actor], by_actor[use.actor], second, use)


def _signs(
    files: FileUses, made: Mapping[str, FileUse], makers: Sequence[FileUse], users: Sequence[FileUse], second: FileUse, use: FileUse
) -> Iterator[Publication]:
    """The files that were made first, each with the look of the actor that uses the second one."""
    firsts = {each.name: each for each in makers if made.get(each.name) is each and each.name != second.name and files.same_call(each, second)}
    looks = [each for each in users if each.name in firsts and each.line != use.line and files.same_call(each, use)][-SAMPLE:]
    for look in reversed(looks):
        first = firsts[look.name]
        needed = (look.verb == "look" and look.found and decides(files, look)) or (look.verb in _NEEDS and files.stops(look))
        if needed and all(files.can_run_between(first, second, each) for each in (look, use)) and not files.locked_through(look, use):
            yield first, second, look, use


def _finding(scene: Scene, files: FileUses, first: FileUse, second: FileUse, look: FileUse, use: FileUse) -> Finding:
    one, two = use_sides(scene, first, use)
    names = file_name(first.name), file_name(second.name)
    title = f"{one} makes {names[0]} before {names[1]}; {two}, which finds {names[0]}, could need {names[1]} before it is there"
    advice = f"make {names[1]} first: what others take for a sign that both are there has to come last"
    tier: Tier = "hint" if files.handles(use) else "latent"
    sides = [(first, "write"), (second, "write"), (look, "look"), (use, "look")]
    return file_finding(scene, "atomicity_violation", tier, weights.PARTIAL_FILE, title, second.name, sides, advice)
