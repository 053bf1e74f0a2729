"""Files that several actors read, change and replace."""

from __future__ import annotations

from collections.abc import Sequence

from causeway_core.analysis import weights
from causeway_core.analysis.detectors.files.finding import SAMPLE, file_finding, file_name, use_sides
from causeway_core.analysis.files.uses import FileUse, FileUses
from causeway_core.analysis.wording.scene import Scene
from causeway_core.model import Finding, Tier

LONGEST = 8
"""Letters and signs that a fixed name for a temporary file has beyond the file's own."""


def file_windows(scene: Scene, files: FileUses) -> list[Finding]:
    """Lost updates of a file that is read and then written, temporary files shared by two actors, and files read while they are empty."""
    found = []
    for name, uses in files.shared:
        finding = _lost_update(scene, files, name, uses) or _shared_temporary(scene, files, name, uses)
        changing = {use.actor for use in uses if use.verb != "read"}
        # An actor that only reads the file loses no update, but may find it empty.
        others = uses if finding is None else [use for use in uses if use.verb != "read" or use.actor not in changing]
        found += [each for each in (finding, _read_while_empty(scene, files, name, others)) if each is not None]
    return list({(each.title, each.lanes): each for each in found}.values())


def _lost_update(scene: Scene, files: FileUses, name: str, uses: Sequence[FileUse]) -> Finding | None:
    """One actor reads and then writes the file in one function, itself or through a pool; another does the same, or writes it, and can run in
    between.
    """
    changes = [use for use in uses if use.verb in ("write", "replace")]
    windows = []
    reads = [use for use in uses if use.verb == "read"][:SAMPLE]
    handed = [(asked, use) for use in reads if (asked := files.on_behalf(use)) is not None]
    asked_for = [(asked, use) for use in changes if (asked := files.on_behalf(use)) is not None]
    for read, done in [*((use, use) for use in reads), *handed]:
        # What is read elsewhere and not waited for is not what is written.
        both = [(use, use) for use in changes] if done is read else [*((use, use) for use in changes), *asked_for]
        write = next((update for update, use in both if files.same_call(read, update) and (done is read or not files.unordered(done, use))), None)
        if write is not None and not files.locked_through(read, write):
            struck = [use for use in changes if use.actor != read.actor and files.between(read, use, write)]
            windows.append((read, write, struck, done is not read))
    for read, write, struck, by_task in sorted(windows, key=lambda window: not window[2]):
        for use in (*struck[:SAMPLE], *uses[: 4 * SAMPLE]):
            # An action on behalf of a task is reported as the task's, as its window is.
            other = (files.on_behalf(use) if by_task else None) or use
            writes = use in changes
            alike = other.verb == "read" and (other.path, other.line) == (read.path, read.line)
            if other.actor == read.actor or not (writes or alike) or not files.can_run_between(read, write, other):
                continue
            if writes and files.locked(other):
                continue
            verb = "write" if writes else "read"
            one, two = use_sides(scene, read, other)
            title = f"{one} reads {file_name(name)}, then writes it; {two} could {verb} it in between: one update would be lost"
            sides = [(read, "read"), (write, "write"), (other, verb)]
            advice = "hold one lock (between processes: a lock on a file beside it) from before the read until after the write"
            order = weights.LOST_FILE_UPDATE if writes else weights.STALE_FILE_UPDATE
            return file_finding(scene, "lost_update", "likely", order, title, name, sides, advice, struck=use in struck)
    return None


