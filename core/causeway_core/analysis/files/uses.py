"""What each actor did with files: where in the project's code, and under which locks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from operator import itemgetter

from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.files.entries import entries
from causeway_core.analysis.files.locks import FileLocks
from causeway_core.analysis.files.tolerated_errors import ToleratedErrors
from causeway_core.analysis.wording.scene import Scene
from causeway_core.model import At
from causeway_core.storage.rows import Io

_SPECIAL = ("/dev/", "/proc/", "/sys/")


@dataclass(frozen=True, slots=True)
class FileUse:
    """What an actor did with a file: `look` (whether it is there: `found`), `list` (what is in a folder), read, write (emptied and written), create
    (only if it was not there), append, update, move, replace, remove, folder (made one), drop (removed a folder).

    A work item of a pool is an actor; what such an item does without code of the project (`to_thread(path.read_text)`) counts as done by who
    submitted it, where it did. `order` is the rank in the total order of the process.
    """

    name: str
    verb: str
    at: At
    actor: int
    order: int
    function: str
    path: str
    line: int
    found: bool = False
    locks: frozenset[str] = frozenset()
    """Files that the actor had made and that only one can make, and removes later; and its entries in files that others check first."""


class FileUses:
    """The file uses of one recording, and questions about pairs of them. Built once per analysis."""

    def __init__(self, scene: Scene, evidence: Evidence) -> None:
        self._scene, self.evidence = scene, evidence
        self.texts = evidence.texts
        self._locks = FileLocks(self.texts)
        self._tolerated = ToleratedErrors(self.texts)
        self._in_row: dict[tuple[str, str], bool] = {}

    @cached_property
    def all(self) -> Sequence[FileUse]:
        """All uses, in the order in which they were recorded."""
        found = self._all()
        turns = _turns(found)
        for actor, name, begin, end in entries(self.evidence, found):
            turns[actor].append((name, begin, end))
        return [replace(use, locks=frozenset(path for path, begin, end in turns[use.actor] if begin < use.at < end)) for use in found]

    @cached_property
    def shared(self) -> Sequence[tuple[str, Sequence[FileUse]]]:
        """The files that several actors used, by name, with their uses in the order in which they were recorded."""
        by_file: defaultdict[str, list[FileUse]] = defaultdict(list)
        for use in self.all:
            by_file[use.name].append(use)
        return [(name, uses) for name, uses in sorted(by_file.items()) if len({use.actor for use in uses}) > 1]

    def tolerates(self, use: FileUse) -> bool:
        """Whether the program goes on normally where another actor was first."""
        return self._tolerated.tolerates(use.path, use.line, use.function)

    def handles(self, use: FileUse) -> bool:
        """Whether the function catches the error that a use would raise, whatever it does then."""
        return self._tolerated.handles(use.path, use.line)

    def stops(self, use: FileUse) -> bool:
        """Whether the call goes no further where the file of a use is missing."""
        return self._tolerated.stops(use.path, use.line)

    def _all(self) -> list[FileUse]:
        """Each is looked up in the order of streams, so that each chunk is read once: there may be more than are kept."""
        facts = self.evidence.facts
        rows = sorted(enumerate(zip(facts.io, facts.io_order, strict=True)), key=lambda row: row[1][0].at)
        found = [(number, use) for number, (io, order) in rows for use in self._of(io, order)]
        return [use for _, use in sorted(found, key=itemgetter(0))]

    def _of(self, io: Io, order: int) -> Iterator[FileUse]:
        name = str(io.attributes.get("file.path", ""))
        verb = _verb(io) if io.op == "file" and io.phase == "point" else None
        if not name or verb is None or name.startswith(_SPECIAL):
            return
        use = self.attributed(io.at, io.actor, order, name, verb)
        if use is None:
            return
        use = replace(use, found=io.attributes.get("file.found") is True)
        yield use
        if verb == "move" and io.attributes.get("file.target"):
            yield replace(use, name=str(io.attributes["file.target"]), verb="replace")

    def attributed(self, at: At, actor: int, order: int, name: str, verb: str) -> FileUse | None:
        """The use that an event is, by whom and where; None if no code of the project made it."""
        facts = self.evidence.facts
        who, place = facts.work_of(actor, at), self._scene.place(at)
        item = facts.work_items.all.get(who)
        if not place.line and item is not None:
            at, who, place = item.submitted, facts.work_of(item.submitter, item.submitted), self._scene.place(item.submitted)
        return FileUse(name, verb, at, who, order, place.function, place.path, place.line) if place.line else None

    def same_call(self, one: FileUse, other: FileUse) -> bool:
        """Whether the same actor made the other use later, in the same function or in two that one function calls in sequence."""
        if one.actor != other.actor or one.order >= other.order:
            return False
        if (one.path, one.function) == (other.path, other.function):
            return True
        names = _bare(one.function), _bare(other.function)
        if names not in self._in_row:
            self._in_row[names] = bool(self.texts.in_row(*names))
        return self._in_row[names]

    def on_behalf(self, use: FileUse) -> FileUse | None:
        """A work item's use, attributed to the actor and line that submitted it; None if no work item made it."""
        facts = self.evidence.facts
        item = facts.work_items.all.get(use.actor)
        place = None if item is None else self._scene.place(item.submitted)
        if item is None or place is None or not place.line:
            return None
        by = facts.work_of(item.submitter, item.submitted)
        return replace(use, at=item.submitted, actor=by, function=place.function, path=place.path, line=place.line)

    def unordered(self, one: FileUse, other: FileUse) -> bool:
        """Whether nothing but locks orders two uses."""
        return self.evidence.unordered(one.at, other.at)

    def can_run_between(self, first: FileUse, last: FileUse, other: FileUse) -> bool:
        """Whether the other actor can run between two uses: no order, no common lock, and a scheduling point in between."""
        evidence, facts = self.evidence, self.evidence.facts
        if first.locks & last.locks & other.locks or not all(evidence.unordered(each.at, other.at) for each in (first, last)):
            return False
        one, two = facts.actors.get(first.actor), facts.actors.get(other.actor)
        if one is None or two is None:
            return False
        if one.process == two.process and first.at >> 40 == other.at >> 40 and not {first.actor, other.actor} & facts.work_items.all.keys():
            begin, end = evidence.step_at(first.at), evidence.step_at(last.at)
            if begin is None or end is None or evidence.unit_of(first.actor, begin) == evidence.unit_of(first.actor, end):
                return False
        through = evidence.holds.through(facts.thread_of(first.actor), first.order, last.order)
        return not through & evidence.holds.locks(facts.thread_of(other.actor), other.order)

    def between(self, first: FileUse, other: FileUse, last: FileUse) -> bool:
        """Whether the other use came between the two in this run; known within one process."""
        processes = {actor.process for use in (first, other) if (actor := self.evidence.facts.actors.get(use.actor)) is not None}
        return len(processes) == 1 and first.order < other.order < last.order

    def common_lock(self, one: FileUse, other: FileUse) -> bool:
        """Whether both uses are made under one lock."""
        return bool(one.locks & other.locks or self._held(one) & self._held(other))

    def _held(self, use: FileUse) -> frozenset[int]:
        """The locks held during a use; for a work item also those that its submitter holds meanwhile."""
        asked = self.on_behalf(use)
        by = [use] if asked is None else [use, asked]
        return frozenset().union(*(self.evidence.holds.locks(self.evidence.facts.thread_of(each.actor), each.order) for each in by))

    def locked_through(self, one: FileUse, other: FileUse) -> bool:
        """Whether both are under one lock that the recording does not show: on a file, or between processes."""
        if one.function == other.function:
            return self._locks.around(one.path, one.line) or self._locks.enclose(one.path, one.line, other.line)
        return self._locks.around(one.path, one.line) or self._locks.enclose_calls(_bare(one.function), _bare(other.function))

    def locked(self, use: FileUse) -> bool:
        """Whether a use is made under such a lock."""
        return self._locks.around(use.path, use.line) or self._locks.enclose(use.path, use.line, use.line)


