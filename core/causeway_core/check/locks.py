"""Which expressions are locks."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from causeway_core.check.module import Module

_BY_NAME = re.compile(r"lock|mutex|cond(ition)?s?$|_sem(aphore)?$|serial", re.IGNORECASE)
_NOT_BY_NAME = re.compile(r"block|unlock|clock|serializ", re.IGNORECASE)
_LOCKS = frozenset({"Lock", "RLock", "Condition", "Semaphore", "BoundedSemaphore"})
_THREADED = frozenset({"threading", "multiprocessing", "_thread"})


def kind_of_lock(node: ast.Call) -> str | None:
    """What a constructor makes: lock (of tasks), thread lock, queue (without bound), or None."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""
    module = node.func.value.id if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name) else ""
    if name == "Queue" and not node.args and not node.keywords and module in ("", "asyncio"):
        return "queue"
    if name not in _LOCKS:
        return "thread lock" if name == "allocate_lock" else None
    if "Semaphore" in name and (node.args or node.keywords) and not _is_one(node):
        return "semaphore"
    return "thread lock" if module in _THREADED else "lock" if module else "some lock"


def _is_one(node: ast.Call) -> bool:
    value = node.args[0] if node.args else node.keywords[0].value
    return isinstance(value, ast.Constant) and value.value == 1


def is_lock_expression(node: ast.expr, module: Module, owner: str) -> bool:
    """Whether `with` this holds others out: by what it was given, else by its name (`self._lock`, `lock_for(key)`)."""
    while isinstance(node, ast.Await):
        node = node.value
    text = ast.unparse(node)
    kind = module.kind(owner, text) or module.kind("module", text)
    if kind is None and isinstance(node, ast.Attribute):
        kind = module.attribute_kinds.get(node.attr)
    if kind is not None:
        return kind in ("lock", "thread lock", "some lock")
    return is_lock_name(text)


def is_lock_name(text: str) -> bool:
    """Whether the last part of an expression's text is a lock's name."""
    name = re.split(r"[(\[]", text)[0].rpartition(".")[2]
    return bool(_BY_NAME.search(name)) and not _NOT_BY_NAME.search(name)
