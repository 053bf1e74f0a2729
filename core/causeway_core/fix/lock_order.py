"""Take two locks in one order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import libcst as cst

from causeway_core.fix.editing import Source, awaits, code, holds, walk, without_lock
from causeway_core.fix.patch import Patch
from causeway_core.fix.project import Project
from causeway_core.fix.target import Place, Target


def lock_order(target: Target, project: Project) -> Iterator[Patch]:
    """Of two functions that nest two `with` blocks in opposite orders, one takes both in the other's order, from where it took its first. One
    function that is called with both orders sorts the two locks.
    """
    if target.kind != "deadlock" or len(target.others) != 2 or target.first.line == target.last.line:
        return
    mine, theirs = (target.first, target.last), (target.others[0], target.others[1])
    if mine[0].function == theirs[0].function and mine[0].file == theirs[0].file:
        yield from _sorted(target, project, mine)
        return
    for first, second in (theirs, mine):
        source = project.source(first.file)
        pair = _nested(source, first, second)
        if pair is not None:
            _reverse(source, *pair)
            name = first.function.rpartition(".")[2]
            yield from project.patch("lock-order", f"`{name}` takes {holds(pair[1])} before {holds(pair[0])}, as the other side does", source)
            return


def _nested(source: Source, first: Place, second: Place) -> tuple[cst.With, cst.With] | None:
    """The two `with` blocks, the second within the first, each of one lock."""
    function = source.function(first.function)
    if function is None or first.function != second.function:
        return None
    blocks = [each for each in walk(function) if isinstance(each, cst.With)]
    outer = next((each for each in blocks if source.line(each) == first.line), None)
    inner = next((each for each in blocks if source.line(each) == second.line), None)
    if outer is None or inner is None or inner not in walk(outer) or holds(outer) is None or holds(inner) is None:
        return None
    return (outer, inner) if (outer.asynchronous is None) == (inner.asynchronous is None) else None


def _reverse(source: Source, outer: cst.With, inner: cst.With) -> None:
    one, two = outer.items[0].item, inner.items[0].item
    if len(outer.body.body) == 1 and outer.body.body[0] is inner:
        source.put(one, two)
        source.put(two, one)
        return
    text = code(two)

    def edit(block: Any) -> Any:
        body = [part for each in block.body.body for part in without_lock(each, text)]
        items = [cst.WithItem(two, comma=cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))), cst.WithItem(one)]
        return block.with_changes(items=items, body=block.body.with_changes(body=body))

    source.edit(outer, edit)


def _sorted(target: Target, project: Project, pair: tuple[Place, Place]) -> Iterator[Patch]:
    """`with a.lock: with b.lock:` in one function, called with a and b either way round."""
    source = project.source(pair[0].file)
    found = _nested(source, *pair)
    function = source.function(pair[0].function)
    span = source.span(function, pair[0].line, pair[0].line) if function is not None and found is not None else None
    if found is None or function is None or span is None:
        return
    one, two = found[0].items[0].item, found[1].items[0].item
    parameters = {each.name.value for each in (*function.params.posonly_params, *function.params.params)}
    if not {re.split(r"[.\[(]", code(each))[0] for each in (one, two)} <= parameters or any(
        isinstance(each, cst.Call) for each in walk(found[0].items[0])
    ):
        return
    block_body = span.block.body
    if span.first >= len(block_body) or block_body[span.first] is not found[0] or any(awaits(each) for each in (one, two)):
        return
    names = {each.value for each in walk(function) if isinstance(each, cst.Name)}
    if {"first", "second"} & names:
        return

    def edit(block: Any) -> Any:
        body = list(block.body)
        line = cst.parse_statement(f"first, second = sorted(({code(one)}, {code(two)}), key=id)")
        body[span.first] = body[span.first].with_changes(leading_lines=())
        line = line.with_changes(leading_lines=found[0].leading_lines)
        return block.with_changes(body=[*body[: span.first], line, *body[span.first :]])

    source.put(one, cst.Name("first"))
    source.put(two, cst.Name("second"))
    source.edit(span.block, edit)
    yield from project.patch("lock-order", f"takes the two locks of {target.resource} in a fixed order, whatever the order of the arguments", source)
