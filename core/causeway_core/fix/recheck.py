"""Check again after the await."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import libcst as cst

from causeway_core.fix.editing import Source, awaits, walk
from causeway_core.fix.patch import Patch
from causeway_core.fix.project import Project
from causeway_core.fix.target import Target

_LEAVING = (cst.Return, cst.Raise, cst.Continue, cst.Break)


def recheck(target: Target, project: Project) -> Iterator[Patch]:
    """Checks the condition again between the last await and the action: a nested `if`, or the early exit repeated. Sound for tasks only."""
    if target.threaded or target.first.function != target.last.function or target.first.file != target.last.file:
        return
    source = project.source(target.first.file)
    function = source.function(target.first.function)
    if function is None or function.asynchronous is None:
        return
    line = target.first.line
    checks = [each for each in walk(function) if isinstance(each, cst.If) and source.line(each) <= line and source.covers(each.test, line)]
    if len(checks) != 1:
        return
    check = checks[0]
    if awaits(check.test):
        return
    inside = isinstance(check.body, cst.IndentedBlock) and source.covers(check.body, target.last.line)
    patched = _nest(source, check, target.last.line) if inside else _repeat(source, function, check, target)
    if patched:
        yield from project.patch("recheck", f"checks {target.resource} again after the await", source)


def _behind_awaits(source: Source, body: Any, start: int, line: int) -> int | None:
    """The index behind the last statement that awaits, at or after `start` and before the one on `line`; None if there is no such gap."""
    act = next((number for number, each in enumerate(body) if number >= start and source.covers(each, line)), None)
    if act is None or awaits(body[act]):
        return None
    waiting = [number for number in range(start, act) if awaits(body[number])]
    return waiting[-1] + 1 if waiting else None


def _nest(source: Source, check: cst.If, line: int) -> bool:
    block = check.body
    index = _behind_awaits(source, block.body, 0, line)
    if index is None or any(awaits(each) for each in block.body[index:]):
        return False

    def edit(node: Any) -> Any:
        body = list(node.body)
        inner = list(body[index:])
        lines = inner[0].leading_lines
        inner[0] = inner[0].with_changes(leading_lines=())
        again = cst.If(test=check.test, body=cst.IndentedBlock(body=inner), leading_lines=lines, whitespace_before_test=check.whitespace_before_test)
        return node.with_changes(body=[*body[:index], again])

    source.edit(block, edit)
    return True


def _repeat(source: Source, function: cst.FunctionDef, check: cst.If, target: Target) -> bool:
    body = list(check.body.body)
    last = body[-1].body[-1] if body and isinstance(body[-1], cst.SimpleStatementLine) else body[-1] if body else None
    if check.orelse is not None or not isinstance(last, _LEAVING) or awaits(check):
        return False
    span = source.span(function, target.first.line, target.last.line)
    if span is None or span.block.body[span.first] is not check:
        return False
    index = _behind_awaits(source, span.block.body, span.first + 1, target.last.line)
    if index is None or any(awaits(each) for each in span.block.body[index : span.last + 1]):
        return False

    def edit(node: Any) -> Any:
        return node.with_changes(body=[*node.body[:index], check.with_changes(leading_lines=()), *node.body[index:]])

    source.edit(span.block, edit)
    return True
