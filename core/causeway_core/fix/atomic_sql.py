"""Let the database do the sum."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from causeway_core.fix.editing import Source, code, walk
from causeway_core.fix.patch import Patch
from causeway_core.fix.project import Project
from causeway_core.fix.target import Target

_ASSIGNMENT = re.compile(r"(?P<column>[A-Za-z_]\w*)\s*=\s*(?P<mark>\?|%s)")


def atomic_sql(target: Target, project: Project) -> Iterator[Patch]:
    """`UPDATE t SET n = ?` with `(value + x, …)` becomes `SET n = n + ?` with `(x, …)`, where `value` is a local that is used for nothing else
    but being computed with here: no condition looks at it.
    """
    if target.kind != "lost_update" or (target.first.file, target.first.function) != (target.last.file, target.last.function):
        return
    source = project.source(target.first.file)
    for function, call in source.calls_on(target.first.function, target.last.line):
        if _rewrite(source, function, call):
            yield from project.patch("atomic-sql", f"lets the database compute the new value of {target.resource} in one statement", source)
            return


def _rewrite(source: Source, function: cst.FunctionDef, call: cst.Call) -> bool:
    if len(call.args) < 2 or not isinstance(call.args[0].value, cst.SimpleString) or not isinstance(call.args[1].value, cst.Tuple | cst.List):
        return False
    text, parameters = call.args[0].value, call.args[1].value.elements
    statement = text.evaluated_value
    if not isinstance(statement, str) or not statement.lstrip().lower().startswith("update"):
        return False
    head = re.split(r"\bwhere\b", text.value, flags=re.IGNORECASE)[0]
    for number, match in enumerate(_ASSIGNMENT.finditer(head)):
        if head.count(match["mark"], 0, match.end()) != number + 1 or number >= len(parameters):
            return False
        change = _change(function, parameters[number].value)
        if change is not None:
            operator, amount = change
            new = f"{match['column']} = {match['column']} {operator} {match['mark']}"
            source.put(text, text.with_changes(value=text.value[: match.start()] + new + text.value[match.end() :]))
            source.put(parameters[number].value, amount)
            return True
    return False


def _change(function: cst.FunctionDef, value: cst.BaseExpression) -> tuple[str, cst.BaseExpression] | None:
    """The operator and operand of `local + x` or `local - x`, if the local serves nothing else."""
    if not isinstance(value, cst.BinaryOperation) or not isinstance(value.operator, cst.Add | cst.Subtract):
        return None
    base = value.left
    while isinstance(base, cst.Subscript):
        base = base.value
    if not isinstance(base, cst.Name):
        return None
    uses = [each for each in walk(function) if isinstance(each, cst.Name) and each.value == base.value]
    targets = [each for each in walk(function) if isinstance(each, cst.AssignTarget)]
    stored = [each for each in targets if any(isinstance(name, cst.Name) and name.value == base.value for name in walk(each))]
    if len(uses) != len(stored) + 1 or not stored or base.value in code(value.right):
        return None
    return ("+" if isinstance(value.operator, cst.Add) else "-"), value.right
