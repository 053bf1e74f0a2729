"""Lines of a program's text: of its statements and of its loops."""

from __future__ import annotations

import ast
from functools import lru_cache


def statement_at(source: str, line: int) -> tuple[int, str]:
    """First line of the innermost statement that holds a line, and its stripped text; the line itself where the text says nothing of it."""
    first = _statements(source).get(line, line)
    lines = source.splitlines()
    return first, lines[first - 1].strip() if 0 < first <= len(lines) else ""


def loop_lines(source: str, line: int, column: int) -> range | None:
    """The lines of the innermost loop, comprehension or `yield from` whose iterable holds a position."""
    best = None
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.For):
            iterables = [node.iter]
        elif isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            iterables = [each.iter for each in node.generators]
        elif isinstance(node, ast.YieldFrom):
            iterables = [node.value]
        else:
            continue
        if any((each.lineno, each.col_offset) <= (line, column) <= (each.end_lineno or each.lineno, each.end_col_offset or 0) for each in iterables):
            # Walked from the outside in, so the innermost loop has the last word.
            best = range(node.lineno, (node.end_lineno or node.lineno) + 1)
    return best


def yields_in(source: str, lines: range) -> bool:
    """Whether a `yield` or `yield from` stands on one of these lines."""
    try:
        nodes = ast.walk(ast.parse(source))
    except (SyntaxError, ValueError, RecursionError):
        return False
    return any(isinstance(node, ast.Yield | ast.YieldFrom) and node.lineno in lines for node in nodes)


@lru_cache(maxsize=64)
def _statements(source: str) -> dict[int, int]:
    """For each line the first line of the innermost statement it belongs to; a compound statement owns its header, decorators apart."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return {}
    found: dict[int, int] = {}
    for node in ast.walk(tree):
        # Walked from the outside in, so the innermost statement has the last word.
        if isinstance(node, ast.stmt):
            for line in range(node.lineno, (node.end_lineno or node.lineno) + 1):
                found[line] = node.lineno
    return found
