"""Locks of dead owners: two actors find the same one, and the second removes the new lock that the first has just made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from causeway_core.analysis import weights
from causeway_core.analysis.detectors.files.finding import SAMPLE, file_finding, file_name, use_sides
from causeway_core.analysis.files.uses import FileUse, FileUses
from causeway_core.analysis.wording.scene import Scene
from causeway_core.model import Finding

REMOVES_STALE, MAKES_ANEW, MEETS_STALE = "removes the old", "makes a new", "meets the old"
READS_HELD, WRITES_HELD = "reads with it", "writes with it"
"""Roles: what the first actor does with the lock, the attempt of the second, and what both do while they have it, if that is known."""
_MAKING = ("create", "write", "folder", "replace")
_TAKING_AWAY = ("remove", "drop", "move")


@dataclass(frozen=True, slots=True)
class _Takeover:
    """The first use of a stale lock by an actor, its removal, and the making of the new one."""

    meets: FileUse
    removes: FileUse
    makes: FileUse


def stale_locks(scene: Scene, files: FileUses) -> list[Finding]:
    """A lock that its owner has left behind, which one actor removes and makes anew; another actor that can meet the same old one makes it too.

    Its removal goes by name, so it may hit what another actor has made since the check. One finding per lock, a hint until a re-run shows harm: the
    recording does not show what the check reads.
    """
    found = []
    for name, uses in files.shared:
        for taken in _takeovers(files, uses):
            other = next((use for use in uses[: 4 * SAMPLE] if _may_meet(files, taken, use)), None)
            if other is not None:
                found.append(_finding(scene, files, name, taken, other))
                break
    return found


def _takeovers(files: FileUses, uses: Sequence[FileUse]) -> Iterator[_Takeover]:
    """The removals of what another actor had made and left, each with the making by the actor that removed it."""
    by_actor: defaultdict[int, list[FileUse]] = defaultdict(list)
    for use in uses:
        by_actor[use.actor].append(use)
    for own in list(by_actor.values())[:SAMPLE]:
        mine = False
        for index, removes in enumerate(own[:SAMPLE]):
            makes = next((use for use in own[index + 1 :] if use.verb in _MAKING), None)
            if removes.verb in _TAKING_AWAY and not mine and index and makes is not None and _left_behind(files, uses, own[0]):
                yield _Takeover(own[0], removes, makes)
            mine = mine or removes.verb in _TAKING_AWAY


def _left_behind(files: FileUses, uses: Sequence[FileUse], meets: FileUse) -> bool:
    """Whether what an actor meets was made by another before, which did not remove it."""
    before = [use for use in uses if use.actor != meets.actor and files.evidence.order.happens_before(use.at, meets.at, must=True)]
    made = [use.order for use in before if use.verb in _MAKING]
    return bool(made) and not any(use.verb in _TAKING_AWAY for use in before)


def _may_meet(files: FileUses, taken: _Takeover, use: FileUse) -> bool:
    """Whether another actor, at the line of the first one's attempt, can come while that removes the old lock; no lock keeps it out."""
    alike = (use.path, use.line) == (taken.meets.path, taken.meets.line)
    if use.actor == taken.meets.actor or not alike or files.locked_through(taken.meets, taken.removes):
        return False
    return files.can_run_between(taken.meets, taken.removes, use)


def _finding(scene: Scene, files: FileUses, name: str, taken: _Takeover, other: FileUse) -> Finding:
    one, two = use_sides(scene, taken.meets, other)
    title = f"{one} removes {file_name(name)}, left by another, and makes it anew; {two} could find the old one too, and remove the new one"
    advice = "lock a file that stays (fcntl.flock), whose lock ends with its process, or take the old one over under a lock of that kind"
    sides = [(taken.removes, REMOVES_STALE), (taken.makes, MAKES_ANEW), (other, MEETS_STALE), *_work(files, name, taken.makes, other)]
    found = file_finding(scene, "atomicity_violation", "hint", weights.STALE_LOCK, title, name, sides, advice)
    return replace(found, worth_forcing=True, doubt="The recording does not show what is checked before the removal.")


def _work(files: FileUses, name: str, one: FileUse, other: FileUse) -> list[tuple[FileUse, str]]:
    """A file that both read and then write while they have the lock: the read by the second actor, and the write by the first."""
    held = [use for use in files.all if name in use.locks]
    for write in [use for use in held if use.actor == one.actor and use.verb in ("write", "replace") and use.at > one.at]:
        read = next((use for use in held if use.actor == other.actor and use.verb == "read" and use.name == write.name), None)
        if read is not None and any(use.actor == one.actor and use.verb == "read" and use.name == write.name for use in held):
            return [(read, READS_HELD), (write, WRITES_HELD)]
    return []
