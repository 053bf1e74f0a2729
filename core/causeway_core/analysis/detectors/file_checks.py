"""Looks whether a file is there, and what is done because of what was found, with room for another actor in between."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from causeway_core.analysis.detectors.files import SAMPLE, shown, told
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.file_uses import FileUse, FileUses
from causeway_core.analysis.telling.scene import Scene
from causeway_core.analysis.text import called
from causeway_core.model import Finding

_MAKES = frozenset({"folder", "create", "write"})
_TAKES = frozenset({"remove", "move", "drop"})
_NEEDS = _TAKES | {"read", "update"}
"""What fails when the file is gone."""
_FORGIVING = frozenset({"exist_ok", "missing_ok", "ignore_errors", "dirs_exist_ok"})
"""Arguments with which it does not matter that another was first."""
_CAUGHT = frozenset({"FileExistsError", "FileNotFoundError", "OSError", "IOError", "EnvironmentError", "Exception", "BaseException"})
_SAYING = frozenset({"debug", "info", "warning", "warn", "error", "exception", "log", "print"})
_WORDS = {
    "folder": "makes it",
    "create": "makes it",
    "write": "writes it",
    "remove": "removes it",
    "drop": "removes it",
    "move": "moves it",
    "read": "reads it",
}


def file_checks(scene: Scene, evidence: Evidence) -> list[Finding]:
    """Check-then-make and check-then-take of files and folders that several actors do, one finding a file.

    Not where the operation forgives that another was first (`exist_ok`, `missing_ok`, an exception that is caught and dropped). What only overwrites
    what another has made meanwhile is a hint until a re-run shows harm: both may write the same.
    """
    files, found = FileUses(scene, evidence), []
    for name, uses in files.shared:
        first = next(_windows(files, uses), None)
        if first is not None:
            found.append(_tell(scene, name, *first))
    return list({(each.title, *(access.line for access in each.accesses)): each for each in found}.values())


def _windows(files: FileUses, uses: Sequence[FileUse]) -> Iterator[tuple[FileUse, FileUse, FileUse]]:
    """Look, act, and the use of another that spoils the act or would be the same act (it found what this one left). Those that raise come first."""
    acts = [use for use in uses if use.verb in _MAKES | _NEEDS]
    for act in sorted(acts, key=lambda use: use.verb == "write")[: 4 * SAMPLE]:
        look = max((use for use in uses if use.verb == "look" and files.same_call(use, act)), key=lambda use: use.order, default=None)
        if (
            look is None
            or look.found is not (act.verb in _NEEDS)
            or _forgives(files, act)
            or not _decides(files, look)
            or files.locked_through(look, act)
        ):
            continue
        for other in uses[: 8 * SAMPLE]:
            if other.actor != act.actor and _spoils(look, act, other) and files.apart(look, act, other) and not files.locked(other):
                yield look, act, other


def _spoils(look: FileUse, act: FileUse, other: FileUse) -> bool:
    if other.verb in (_TAKES if look.found else _MAKES | {"replace"}):
        return True
    alike = other.verb == "look" and (other.path, other.line) == (look.path, look.line)
    return alike and act.verb in (_TAKES if look.found else _MAKES)


def _decides(files: FileUses, look: FileUse) -> bool:
    """Whether what the look found decides something: it stands in a test, or its result is kept or given back."""
    around = files.texts.around(look.path, look.line)
    tests = (getattr(node, "test", None) for node in around if isinstance(node, ast.If | ast.While | ast.IfExp))
    if any(test is not None and test.lineno <= look.line <= (test.end_lineno or test.lineno) for test in tests):
        return True
    return any(isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr | ast.Return | ast.comprehension) for node in around)


def _forgives(files: FileUses, act: FileUse) -> bool:
    around = files.texts.around(act.path, act.line)
    statement = next((node for node in reversed(around) if isinstance(node, ast.stmt)), None)
    calls = [node for node in ast.walk(statement) if isinstance(node, ast.Call)] if isinstance(statement, ast.Expr | ast.Assign | ast.Return) else []
    if any(keyword.arg in _FORGIVING for call in calls for keyword in call.keywords):
        return True
    return any(isinstance(node, ast.Try) and _drops(node, act.line) for node in around) or any(
        isinstance(node, ast.With) and any(called(item.context_expr) == "suppress" for item in node.items if isinstance(item.context_expr, ast.Call))
        for node in around
    )


def _drops(node: ast.Try, line: int) -> bool:
    """Whether a try statement catches that another was first, and goes on as if nothing was."""
    if not node.body[0].lineno <= line <= (node.body[-1].end_lineno or line):
        return False
    for handler in node.handlers:
        names = (
            {
                each.attr if isinstance(each, ast.Attribute) else each.id
                for each in ast.walk(handler.type)
                if isinstance(each, ast.Attribute | ast.Name)
            }
            if handler.type
            else _CAUGHT
        )
        if names & _CAUGHT:
            return all(_says_nothing(statement) for statement in handler.body)
    return False


def _says_nothing(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        return called(statement.value) in _SAYING
    return isinstance(statement, ast.Pass | ast.Continue | ast.Break | ast.Return) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def _tell(scene: Scene, name: str, look: FileUse, act: FileUse, other: FileUse) -> Finding:
    does = _WORDS.get(act.verb, "changes it")
    others = "looks for it too" if other.verb == "look" else _WORDS.get(other.verb, "replaces it")
    title = (
        f"`{look.function}` in {scene.actor(look.actor)} looks whether {shown(name)} is there and then {does}; "
        f"{scene.actor(other.actor)} {others} and could come in between: the look would no longer hold"
    )
    advice = (
        "do it without looking and handle that another was first (exist_ok, missing_ok, mode 'x', FileNotFoundError), or hold one lock around both"
    )
    sides = [(look, "read"), (act, "write"), (other, "read" if other.verb == "look" else "write")]
    return told(scene, "atomicity_violation", "hint" if act.verb == "write" else "likely", 1.2, title, name, sides, advice)
