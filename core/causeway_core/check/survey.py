"""One pass over a module's tree that collects what `Module` holds."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable

from causeway_core.check.locks import is_lock_expression, kind_of_lock
from causeway_core.check.module import CONTAINERS, Class, Function, FunctionNode, Module, Mutation, last_name
from causeway_core.check.mutators import MUTATORS


def survey(tree: ast.Module) -> Module:
    """The module's functions, classes and shared state. Cost: about 2 us a node."""
    visitor = _Survey()
    for node in tree.body:
        visitor.top_level(node)
    visitor.run(tree.body)
    visitor.finish()
    return visitor.module


class _Survey:
    def __init__(self) -> None:
        self.module = Module()
        self._class: Class | None = None
        self._function: Function | None = None
        self._locked = 0
        self._loops: list[frozenset[str]] = []
        self._handed: Counter[tuple[Function | None, str, str, int]] = Counter()
        self._calls: list[tuple[Class, str, bool, bool]] = []

    def top_level(self, node: ast.stmt) -> None:
        """Notes the module's variables: what its statements assign, not what they import or define."""
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign | ast.AugAssign) else []
        for target in targets:
            for name in ast.walk(target):
                if isinstance(name, ast.Name):
                    self.module.variables.add(name.id)

    def run(self, body: list[ast.stmt]) -> None:
        """Visits statements in order."""
        for node in body:
            self._visit(node)

    def finish(self) -> None:
        """Resolves what needs the whole module: calls of methods, and which parameters are handed to several tasks."""
        for owner, name, locked, spawned in self._calls:
            method = self.module.method(owner, name)
            if method is not None:
                method.calls_locked += locked
                method.calls_open += not locked
                method.spawned += spawned
        shared = Counter[tuple[Function | None, str]]()
        for (caller, argument, _, _), times in self._handed.items():
            shared[caller, argument] += times
        for caller, argument, callee, position in self._handed:
            target = self.module.top.get(callee)
            if shared[caller, argument] > 1 and target is not None and position < len(target.parameters):
                target.shared_parameters.add(target.parameters[position])

    def _visit(self, node: ast.AST) -> None:
        method = _VISITS.get(type(node))
        if method is not None:
            method(self, node)
        else:
            self._children(node)

    def _children(self, node: ast.AST) -> None:
        for name in node._fields:
            value = getattr(node, name, None)
            if value.__class__ is list:
                for each in value:
                    if isinstance(each, ast.AST):
                        self._visit(each)
            elif isinstance(value, ast.AST) and not isinstance(value, _LEAVES):
                self._visit(value)

    def _visit_class(self, node: ast.ClassDef) -> None:
        outer, function = self._class, self._function
        self._class = Class(node.name, node, bases=tuple(last_name(base) for base in node.bases))
        self._function = None
        self.module.classes.setdefault(node.name, self._class)
        self.run(node.body)
        self._class, self._function = outer, function

    def _visit_function(self, node: FunctionNode) -> None:
        given = node.args
        names = [each.arg for each in (*given.posonlyargs, *given.args)]
        static = any(last_name(each) == "staticmethod" for each in node.decorator_list)
        is_method = self._class is not None and self._function is None and bool(names) and not static
        parent = self._function
        prefix = f"{parent.qualname}.<locals>." if parent else f"{self._class.name}." if self._class else ""
        own_self = names[0] if is_method else parent.self_name if parent else None
        bound, foreign = _bindings(node)
        function = Function(
            node,
            prefix + node.name,
            self._class,
            own_self,
            parent,
            tuple((names[1:] if is_method else names) + [each.arg for each in given.kwonlyargs]),
            bound,
            foreign,
        )
        self.module.functions.append(function)
        if self._class is not None and parent is None:
            self._class.methods.setdefault(node.name, function)
        elif parent is None:
            self.module.top.setdefault(node.name, function)
        for name in foreign:
            owner = _owner_of_name(function, name)
            self.module.rebound.add((owner, name))
        for each in node.decorator_list:
            self._visit(each)
        locked, loops = self._locked, self._loops
        self._function, self._locked, self._loops = function, 0, []
        self.run(node.body)
        self._function, self._locked, self._loops = parent, locked, loops

    def _visit_with(self, node: ast.With | ast.AsyncWith) -> None:
        locks = sum(is_lock_expression(item.context_expr, self.module, self._owner()) for item in node.items)
        for item in node.items:
            self._visit(item)
        self._locked += locks
        self.run(node.body)
        self._locked -= locks

    def _visit_loop(self, node: ast.For | ast.AsyncFor | ast.While) -> None:
        if isinstance(node, ast.While):
            names: frozenset[str] = frozenset()
        else:
            names = _names(node.target)
            self._visit(node.iter)
            self._visit(node.target)
        self._loops.append(names)
        if isinstance(node, ast.While):
            self._visit(node.test)
        self.run(node.body)
        self._loops.pop()
        self.run(node.orelse)

    def _visit_comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> None:
        names: frozenset[str] = frozenset()
        for each in node.generators:
            names |= _names(each.target)
        self._loops.append(names)
        self._children(node)
        self._loops.pop()

    def _visit_await(self, node: ast.Await) -> None:
        value = node.value
        if isinstance(value, ast.Call):
            self._call(value, awaited=True)
        else:
            self._visit(value)

    def _visit_call(self, node: ast.Call) -> None:
        self._call(node, awaited=False)

    def _call(self, node: ast.Call, *, awaited: bool) -> None:
        function = node.func
        if isinstance(function, ast.Attribute):
            self._method_call(node, function, awaited)
        elif isinstance(function, ast.Name):
            self.module.called.add(function.id)
        if isinstance(function, ast.Name) and not awaited:
            for position, argument in enumerate(node.args):
                if isinstance(argument, ast.Name):
                    repeated = any(argument.id not in names for names in self._loops)
                    self._handed[self._function, argument.id, function.id, position] += 2 if repeated else 1
        self._children(node)

    def _method_call(self, node: ast.Call, function: ast.Attribute, awaited: bool) -> None:
        receiver = function.value
        if isinstance(receiver, ast.Name) and self._is_self(receiver.id) and self._class is not None:
            self._calls.append((self._class, function.attr, self._locked > 0, not awaited))
        if function.attr in MUTATORS and self._function is not None:
            key = self._key(receiver)
            if key is not None:
                self.module.mutations[key].append(Mutation(self._function, function.attr, node))
                self.module.writers[key].add(self._function)

    def _visit_assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            self._assigned(target, node.value, None)
        self._children(node)

    def _visit_annotated(self, node: ast.AnnAssign) -> None:
        self._assigned(node.target, node.value, node.annotation)
        self._visit(node.target)
        if node.value is not None:
            self._visit(node.value)

    def _visit_augmented(self, node: ast.AugAssign) -> None:
        self._assigned(node.target, None, None)
        self._children(node)

    def _visit_delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            self._assigned(target, None, None, operation="del")
        self._children(node)

    def _assigned(self, target: ast.expr, value: ast.expr | None, annotation: ast.expr | None, operation: str = "[]=") -> None:
        if isinstance(target, ast.Tuple | ast.List):
            parts = value.elts if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts) else [None] * len(target.elts)
            for each, part in zip(target.elts, parts, strict=True):
                self._assigned(each, part, None)
            return
        if isinstance(target, ast.Subscript):
            key = self._key(target.value)
            if key is not None and self._function is not None:
                self.module.mutations[key].append(Mutation(self._function, operation, target))
                self.module.writers[key].add(self._function)
            return
        key = self._key(target)
        if key is None:
            return
        if self._function is not None:
            self.module.writers[key].add(self._function)
        kind = _kind(value, annotation)
        if kind is not None:
            self.module.kinds.setdefault(key, kind)
            name = key[1].rpartition(".")[2]
            known = self.module.attribute_kinds.setdefault(name, kind)
            if known != kind:
                self.module.attribute_kinds[name] = None

    def _key(self, node: ast.expr) -> tuple[str, str] | None:
        """The owner and text of a path rooted in self, the class or a global; None for anything else."""
        root = node
        while isinstance(root, ast.Attribute):
            root = root.value
        if not isinstance(root, ast.Name):
            return None
        if self._is_self(root.id) and self._class is not None:
            return (self._class.name, "self" + ast.unparse(node)[len(root.id) :]) if root is not node else None
        if self._function is None:
            if self._class is not None:
                return (self._class.name, f"self.{node.id}") if isinstance(node, ast.Name) else None
            return ("module", root.id) if root is node else None
        return (_owner_of_name(self._function, root.id), ast.unparse(node))

    def _is_self(self, name: str) -> bool:
        return self._function is not None and name == self._function.self_name

    def _owner(self) -> str:
        return self._class.name if self._class is not None else "module"


