"""Abstract interpretation of expressions, in the order in which Python evaluates them."""

from __future__ import annotations

import ast
from collections.abc import Callable

from causeway_core.check.location import Location, Path, touches
from causeway_core.check.locks import is_lock_expression
from causeway_core.check.module import Function, last_name
from causeway_core.check.mutators import LOOKING, MUTATORS, REMOVING
from causeway_core.check.state import NONE, NOTHING, VALIDATED, Tokens, Value
from causeway_core.check.writes import Writes

_COPYING = frozenset(
    {"list", "tuple", "set", "frozenset", "dict", "sorted", "sum", "len", "max", "min", "int", "float", "str", "bytes", "bool", "abs", "round"}
)
_COPYING_METHODS = frozenset({"copy", "get", "items", "keys", "values", "format", "join", "split", "strip", "replace", "union", "index", "count"})
_ELSEWHERE = frozenset({"to_thread", "run_in_executor", "run_sync", "run_in_threadpool"})
"""Awaited calls that compute with what they are given, on another thread."""
_PASSING = frozenset({"enumerate", "reversed", "zip", "iter", "map", "filter"})
_CHOOSING = frozenset({"max", "min"})


class Expressions(Writes):
    """Evaluates expressions over `self.state`."""

    def evaluate(self, node: ast.expr | None) -> Value:
        """The value of an expression; awaits and changes on the way act on the state."""
        if node is None:
            return NOTHING
        method = _EVALUATE.get(type(node))
        return method(self, node) if method is not None else self._children(node)

    def _children(self, node: ast.AST) -> Value:
        tokens, weak, chosen = NONE, NONE, NONE
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                value = self.evaluate(child)
            elif isinstance(child, ast.keyword | ast.FormattedValue | ast.Slice):
                value = self._children(child)
            else:
                continue
            tokens |= value.tokens
            weak |= value.weak
            chosen |= value.chosen
        return Value(tokens, weak, None, chosen)

    def _constant(self, node: ast.Constant) -> Value:
        return NOTHING

    def _lambda(self, node: ast.Lambda) -> Value:
        value = self._children(node.body) if not isinstance(node.body, ast.Name) else NOTHING
        return Value(value.tokens, value.weak)

    def _name(self, node: ast.Name) -> Value:
        function, name = self.function, node.id
        if name == function.self_name:
            return Value(path=self.self_path)
        if name in function.locals:
            known = self.state.env.get(name)
            if known is not None:
                return known
            return Value(path=Path(function.qualname, name, frozenset(), "parameter")) if name in self.parameters else NOTHING
        path = self.outer_path(name)
        if path is None:
            return NOTHING
        return self.read(Location(path), node) if (path.owner, name) in self.module.rebound else Value(path=path)

    def _attribute(self, node: ast.Attribute) -> Value:
        owner = self.evaluate(node.value)
        if owner.path is None:
            return Value(owner.tokens, owner.weak, None, owner.chosen)
        return self.read(Location(owner.path.attribute(node.attr)), node)

    def _subscript(self, node: ast.Subscript) -> Value:
        owner = self.evaluate(node.value)
        key = self.evaluate(node.slice)
        if owner.path is None:
            return Value(owner.tokens | key.tokens, owner.weak | key.weak, None, owner.chosen)
        return self.read_item(owner.path, node.slice, node)

    def read(self, location: Location, node: ast.AST) -> Value:
        """A read of the location; the value is the shared thing itself."""
        token = self.reads.number(location, node)
        self.state.stale.pop(token, None)
        self.state.fresh.add(token)
        return Value(frozenset((token,)), NONE, None if location.content else location.path)

    def read_item(self, owner: Path, key: ast.expr, node: ast.AST) -> Value:
        """A read of what a container holds under a key."""
        text = ast.unparse(key)
        names = names_in(key)
        value = self.read(Location(owner, True, text, names), node)
        return value._replace(path=owner.item(text, names))

    def read_content(self, owner: Path, node: ast.AST) -> Value:
        """A look at a container as a whole."""
        return self.read(Location(owner, True), node)

    def _await(self, node: ast.Await) -> Value:
        inner = node.value
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute) and inner.func.attr == "acquire" and self.is_lock(inner.func.value):
            self.evaluate(inner.func.value)
            self.state.suspend(node)
            self.state.held |= {ast.unparse(inner.func.value)}
            return NOTHING
        value = self._call(inner, awaited=node) if isinstance(inner, ast.Call) else self.evaluate(inner)
        if self.suspensions.of_await(node, self.function):
            self.suspend(node)
        if not isinstance(inner, ast.Call):
            return value._replace(path=None)
        if last_name(inner.func) in _ELSEWHERE:
            return Value(value.tokens | value.weak, NONE, None, value.chosen)
        return Value(NONE, value.tokens | value.weak, None, value.chosen)

    def _yield(self, node: ast.Yield) -> Value:
        self.evaluate(node.value)
        if self.function.is_async:
            self.suspend(node)
        return NOTHING

    def is_lock(self, node: ast.expr) -> bool:
        """Whether an expression is a lock."""
        return is_lock_expression(node, self.module, self.owner)

    def _call(self, node: ast.Call, awaited: ast.Await | None = None) -> Value:
        function = node.func
        target = self.suspensions.target(node, self.function)
        if isinstance(function, ast.Attribute):
            if target is None:
                return self._method(node, function, awaited)
            self.evaluate(function.value)
            given = self._arguments(node)
        else:
            given = self.evaluate(function).joined(self._arguments(node)) if not isinstance(function, ast.Name) else self._arguments(node)
        if target is not None:
            return self._helper(node, target, given, awaited)
        name = function.id if isinstance(function, ast.Name) else ""
        if name in ("hasattr", "getattr") and len(node.args) > 1 and isinstance(node.args[1], ast.Constant):
            owner = self.evaluate(node.args[0])
            return self.read(Location(owner.path.attribute(str(node.args[1].value))), node) if owner.path is not None else owner
        if name == "len" and node.args:
            return given.joined(self.look(node.args[0], node))
        if name in _COPYING:
            chosen = given.tokens if name in _CHOOSING else NONE
            return Value(given.tokens, given.weak, None, given.chosen | chosen)
        if name in _PASSING and node.args:
            return given._replace(path=self.evaluate(node.args[-1] if name in ("map", "filter") else node.args[0]).path)
        return Value(NONE, given.tokens | given.weak, None, given.chosen)

    def _arguments(self, node: ast.Call) -> Value:
        given = NOTHING
        for argument in node.args:
            given = given.joined(self.evaluate(argument))
        for keyword in node.keywords:
            given = given.joined(self.evaluate(keyword.value))
        return given

    def _method(self, node: ast.Call, function: ast.Attribute, awaited: ast.Await | None) -> Value:
        name = function.attr
        receiver = self.evaluate(function.value)
        given = self._arguments(node)
        if name == "release" and self.is_lock(function.value):
            self.state.held -= {ast.unparse(function.value)}
            return NOTHING
        if name == "acquire" and awaited is None and self.thread_lock(function.value):
            self.state.held |= {ast.unparse(function.value)}
        path = receiver.path
        if path is None or awaited is not None:
            return Value(receiver.tokens if name in _COPYING_METHODS else NONE, receiver.tokens | receiver.weak | given.tokens | given.weak)
        kind = self.module.kind_of(path)
        key = node.args[0] if node.args else None
        if name in LOOKING:
            value = self.read_item(path, key, node) if name == "get" and key is not None else self.read_content(path, node)
            return value if name in ("get", "items", "keys", "values") and name == "get" else value._replace(path=path if name != "copy" else None)
        if name in MUTATORS and kind is not None:
            keyed = key is not None and name not in ("extend", "update", "insert") and not (name == "pop" and kind in ("list", "deque"))
            text = ast.unparse(key) if keyed and key is not None else None
            location = Location(path, True, text, names_in(key) if keyed and key is not None else frozenset())
            forgiving = len(node.args) > 1 and name == "pop"
            self.write(location, node, given, operation="discard" if forgiving else name)
            if name in REMOVING or name == "setdefault":
                return Value(path=path.item(text or "…", location.names)) if text else NOTHING
            return NOTHING
        return Value(receiver.tokens, receiver.weak | given.tokens | given.weak)

    def _helper(self, node: ast.Call, target: Function, given: Value, awaited: ast.Await | None) -> Value:
        """A call of a function of this module, taken by its summary."""
        if target.is_async and awaited is None:
            return NOTHING
        summary = self.summarize(target)
        suspends = awaited is not None and self.suspensions.of_function(target)
        for effect in summary.effects:
            self.helper_write(effect, node)
        if suspends:
            self.suspend(awaited or node)
        for effect in summary.effects:
            self.forget(effect.location)
        tokens = NONE
        for location in summary.result:
            tokens |= self.read(location, node).tokens
        return Value(tokens, given.tokens | given.weak)

    def look(self, node: ast.expr, at: ast.expr) -> Value:
        """A test of a container as a whole, where `node` is one."""
        path = self._path_of(node)
        if path is None or self.module.kind_of(path) not in ("list", "dict", "set", "deque"):
            return NOTHING
        return self.read_content(path, at)

    def _path_of(self, node: ast.expr) -> Path | None:
        if not isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
            return None
        return self.evaluate(node).path

    def test(self, node: ast.expr) -> Tokens:
        """The reads that a condition looks at."""
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return self.test(node.operand)
        if isinstance(node, ast.BoolOp):
            tokens = NONE
            for each in node.values:
                tokens |= self.test(each)
            return tokens
        value = self.evaluate(node)
        return value.tokens | value.chosen | self.look(node, node).tokens

    def _compare(self, node: ast.Compare) -> Value:
        left = self.evaluate(node.left)
        tokens, weak = left.tokens, left.weak
        for operator, right in zip(node.ops, node.comparators, strict=True):
            compared = self.evaluate(right)
            if isinstance(operator, ast.In | ast.NotIn) and compared.path is not None:
                compared = self.read_item(compared.path, node.left, node)
            elif isinstance(operator, ast.Eq | ast.NotEq | ast.Is | ast.IsNot) and self._validates(tokens, compared.tokens):
                self.state.fresh.add(VALIDATED)
                tokens |= {VALIDATED}
            tokens |= compared.tokens
            weak |= compared.weak
        return Value(tokens, weak)

    def _validates(self, one: Tokens, other: Tokens) -> bool:
        """Whether a place is compared with what it was before the await."""
        for left, right in ((one, other), (other, one)):
            for old in left:
                if old in self.state.stale and old >= 0:
                    place = self.reads.location(old)
                    if any(new in self.state.fresh and new >= 0 and touches(self.reads.location(new), place) for new in right):
                        return True
        return False

    def _boolop(self, node: ast.BoolOp) -> Value:
        value = self.evaluate(node.values[0])
        tested = value.tokens | self.look(node.values[0], node.values[0]).tokens
        for each in node.values[1:]:
            value = value.joined(self.evaluate(each))
            value = value._replace(chosen=value.chosen | tested)
        return Value(value.tokens - tested, value.weak, None, value.chosen | tested)

    def _ifexp(self, node: ast.IfExp) -> Value:
        tested = self.test(node.test)
        value = self.evaluate(node.body).joined(self.evaluate(node.orelse))
        return Value(value.tokens - tested, value.weak, None, value.chosen | tested)

    def _namedexpr(self, node: ast.NamedExpr) -> Value:
        value = self.evaluate(node.value)
        if isinstance(node.target, ast.Name):
            self.bind(node.target.id, value)
        return value

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> Value:
        tokens, weak = NONE, NONE
        outer = dict(self.state.env)
        for generator in node.generators:
            source = self.evaluate(generator.iter)
            if source.path is not None:
                source = source.joined(self.read_content(source.path, generator.iter))
            if generator.is_async:
                self.suspend(generator.iter)
            for each in ast.walk(generator.target):
                if isinstance(each, ast.Name):
                    self.state.env[each.id] = Value(source.tokens)
            tokens |= source.tokens
            for condition in generator.ifs:
                tokens |= self.test(condition)
        parts = (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,)
        for part in parts:
            value = self.evaluate(part)
            tokens |= value.tokens
            weak |= value.weak
        self.state.env = outer
        return Value(tokens, weak)


def names_in(node: ast.AST) -> frozenset[str]:
    """The names an expression mentions."""
    if isinstance(node, ast.Constant):
        return frozenset()
    if isinstance(node, ast.Name):
        return frozenset((node.id,))
    return frozenset(each.id for each in ast.walk(node) if isinstance(each, ast.Name))


_EVALUATE: dict[type, Callable[..., Value]] = {
    ast.Constant: Expressions._constant,
    ast.Lambda: Expressions._lambda,
    ast.Name: Expressions._name,
    ast.Attribute: Expressions._attribute,
    ast.Subscript: Expressions._subscript,
    ast.Await: Expressions._await,
    ast.Yield: Expressions._yield,
    ast.Call: Expressions._call,
    ast.Compare: Expressions._compare,
    ast.BoolOp: Expressions._boolop,
    ast.IfExp: Expressions._ifexp,
    ast.NamedExpr: Expressions._namedexpr,
    ast.ListComp: Expressions._comprehension,
    ast.SetComp: Expressions._comprehension,
    ast.GeneratorExp: Expressions._comprehension,
    ast.DictComp: Expressions._comprehension,
}
