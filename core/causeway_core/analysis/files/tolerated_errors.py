"""File operations that tolerate that another actor was first."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import cached_property

from causeway_core.analysis.source_text import Texts, called, last_name, own_nodes

_ARGUMENTS = frozenset({"exist_ok", "missing_ok", "ignore_errors", "dirs_exist_ok"})
_ERRORS = frozenset({"FileExistsError", "FileNotFoundError", "OSError", "IOError", "EnvironmentError", "Exception", "BaseException"})
_SAYING = frozenset({"debug", "info", "warning", "warn", "error", "exception", "log", "print"})


class ToleratedErrors:
    """Which file operations of a program tolerate that another actor was first."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def tolerates(self, path: str, line: int, function: str) -> bool:
        """Whether the code around an operation (in its function or its caller) continues normally when the file is missing or already exists."""
        around = self._texts.around(path, line)
        statement = next((node for node in reversed(around) if isinstance(node, ast.stmt)), None)
        plain = statement if isinstance(statement, ast.Expr | ast.Assign | ast.Return) else ast.Pass()
        keywords = {keyword.arg for node in ast.walk(plain) if isinstance(node, ast.Call) for keyword in node.keywords}
        if keywords & _ARGUMENTS or _excused(around, line, drops=True):
            return True
        return function.rpartition(".")[2] in self._excused_names

    def handles(self, path: str, line: int) -> bool:
        """Whether the function catches the error that the operation would raise, whatever it does then."""
        return _excused(self._texts.around(path, line), line, drops=False)

    def stops(self, path: str, line: int) -> bool:
        """Whether the function goes no further where the operation raises: nothing catches the error, or what does leaves the function or loop."""
        around = self._texts.around(path, line)
        if any(isinstance(node, ast.With) and _suppresses(node) for node in around):
            return False
        handler = next((found for node in reversed(around) if (found := _handler(node, line)) is not None), None)
        return handler is None or isinstance(handler.body[-1], ast.Return | ast.Raise | ast.Continue | ast.Break)

    @cached_property
    def _excused_names(self) -> frozenset[str]:
        """The bare names of functions of which a call stands in a block that drops the error."""
        found: set[str] = set()
        for _, function in self._texts.functions():
            for block in own_nodes(function):
                if isinstance(block, ast.Try | ast.With):
                    found.update(_excused_in(block))
        return frozenset(found)


def _excused_in(block: ast.Try | ast.With) -> Iterator[str]:
    """The bare names that are first called, within a block, where it drops the error."""
    first = {called(node): node.lineno for node in reversed(list(ast.walk(block))) if isinstance(node, ast.Call)}
    return (name for name, line in first.items() if _excused([block], line, drops=True))


def _excused(around: Sequence[ast.AST], line: int, *, drops: bool) -> bool:
    for node in around:
        handler = _handler(node, line)
        if handler is not None and (not drops or all(_only_logs(statement) for statement in handler.body)):
            return True
        if isinstance(node, ast.With) and _suppresses(node):
            return True
    return False


def _handler(node: ast.AST, line: int) -> ast.ExceptHandler | None:
    """What a `try` statement does with the error of an operation at a line of its body; None if it does not catch it."""
    if isinstance(node, ast.Try) and node.body[0].lineno <= line <= (node.body[-1].end_lineno or line):
        return next((each for each in node.handlers if _catches(each)), None)
    return None


def _suppresses(node: ast.With) -> bool:
    return any(last_name(item.context_expr.func) == "suppress" for item in node.items if isinstance(item.context_expr, ast.Call))


def _catches(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or any(last_name(each) in _ERRORS for each in ast.walk(handler.type))


def _only_logs(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        return called(statement.value) in _SAYING
    plain = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return plain or isinstance(statement, ast.Pass | ast.Continue | ast.Break | ast.Return)
