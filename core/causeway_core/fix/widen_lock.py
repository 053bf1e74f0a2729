"""Use the lock that is there: over the whole window, and on both sides."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from causeway_core.fix.editing import Lock, code, wrap
from causeway_core.fix.locking import lock_of, reachable
from causeway_core.fix.patch import Patch
from causeway_core.fix.project import Project
from causeway_core.fix.region import Found, find, regions_of
from causeway_core.fix.target import Target


def widen_lock(target: Target, project: Project) -> Iterator[Patch]:
    """A lock that some of the sides hold, or hold in parts, is held by all of them throughout."""
    regions = regions_of(target, project)
    first = find(regions, project) if regions is not None else None
    if regions is None or first is None:
        return
    known: dict[str, tuple[Found, bool]] = {}
    for found in first:
        for statement in (*found.enclosing(), *found.inner()):
            text = lock_of(statement, found)
            if text is not None:
                known.setdefault(text, (found, statement.asynchronous is not None))
    for text, (home, asynchronous) in known.items():
        found_again = find(regions, project)
        assert found_again is not None
        if all(reachable(text, home, each) for each in found_again):
            yield from _take(target, project, found_again, Lock(text, asynchronous))


def _take(target: Target, project: Project, regions: list[Found], lock: Lock) -> Iterator[Patch]:
    changed: list[str] = []
    for found in regions:
        around = [each for each in found.enclosing() if lock_of(each, found) is not None]
        if any(code(each.items[0].item) == lock.text for each in around):
            continue
        name = f"`{found.region.function.rpartition('.')[2]}`"
        if lock.asynchronous and found.function.asynchronous is None:
            return
        if not lock.asynchronous and found.awaits():
            return
        if around:
            item = around[-1].items[0].item
            found.source.edit(item, lambda node: cst.parse_expression(lock.text))
            changed.append(f"{name} takes {lock.text} instead of {code(item)}")
        else:
            again = any(code(each.items[0].item) == lock.text for each in found.inner() if len(each.items) == 1)
            found.source.edit(found.span.block, wrap(found.span, lock))
            changed.append(f"{name} holds {lock.text} {'once, over' if again else 'over'} {found.region}")
    if changed:
        yield from project.patch("widen-lock", "; ".join(changed), *{each.source.path: each.source for each in regions}.values())
