"""File operations that tolerate that another actor was first."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from causeway_core.analysis.files.uses import FileUse
from causeway_core.analysis.source_text import Texts, called, last_name, own_nodes

_ARGUMENTS = frozenset({"exist_ok", "missing_ok", "ignore_errors", "dirs_exist_ok"})
_ERRORS = frozenset({"FileExistsError", "FileNotFoundError", "OSError", "IOError", "EnvironmentError", "Exception", "BaseException"})
_SAYING = frozenset({"debug", "info", "warning", "warn", "error", "exception", "log", "print"})


def tolerates(texts: Texts, use: FileUse) -> bool:
    """Whether the code around an operation (in its function or its caller) continues normally when the file is missing or already exists."""
    around = texts.around(use.path, use.line)
    statement = next((node for node in reversed(around) if isinstance(node, ast.stmt)), None)
    calls = [node for node in ast.walk(statement) if isinstance(node, ast.Call)] if isinstance(statement, ast.Expr | ast.Assign | ast.Return) else []
    if any(keyword.arg in _ARGUMENTS for call in calls for keyword in call.keywords) or _excused(around, use.line, drops=True):
        return True
    name = use.function.rpartition(".")[2]
    for _, function in texts.functions():
        blocks = [node for node in own_nodes(function) if isinstance(node, ast.Try | ast.With)]
        for block in blocks:
            inside = [each for each in ast.walk(block) if isinstance(each, ast.Call) and called(each) == name]
            if inside and _excused([block], inside[0].lineno, drops=True):
                return True
    return False


def handles(texts: Texts, use: FileUse) -> bool:
    """Whether the function catches the error that the operation would raise, whatever it does then."""
    return _excused(texts.around(use.path, use.line), use.line, drops=False)


def _excused(around: Sequence[ast.AST], line: int, *, drops: bool) -> bool:
    for node in around:
        if isinstance(node, ast.Try) and node.body[0].lineno <= line <= (node.body[-1].end_lineno or line):
            handler = next((each for each in node.handlers if _catches(each)), None)
            if handler is not None and (not drops or all(_says_nothing(statement) for statement in handler.body)):
                return True
        if isinstance(node, ast.With) and any(
            last_name(item.context_expr.func) == "suppress" for item in node.items if isinstance(item.context_expr, ast.Call)
        ):
            return True
    return False


def _catches(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or any(last_name(each) in _ERRORS for each in ast.walk(handler.type))


def _says_nothing(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        return called(statement.value) in _SAYING
    plain = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return plain or isinstance(statement, ast.Pass | ast.Continue | ast.Break | ast.Return)
