"""Iterate over a copy."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from causeway_core.fix.editing import walk
from causeway_core.fix.patch import Patch
from causeway_core.fix.project import Project
from causeway_core.fix.target import Target


def copy_iteration(target: Target, project: Project) -> Iterator[Patch]:
    """`for x in things:` becomes `for x in list(things):`. Copying is one step for tasks, and for threads under the interpreter lock."""
    if target.first.role != "iterate":
        return
    source = project.source(target.first.file)
    function = source.function(target.first.function)
    loops = [each for each in walk(function) if isinstance(each, cst.For) and source.line(each) == target.first.line] if function is not None else []
    if not loops or loops[0].asynchronous is not None:
        return
    loop = loops[0]
    source.edit(loop.iter, lambda node: cst.Call(cst.Name("list"), [cst.Arg(node)]))
    sentence = f"iterates over a copy of {target.resource}, so that changes do not disturb the loop"
    yield from project.patch("copy-iteration", sentence, source)
