"""Files that say who is at work: checked and written in one critical section, by those whom the check lets in."""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.source_text import FunctionNode, own_nodes

if TYPE_CHECKING:
    from causeway_core.analysis.files.uses import FileUse

_LEAVING = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_ENDS = frozenset({"write", "replace", "remove", "move"})
LOOK_BACK = 16
"""Earlier uses of the file by its writer that are tried as the check."""


def entries(evidence: Evidence, uses: Sequence[FileUse]) -> Iterator[tuple[int, str, int, int]]:
    """The actor, what distinguishes the entry (file and lock), and the events of its begin and end.

    An actor checks a file and writes it, both under one lock that it does not release in between, and the check decides whether it writes. Until it
    writes or removes the file again, the check keeps out all that check it under the same lock. An actor that never does so is in until it ends.
    """
    own: defaultdict[tuple[int, str], list[FileUse]] = defaultdict(list)
    for use in sorted(uses, key=lambda each: each.order):
        own[use.actor, use.name].append(use)
    for (actor, name), mine in own.items():
        thread = evidence.facts.thread_of(actor)
        for index, use in enumerate(mine):
            if use.verb not in ("write", "replace"):
                continue
            checks = [each for each in mine[max(index - LOOK_BACK, 0) : index] if each.verb in ("look", "read") and _decides(evidence, each, use)]
            through = frozenset[int]().union(*(evidence.holds.through(thread, each.order, use.order) for each in checks))
            end = next((int(each.at) for each in mine[index + 1 :] if each.verb in _ENDS), sys.maxsize)
            for lock in through:
                yield actor, f"{name} under lock {lock}", int(use.at), end


def _decides(evidence: Evidence, check: FileUse, use: FileUse) -> bool:
    """Whether a condition, at or after the check where both are in one function, decides whether the line of a use is executed."""
    around = evidence.texts.around(use.path, use.line)
    if not around or not isinstance(around[0], FunctionNode):
        return False
    begin = check.line if (check.path, check.function) == (use.path, use.function) else 0
    if any(isinstance(node, ast.If | ast.ExceptHandler) and begin <= _last_line(node) and node.lineno < use.line for node in around):
        return True
    tests = [node for node in own_nodes(around[0]) if isinstance(node, ast.If | ast.While) and begin <= _last_line(node) and node.lineno < use.line]
    return any(isinstance(node, ast.While) or any(isinstance(each, _LEAVING) for part in node.body for each in ast.walk(part)) for node in tests)


def _last_line(node: ast.If | ast.While | ast.ExceptHandler) -> int:
    """The last line of a condition."""
    return node.lineno if isinstance(node, ast.ExceptHandler) else node.test.end_lineno or node.lineno