def _owner_of_name(function: Function, name: str) -> str:
    """The function that binds a name as seen from `function`, or `module`."""
    scope: Function | None = function
    while scope is not None:
        if name in scope.locals:
            return scope.qualname
        scope = scope.parent
    return "module"


def _kind(value: ast.expr | None, annotation: ast.expr | None) -> str | None:
    if isinstance(value, ast.List | ast.ListComp):
        return "list"
    if isinstance(value, ast.Dict | ast.DictComp):
        return "dict"
    if isinstance(value, ast.Set | ast.SetComp):
        return "set"
    if isinstance(value, ast.Call):
        lock = kind_of_lock(value)
        if lock is not None:
            return lock
        found = CONTAINERS.get(last_name(value))
        if found is not None:
            return found
    return CONTAINERS.get(last_name(annotation)) if annotation is not None else None


def _names(target: ast.AST) -> frozenset[str]:
    return frozenset(each.id for each in ast.walk(target) if isinstance(each, ast.Name))


def _bindings(node: FunctionNode) -> tuple[frozenset[str], frozenset[str]]:
    """The names a function binds itself, and those it declares global or nonlocal."""
    given = node.args
    bound = {each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg) if each is not None}
    foreign: set[str] = set()
    stack: list[ast.AST] = list(node.body)
    while stack:
        each = stack.pop()
        kind = type(each)
        if kind is ast.Name:
            if not isinstance(each.ctx, ast.Load):  # type: ignore[attr-defined]
                bound.add(each.id)  # type: ignore[attr-defined]
        elif kind in (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef):
            bound.add(each.name)  # type: ignore[attr-defined]
        elif kind in (ast.Global, ast.Nonlocal):
            foreign.update(each.names)  # type: ignore[attr-defined]
        elif kind is not ast.Lambda:
            if kind is ast.ExceptHandler and each.name:  # type: ignore[attr-defined]
                bound.add(each.name)  # type: ignore[attr-defined]
            stack.extend(_statements_and_targets(each))
    return frozenset(bound - foreign), frozenset(foreign)


