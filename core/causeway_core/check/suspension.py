"""Which awaits can suspend, so that other tasks run."""

from __future__ import annotations

import ast

from causeway_core.check.module import Function, Module

_NEVER = frozenset({"timeout", "timeout_at", "fail_after", "move_on_after", "move_on_at", "fail_at", "aclosing", "suppress", "nullcontext"})
"""Asynchronous context managers of well-known libraries that do not wait when they are entered."""

_POINTS = (ast.Await, ast.AsyncFor, ast.AsyncWith, ast.Yield)


class Suspensions:
    """Answers, for the functions of one module, whether awaiting them can suspend. A function suspends unless all it awaits surely does not."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self._known: dict[int, bool] = {}

    def target(self, node: ast.expr, caller: Function) -> Function | None:
        """The function of this module that a call is of: a method of self, or a function by name."""
        if not isinstance(node, ast.Call):
            return None
        function = node.func
        if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id == caller.self_name:
            return self._module.method(caller.owner, function.attr)
        if isinstance(function, ast.Name) and function.id not in caller.locals:
            return self._module.top.get(function.id)
        return None

    def of_await(self, node: ast.Await, caller: Function) -> bool:
        """Whether an `await` can suspend."""
        target = self.target(node.value, caller)
        if target is not None and target.is_async:
            return self.of_function(target)
        if isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute) and node.value.func.attr == "put":
            owner = caller.owner.name if caller.owner else "module"
            return self._module.kind(owner, ast.unparse(node.value.func.value)) != "queue"
        return True

    def of_enter(self, node: ast.expr) -> bool:
        """Whether entering `async with` this can suspend."""
        if not isinstance(node, ast.Call):
            return True
        name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""
        return name not in _NEVER

    def of_function(self, function: Function) -> bool:
        """Whether awaiting an async function can suspend."""
        known = self._known.get(id(function))
        if known is None:
            self._known[id(function)] = False  # Recursion alone does not suspend.
            known = self._known[id(function)] = is_abstract(function) or self._body_suspends(function)
        return known

    def _body_suspends(self, function: Function) -> bool:
        stack: list[ast.AST] = list(function.node.body)
        while stack:
            node = stack.pop()
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
                continue
            if isinstance(node, ast.Await):
                if self.of_await(node, function):
                    return True
            elif isinstance(node, ast.AsyncWith):
                if any(self.of_enter(item.context_expr) for item in node.items):
                    return True
            elif isinstance(node, _POINTS) or (isinstance(node, ast.comprehension) and node.is_async):
                return True
            stack.extend(ast.iter_child_nodes(node))
        return False


def is_abstract(function: Function) -> bool:
    """Whether the body only stands for one that a subclass gives."""
    body = [each for each in function.node.body if not (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))]
    return all(isinstance(each, ast.Pass | ast.Raise) for each in body)
