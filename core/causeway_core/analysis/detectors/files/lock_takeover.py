"""Lock files that are taken over: made exclusively by one actor, and removed by another that finds no owner in them."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain

from causeway_core.analysis import weights
from causeway_core.analysis.detectors.files.finding import SAMPLE, file_finding, file_name, use_sides
from causeway_core.analysis.files.uses import FileUse, FileUses
from causeway_core.analysis.source_text import called
from causeway_core.analysis.wording.scene import Scene
from causeway_core.model import Finding

TAKES_OVER, MAKES, READS, WRITES = "takes over", "makes", "reads", "writes"
"""Roles: the second actor's attempt, the first one's making, and what the second reads and writes while it has the lock; what it
read in the lock, if it only met it."""
_READING = frozenset({"read", "readline", "readlines", "read_text", "read_bytes", "load", "loads", "int"})
_REMOVING = frozenset({"unlink", "remove", "rename", "replace"})
_LINKING = frozenset({"link", "symlink", "symlink_to", "hardlink_to"})


def lock_takeovers(scene: Scene, files: FileUses) -> list[Finding]:
    """A lock file that does not name its owner yet when it appears, where an actor that finds it reads the owner and removes it if there is none.

    Only where both actors read and then write one file while they have the lock, or where the second one met the file and looked for its owner: in
    another order it takes over what it only looked at. One finding per lock file, a hint until a re-run shows harm.
    """
    made: defaultdict[str, list[FileUse]] = defaultdict(list)
    for use in files.all:
        if use.verb == "create" and _takes_over(files, use):
            made[use.name].append(use)
    found = []
    for name, uses in made.items():
        first = next(chain(_collisions(files, name, uses), _meetings(files, name, uses)), None)
        if first is not None:
            found.append(_finding(scene, name, *first))
    return found


def _takes_over(files: FileUses, use: FileUse) -> bool:
    """Whether the making fails where the file exists, and what catches that reads and removes it."""
    around = files.texts.around(use.path, use.line)
    statement = next((node for node in reversed(around) if isinstance(node, ast.stmt)), ast.Pass())
    here = {called(node) for node in ast.walk(statement) if isinstance(node, ast.Call)}
    for node in around:
        if isinstance(node, ast.Try) and node.body[0].lineno <= use.line <= (node.body[-1].end_lineno or use.line):
            names = {called(each) for handler in node.handlers for part in handler.body for each in ast.walk(part) if isinstance(each, ast.Call)}
            if names & _READING and names & _REMOVING and not here & _LINKING:
                return True
    return False


def _collisions(files: FileUses, name: str, made: Sequence[FileUse]) -> Iterator[tuple[FileUse, FileUse, FileUse, FileUse | None]]:
    """The making by the first actor and by the second, and what the second reads and writes as long as it has the lock."""
    for second in made[1 : SAMPLE + 1]:
        for first in made[:SAMPLE]:
            if first.actor == second.actor or not files.unordered(first, second):
                continue
            mine = [use for use in files.all if use.actor == second.actor and name in use.locks]
            theirs = {use.name for use in files.all if use.actor == first.actor and name in use.locks and use.verb in ("write", "replace")}
            for read in [use for use in mine if use.verb == "read" and use.name in theirs]:
                write = next((use for use in mine if use.name == read.name and use.verb in ("write", "replace") and use.order > read.order), None)
                if write is not None:
                    yield first, second, read, write


def _meetings(files: FileUses, name: str, made: Sequence[FileUse]) -> Iterator[tuple[FileUse, FileUse, FileUse, FileUse | None]]:
    """The making by the first actor, the attempt of the second that found the file, and what it then read in it."""
    for second in [use for use in made if use.found][:SAMPLE]:
        first = next((use for use in made if not use.found and use.actor != second.actor and files.unordered(use, second)), None)
        read = next((use for use in files.all if use.name == name and use.verb == "read" and files.same_call(second, use)), None)
        if first is not None and read is not None:
            yield first, second, read, None


def _finding(scene: Scene, name: str, first: FileUse, second: FileUse, read: FileUse, write: FileUse | None) -> Finding:
    one, two = use_sides(scene, first, second)
    title = f"{one} makes {file_name(name)} before it writes its owner into it; {two} could find it without one, and take it over"
    advice = (
        "make a file of its own with the owner in it and os.link it to the name of the lock, or lock a file that stays (fcntl.flock): that lock ends "
        "with its process"
    )
    sides = [(first, MAKES), (second, TAKES_OVER), (read, READS), *([] if write is None else [(write, WRITES)])]
    return file_finding(scene, "atomicity_violation", "hint", weights.CHECKED_FILE, title, name, sides, advice)