def _statements_and_targets(node: ast.AST) -> list[ast.AST]:
    """The children of a statement in which names can be bound."""
    kind = type(node)
    if kind is ast.Expr or kind is ast.Return:
        value = node.value  # type: ignore[attr-defined]
        return [value] if value is not None and _may_bind(value) else []
    return list(ast.iter_child_nodes(node))


def _may_bind(node: ast.expr) -> bool:
    return not isinstance(node, ast.Constant | ast.Name | ast.Attribute)


_LEAVES = (ast.Load, ast.Store, ast.Del, ast.Name, ast.Constant, ast.operator, ast.unaryop, ast.cmpop, ast.boolop)

_VISITS: dict[type, Callable[..., None]] = {
    ast.ClassDef: _Survey._visit_class,
    ast.FunctionDef: _Survey._visit_function,
    ast.AsyncFunctionDef: _Survey._visit_function,
    ast.With: _Survey._visit_with,
    ast.AsyncWith: _Survey._visit_with,
    ast.For: _Survey._visit_loop,
    ast.AsyncFor: _Survey._visit_loop,
    ast.While: _Survey._visit_loop,
    ast.ListComp: _Survey._visit_comprehension,
    ast.SetComp: _Survey._visit_comprehension,
    ast.GeneratorExp: _Survey._visit_comprehension,
    ast.Await: _Survey._visit_await,
    ast.Call: _Survey._visit_call,
    ast.Assign: _Survey._visit_assign,
    ast.AnnAssign: _Survey._visit_annotated,
    ast.AugAssign: _Survey._visit_augmented,
    ast.Delete: _Survey._visit_delete,
}
