"""Check-then-use of files: an existence check decides what is done, and another actor can run in between."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from causeway_core.analysis import weights
from causeway_core.analysis.detectors.files.finding import SAMPLE, file_finding, file_name, use_sides
from causeway_core.analysis.files.uses import FileUse, FileUses
from causeway_core.analysis.wording.scene import Scene
from causeway_core.model import Finding

_MAKES = frozenset({"folder", "create", "write"})
_TAKES = frozenset({"remove", "move", "drop"})
_NEEDS = _TAKES | {"read", "update"}
"""What fails when the file is gone."""
_CHANGES = frozenset({"write", "replace", "append"})
_WORDS = {
    "folder": "make",
    "create": "make",
    "write": "write",
    "remove": "remove",
    "drop": "remove",
    "move": "move",
    "read": "read",
}


def file_checks(scene: Scene, files: FileUses) -> list[Finding]:
    """Check-then-create and check-then-remove of files and folders by several actors; one finding per file.

    Not where the operation tolerates that another actor was first (`exist_ok`, `missing_ok`, an exception that is caught and dropped). An operation
    that only overwrites what another actor created is a hint until a re-run shows harm: both may write the same.
    """
    found = []
    for name, uses in files.shared:
        first = next(_windows(files, uses), None)
        if first is not None:
            found.append(_finding(scene, name, *first))
    return list({(each.title, each.lanes, *(access.line for access in each.accesses)): each for each in found}.values())


def _windows(files: FileUses, uses: Sequence[FileUse]) -> Iterator[tuple[FileUse, FileUse, FileUse]]:
    """The check, the operation, and the other actor's use that makes the operation fail or is the same operation. Those that raise come first."""
    acts = [use for use in uses if use.verb in _MAKES | _NEEDS | _CHANGES]
    looks = sorted((use for use in uses if use.verb == "look"), key=lambda use: -use.order)
    for act in sorted(acts, key=lambda use: use.verb in _CHANGES)[: 4 * SAMPLE]:
        look = next((use for use in looks if files.same_call(use, act)), None)
        if look is None or act.verb not in (_NEEDS | _CHANGES if look.found else _MAKES):
            continue
        if files.tolerates(act) or not decides(files, look) or files.locked_through(look, act):
            continue
        for other in uses[: 8 * SAMPLE]:
            if other.actor != act.actor and _spoils(look, act, other) and files.can_run_between(look, act, other) and not files.locked(other):
                yield look, act, other


def _spoils(look: FileUse, act: FileUse, other: FileUse) -> bool:
    if other.verb in (_TAKES if look.found else _MAKES | {"replace"}):
        return True
    alike = other.verb == "look" and (other.path, other.line) == (look.path, look.line)
    return alike and act.verb not in ("read", "update")


def decides(files: FileUses, look: FileUse) -> bool:
    """Whether the result of the check decides something: it is in a test, or is kept or returned."""
    around = files.texts.around(look.path, look.line)
    tests = (getattr(node, "test", None) for node in around if isinstance(node, ast.If | ast.While | ast.IfExp))
    if any(test is not None and test.lineno <= look.line <= (test.end_lineno or test.lineno) for test in tests):
        return True
    return any(isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr | ast.Return | ast.comprehension) for node in around)


def _finding(scene: Scene, name: str, look: FileUse, act: FileUse, other: FileUse) -> Finding:
    one, two = use_sides(scene, look, other)
    does = _WORDS.get(act.verb, "change")
    between = "check" if other.verb == "look" else _WORDS.get(other.verb, "replace")
    title = f"{one} checks whether {file_name(name)} exists, then {does}s it; {two} could {between} it in between: the check would be stale"
    advice = (
        "do it without checking and handle the case that another actor was first (exist_ok, missing_ok, mode 'x', FileNotFoundError), or hold one "
        "lock around both"
    )
    sides = [(look, "look"), (act, "write"), (other, "look" if other.verb == "look" else "write")]
    return file_finding(scene, "atomicity_violation", "hint" if act.verb in _CHANGES else "likely", weights.CHECKED_FILE, title, name, sides, advice)
