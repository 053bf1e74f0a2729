"""Look after the await instead of before it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import libcst as cst

from causeway_core.fix.editing import Source, Span, awaits, code, insert, walk
from causeway_core.fix.locking import lock_of
from causeway_core.fix.patch import Patch
from causeway_core.fix.project import Project
from causeway_core.fix.region import find, regions_of
from causeway_core.fix.target import Target


def await_first(target: Target, project: Project) -> Iterator[Patch]:
    """`self.total += await price()` becomes two statements, the awaited one first; a read into a local moves behind the await.

    Sound for tasks of one loop, where the step from the read to the write is then atomic.
    """
    if target.threaded or target.kind != "lost_update" or target.first.function != target.last.function or target.first.file != target.last.file:
        return
    regions = regions_of(target, project)
    found = find(regions, project) if regions is not None else None
    if found is None or any(lock_of(each, region) is not None for region in found for each in (*region.enclosing(), *region.inner())):
        return  # The program means to use that lock.
    source = project.source(target.first.file)
    function = source.function(target.first.function)
    span = source.span(function, target.first.line, target.last.line) if function is not None else None
    if function is None or span is None:
        return
    if span.first == span.last:
        yield from _split(target, project, source, span, _names(function))
    else:
        yield from _move(target, project, source, span)


def _names(function: cst.FunctionDef) -> set[str]:
    return {each.value for each in walk(function) if isinstance(each, cst.Name)}


def _split(target: Target, project: Project, source: Source, span: Span, taken: set[str]) -> Iterator[Patch]:
    line = span.statements[0]
    if not isinstance(line, cst.SimpleStatementLine) or len(line.body) != 1 or not isinstance(line.body[0], cst.AugAssign | cst.Assign):
        return
    found = [each for each in walk(line.body[0].value) if isinstance(each, cst.Await)]
    value = line.body[0].value
    waits = [value] if isinstance(value, cst.Await) else found
    if len(waits) != 1 or (isinstance(line.body[0], cst.Assign) and waits[0] is value):
        return
    name = next(each for each in ("awaited", *(f"awaited_{number}" for number in range(2, 1000))) if each not in taken)
    awaited = code(waits[0])
    before = line.leading_lines
    source.edit(waits[0], lambda node: cst.Name(name))
    source.edit(line, lambda node: node.with_changes(leading_lines=()))

    def first(block: Any) -> Any:
        block = insert(span.first, f"{name} = {awaited}")(block)
        body = list(block.body)
        body[span.first] = body[span.first].with_changes(leading_lines=before)
        return block.with_changes(body=body)

    source.edit(span.block, first)
    yield from project.patch("await-first", f"awaits first, then updates {target.resource} in one step", source)


def _move(target: Target, project: Project, source: Source, span: Span) -> Iterator[Patch]:
    """Moves `local = shared` down to where the local is first used, behind the awaits."""
    read, rest = span.statements[0], span.statements[1:]
    if not isinstance(read, cst.SimpleStatementLine) or len(read.body) != 1 or not isinstance(read.body[0], cst.Assign) or awaits(read):
        return
    assigned = read.body[0].targets[0].target
    if len(read.body[0].targets) != 1 or not isinstance(assigned, cst.Name):
        return
    inputs = {each.value for each in walk(read.body[0].value) if isinstance(each, cst.Name)} - {target.attribute}
    distance = 0
    for each in rest:
        names = {name.value for name in walk(each) if isinstance(name, cst.Name)}
        targets = [assign.target for assign in walk(each) if isinstance(assign, cst.AssignTarget)]
        stored = {name.value for name in targets if isinstance(name, cst.Name)}
        if assigned.value in names:
            break
        if stored & inputs or isinstance(each, cst.If | cst.While | cst.For | cst.Try):
            return
        distance += 1
    if not distance or any(awaits(each) for each in rest[distance:]):
        return

    def edit(block: Any) -> Any:
        body = list(block.body)
        moved = body.pop(span.first)
        body.insert(span.first + distance, moved)
        return block.with_changes(body=body)

    source.edit(span.block, edit)
    yield from project.patch("await-first", f"reads {target.resource} after the await, so that reading and writing are one step", source)