def _shared_temporary(scene: Scene, files: FileUses, name: str, uses: Sequence[FileUse]) -> Finding | None:
    """Two actors write one file and move it away, or move or remove what the other may have written."""
    for write in [use for use in uses if use.verb in ("write", "create")][:SAMPLE]:
        end = next((use for use in uses if use.verb in ("move", "remove") and files.same_call(write, use)), None)
        if end is None or files.locked(write):
            continue
        removes = [use for use in uses if use.verb == "remove" and files.same_call(write, use)]
        moved = any(use.verb == "move" and files.same_call(write, use) for use in uses)
        # A file that only its maker may make belongs to it until it moves or removes it; what it does to it after that hits another's.
        if write.verb == "create" and not (moved and removes):
            continue
        for other in uses[: 4 * SAMPLE]:
            if other.actor != write.actor and other.verb in ("write", "create") and files.can_run_between(write, end, other):
                one, two = use_sides(scene, write, other)
                title = f"{one} and {two} use one temporary file, {file_name(name)}: each could move or remove what the other wrote"
                advice = "give each writer a temporary file of its own (tempfile.mkstemp in the same folder), and remove it only if it was not moved"
                # What only its maker may make is another's after it was moved away.
                first, last = (end, removes[0]) if write.verb == "create" else (write, end)
                sides = [(first, "write"), (last, "act"), (other, "write")]
                tier: Tier = "likely" if write.verb == "write" else "latent"
                return file_finding(scene, "atomicity_violation", tier, weights.SHARED_TEMPORARY_FILE, title, name, sides, advice)
    return None


def unseen_temporaries(scene: Scene, files: FileUses) -> list[Finding]:
    """An actor does not find a file, writes it under a temporary name derived from the file's own, and moves it there.

    Another actor checks at the same place but found the file in this run; otherwise it would have written the same temporary file. A hint, for a
    re-run to confirm.
    """
    found: dict[tuple[str, tuple[str, ...]], Finding] = {}
    looks = [use for use in files.all if use.verb == "look"]
    for name, uses in files.shared:
        moved = [use for use in uses if use.verb == "replace"][:SAMPLE]
        for look in [use for use in looks if use.name == name and not use.found][:SAMPLE]:
            for other in [use for use in looks if use.name == name and use.found and use.actor != look.actor][:SAMPLE]:
                alike = (look.path, look.line) == (other.path, other.line)
                for end in [use for use in moved if use.actor == look.actor and look.at < use.at] if alike else ():
                    asides = [use for use in files.all if use.verb == "write" and use.at < end.at and _follows_from(use.name, name)]
                    write = next((use for use in reversed(asides) if files.same_call(use, end)), None)
                    if write is None or files.locked(look) or not files.can_run_between(write, end, other):
                        continue
                    one, two = use_sides(scene, write, other)
                    title = f"{one} writes {file_name(write.name)} and moves it; {two} would do the same if it did not find {file_name(name)}"
                    advice = "give each writer a temporary file of its own (tempfile.mkstemp in the same folder)"
                    sides = [(write, "write"), (end, "act"), (other, "look")]
                    finding = file_finding(scene, "atomicity_violation", "hint", weights.UNSEEN_TEMPORARY_FILE, title, write.name, sides, advice)
                    found.setdefault((title, finding.lanes), finding)
    return list(found.values())


def _follows_from(temporary: str, name: str) -> bool:
    """Whether a temporary file has the file's name plus some letters and signs: nothing in it distinguishes one writer from another."""
    before, same, after = temporary.rpartition("/")[2].partition(file_name(name))
    return bool(same) and not any(letter.isdigit() for letter in before + after) and len(before + after) <= LONGEST


def _read_while_empty(scene: Scene, files: FileUses, name: str, uses: Sequence[FileUse]) -> Finding | None:
    """A file that is emptied by opening it and then written, while another actor may read it."""
    for write in [use for use in uses if use.verb == "write"][:SAMPLE]:
        for read in [use for use in uses if use.verb == "read"][: 4 * SAMPLE]:
            if read.actor == write.actor or not files.unordered(write, read) or files.common_lock(write, read):
                continue
            # Tasks of one loop do not see each other's files between open and close unless one awaits there, which is not known.
            if write.at >> 40 == read.at >> 40 or files.locked(write):
                continue
            one, two = use_sides(scene, write, read)
            title = f"{one} empties {file_name(name)}, then writes it; {two} could read it in between, empty or half written"
            sides = [(write, "write"), (read, "read")]
            advice = "write to a temporary file in the same folder and move it into place (os.replace)"
            return file_finding(scene, "atomicity_violation", "latent", weights.EMPTIED_FILE, title, name, sides, advice)
    return None
