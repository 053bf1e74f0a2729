"""Files that several actors read, change and replace."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.file_locks import FileLocks
from causeway_core.analysis.telling.scene import Moment, Scene
from causeway_core.analysis.text import Texts
from causeway_core.model import At, Finding
from causeway_core.model.finding import Kind
from causeway_core.storage.rows import Io

SAMPLE = 12
_SPECIAL = ("/dev/", "/proc/", "/sys/")


@dataclass(frozen=True, slots=True)
class _Use:
    """What an actor did with a file: read, write (emptied and written), create (only if it was not there), append, update, move, remove."""

    io: Io
    verb: str
    order: int
    function: str
    path: str
    line: int
    locks: frozenset[str] = frozenset()
    """Files that the actor had made and that only one can make, and removes later."""


def file_windows(scene: Scene, evidence: Evidence) -> list[Finding]:
    """Lost updates of a file read and then written, a temporary file that two actors share, a file read while another has just emptied it."""
    locks = FileLocks(evidence.texts)
    by_file: defaultdict[str, list[_Use]] = defaultdict(list)
    found_uses = list(_uses(scene, evidence))
    turns = _turns(found_uses)
    for use, name in found_uses:
        taken = (path for path, begin, end in turns[use.io.actor] if begin < use.io.at < end)
        by_file[name].append(replace(use, locks=frozenset(taken)))
    found = []
    for name, uses in sorted(by_file.items()):
        if len({use.io.actor for use in uses}) < 2:
            continue
        for detect in (_lost_update, _shared_temporary, _read_while_empty):
            told = detect(scene, evidence, locks, name, uses)
            if told is not None:
                found.append(told)
                break
    return list({each.title: each for each in found}.values())


def _uses(scene: Scene, evidence: Evidence) -> Iterator[tuple[_Use, str]]:
    for io, order in zip(evidence.facts.io, evidence.facts.io_order, strict=True):
        if io.op != "file" or io.phase != "point":
            continue
        path = str(io.attributes.get("file.path", ""))
        verb = _verb(io)
        if not path or verb is None or path.startswith(_SPECIAL):
            continue
        place = scene.place(io.at)
        if place.line:
            yield _Use(io, verb, order, place.function, place.path, place.line), path
            if verb == "move" and io.attributes.get("file.target"):
                yield _Use(io, "replace", order, place.function, place.path, place.line), str(io.attributes["file.target"])


def _turns(uses: Sequence[tuple[_Use, str]]) -> defaultdict[int, list[tuple[str, int, int]]]:
    """By actor, the files that it made where there was none (O_EXCL) with the events of making and removing them: locks between processes."""
    made: dict[tuple[int, str], int] = {}
    found: defaultdict[int, list[tuple[str, int, int]]] = defaultdict(list)
    for use, name in sorted(uses, key=lambda each: each[0].io.at):
        key = use.io.actor, name
        if use.verb == "create":
            made[key] = int(use.io.at)
        elif use.verb == "remove" and key in made:
            found[use.io.actor].append((name, made.pop(key), int(use.io.at)))
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
    return None


def _lost_update(scene: Scene, evidence: Evidence, locks: FileLocks, name: str, uses: Sequence[_Use]) -> Finding | None:
    """One actor reads the file and writes it in the same function; another does, or writes it, and could come in between."""
    for read in [use for use in uses if use.verb == "read"][:SAMPLE]:
        write = next((use for use in uses if use.verb in ("write", "replace") and _same_call(locks.texts, read, use)), None)
        if write is None or _locked(locks, read, write):
            continue
        for other in uses[: 4 * SAMPLE]:
            writes = other.verb in ("write", "replace")
            alike = other.verb == "read" and (other.path, other.line) == (read.path, read.line)
            if other.io.actor == read.io.actor or not (writes or alike) or not _apart(evidence, read, write, other):
                continue
            if writes and _locked_by_file(locks, other):
                continue
            verb = "writes" if writes else "reads"
            title = (
                f"`{read.function}` in {scene.actor(read.io.actor)} reads {_shown(name)} and later writes it; "
                f"{scene.actor(other.io.actor)} {verb} it too and could come in between: one update would be lost"
            )
            sides = [(read, "read"), (write, "write"), (other, verb.removesuffix("s"))]
            advice = "hold one lock (for processes a lock on a file beside it) from before it is read until it is written"
            return _told(scene, "lost_update", "likely", 0.6 if writes else 1.3, title, name, sides, advice)
    return None


def _shared_temporary(scene: Scene, evidence: Evidence, locks: FileLocks, name: str, uses: Sequence[_Use]) -> Finding | None:
    """Two actors write one file and move it away, or move or remove what the other may have written."""
    for write in [use for use in uses if use.verb in ("write", "create")][:SAMPLE]:
        end = next((use for use in uses if use.verb in ("move", "remove") and _same_call(locks.texts, write, use)), None)
        if end is None or _locked_by_file(locks, write):
            continue
        removes = [use for use in uses if use.verb == "remove" and _same_call(locks.texts, write, use)]
        moved = any(use.verb == "move" and _same_call(locks.texts, write, use) for use in uses)
        # A file that only its maker may make belongs to it until it moves or removes it; what it does to it after that hits another's.
        if write.verb == "create" and not (moved and removes):
            continue
        for other in uses[: 4 * SAMPLE]:
            if other.io.actor != write.io.actor and other.verb in ("write", "create") and _apart(evidence, write, end, other):
                title = (
                    f"`{write.function}` in {scene.actor(write.io.actor)} and in {scene.actor(other.io.actor)} use one temporary file, "
                    f"{_shown(name)}: each could move or remove what the other has written"
                )
                advice = "give each writer a temporary file of its own (tempfile.mkstemp in the same folder), and remove it only if it was not moved"
                # What only its maker may make is another's after it was moved away.
                first, last = (end, removes[0]) if write.verb == "create" else (write, end)
                sides = [(first, "write"), (last, "act"), (other, "write")]
                return _told(scene, "atomicity_violation", "likely" if write.verb == "write" else "latent", 1.0, title, name, sides, advice)
    return None


def _read_while_empty(scene: Scene, evidence: Evidence, locks: FileLocks, name: str, uses: Sequence[_Use]) -> Finding | None:
    """A file that is emptied by opening it and then written, while another actor may read it."""
    for write in [use for use in uses if use.verb == "write"][:SAMPLE]:
        for read in [use for use in uses if use.verb == "read"][: 4 * SAMPLE]:
            if read.io.actor == write.io.actor or not evidence.unordered(write.io.at, read.io.at) or _common_lock(evidence, write, read):
                continue
            # Tasks of one loop do not see each other's files between open and close unless one awaits there, which is not known.
            if write.io.at >> 40 == read.io.at >> 40 or _locked_by_file(locks, write):
                continue
            title = (
                f"`{write.function}` in {scene.actor(write.io.actor)} empties {_shown(name)} and then writes it; `{read.function}` in "
                f"{scene.actor(read.io.actor)} could read it in between, empty or half written"
            )
            advice = "write to a temporary file in the same folder and move it into place (os.replace)"
            return _told(scene, "atomicity_violation", "latent", 11.0, title, name, [(write, "write"), (read, "read")], advice)
    return None


def _same_call(texts: Texts, one: _Use, other: _Use) -> bool:
    """Whether the same actor did the other thing later, in the same function or in two that one function calls in a row."""
    if one.io.actor != other.io.actor or one.io.at >= other.io.at:
        return False
    if (one.path, one.function) == (other.path, other.function):
        return True
    return bool(texts.in_row(_bare(one.function), _bare(other.function)))


def _bare(function: str) -> str:
    return function.rpartition(".")[2]


def _apart(evidence: Evidence, first: _Use, last: _Use, other: _Use) -> bool:
    """Whether the other actor can come between two uses: nothing orders it with them, no lock is held by both, and a scheduling point lies there."""
    if first.locks & last.locks & other.locks or not all(evidence.unordered(each.io.at, other.io.at) for each in (first, last)):
        return False
    actors = evidence.facts.actors
    one, two = actors.get(first.io.actor), actors.get(other.io.actor)
    if one is None or two is None:
        return False
    if one.process != two.process:
        return True
    if first.io.at >> 40 == other.io.at >> 40:
        begin, end = evidence.step_at(first.io.at), evidence.step_at(last.io.at)
        if begin is None or end is None or evidence.unit_of(first.io.actor, begin) == evidence.unit_of(first.io.actor, end):
            return False
    through = evidence.holds.through(first.io.actor, first.order, last.order)
    return not through & evidence.holds.locks(other.io.actor, other.order)


def _common_lock(evidence: Evidence, one: _Use, other: _Use) -> bool:
    return bool(one.locks & other.locks or evidence.holds.locks(one.io.actor, one.order) & evidence.holds.locks(other.io.actor, other.order))


def _locked(locks: FileLocks, one: _Use, other: _Use) -> bool:
    """Whether both uses stand under one lock that the recording does not show."""
    if one.function == other.function:
        return locks.around(one.path, one.line) or locks.enclose(one.path, one.line, other.line)
    return locks.around(one.path, one.line) or locks.enclose_calls(_bare(one.function), _bare(other.function))


def _locked_by_file(locks: FileLocks, use: _Use) -> bool:
    return locks.around(use.path, use.line) or locks.enclose(use.path, use.line, use.line)


def _shown(name: str) -> str:
    return name.rsplit("/", 1)[-1]


def _told(scene: Scene, kind: Kind, tier: str, rank: float, title: str, name: str, uses: Sequence[tuple[_Use, str]], advice: str) -> Finding:
    likely = tier == "likely"
    return scene.finding(
        kind=kind,
        tier="likely" if likely else "latent",
        rank=rank if likely or rank > 10 else rank + 10,
        confidence=0.7 if likely else 0.45,
        title=title,
        resource=_shown(name),
        events=[Moment(use.io.actor, int(use.io.at), role, f"{role} {_shown(name)}") for use, role in uses],
        recommendation=advice,
        explanation="Nothing orders the two, and no lock that the recording knows is held by both. It did not happen in this run.",
        unordered=scene.teller.why_unordered(At(uses[0][0].io.at), At(uses[-1][0].io.at)),
    )