def _turns(uses: Sequence[FileUse]) -> defaultdict[int, list[tuple[str, int, int]]]:
    """By actor, the files and folders that it created exclusively, with the events of creation and removal: they serve as locks between processes."""
    made: dict[tuple[int, str], int] = {}
    found: defaultdict[int, list[tuple[str, int, int]]] = defaultdict(list)
    for use in sorted(uses, key=lambda each: each.at):
        key = use.actor, use.name
        if use.verb in ("create", "folder"):
            made[key] = int(use.at)
        elif use.verb in ("remove", "drop") and key in made:
            found[use.actor].append((use.name, made.pop(key), int(use.at)))
    return found


def _verb(io: Io) -> str | None:
    mode = str(io.attributes.get("file.mode", ""))
    match io.attributes.get("action"):
        case "open":
            if "x" in mode:
                return "create"
            if "w" in mode:
                return "write"
            return "append" if "a" in mode else "update" if "+" in mode else "read"
        case "rename" | "replace" | "move":
            return "move"
        case "remove" | "unlink":
            return "remove"
        case "mkdir":
            return "folder"
        case "rmdir":
            return "drop"
        case "link":
            return "create"
        case "look" | "list" as seen:
            return str(seen)
    return None


def _bare(function: str) -> str:
    return function.rpartition(".")[2]
