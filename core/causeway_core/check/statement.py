"""Abstract interpretation of statements: branches, loops, exits, locks."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence

from causeway_core.check.expression import Expressions, names_in
from causeway_core.check.location import Location, Path
from causeway_core.check.module import Mutation
from causeway_core.check.state import NOTHING, Guard, State, Tokens, Value
from causeway_core.check.suspicion import Suspicion

_VIEWS = frozenset({"items", "keys", "values", "enumerate", "reversed", "zip", "iter"})
_MISSING = frozenset({"KeyError", "AttributeError", "LookupError", "IndexError"})


class Statements(Expressions):
    """Runs the statements of one function. Methods return whether the flow goes on behind the statement."""

    def run(self) -> None:
        """Interprets the whole function."""
        self._breaks: list[list[State]] = []
        self._continues: list[list[State]] = []
        self._body(self.function.node.body)

    def _body(self, statements: Sequence[ast.stmt]) -> bool:
        for statement in statements:
            method = _EXECUTE.get(type(statement))
            if method is None:
                self._other(statement)
            elif not method(self, statement):
                return False
        return True

    def _other(self, node: ast.stmt) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.evaluate(child)

    def _skip(self, node: ast.stmt) -> bool:
        return True

    def _expression(self, node: ast.Expr) -> bool:
        self.evaluate(node.value)
        return True

    def _return(self, node: ast.Return) -> bool:
        if node.value is not None:
            value = self.evaluate(node.value)
            tokens = value.tokens | value.chosen | self.look(node.value, node.value).tokens
            self.results.update(token for token in tokens if token in self.state.fresh)
        return False

    def _raise(self, node: ast.Raise) -> bool:
        self.evaluate(node.exc)
        return False

    def _break(self, node: ast.Break) -> bool:
        if self._breaks:
            self._breaks[-1].append(self.state.copy())
        return False

    def _continue(self, node: ast.Continue) -> bool:
        if self._continues:
            self._continues[-1].append(self.state.copy())
        return False

    def _assign(self, node: ast.Assign) -> bool:
        value = self.evaluate(node.value)
        for target in node.targets:
            self._store(target, value, node.value, node)
        return True

    def _annotated(self, node: ast.AnnAssign) -> bool:
        if node.value is not None:
            self._store(node.target, self.evaluate(node.value), node.value, node)
        return True

    def _augmented(self, node: ast.AugAssign) -> bool:
        target = node.target
        if isinstance(target, ast.Name):
            before = self._name(target)
        elif isinstance(target, ast.Attribute):
            before = self._attribute(target)
        else:
            before = self._subscript(target)
        value = before.joined(self.evaluate(node.value))
        location = self._location(target)
        if location is None:
            if isinstance(target, ast.Name):
                self.state.env[target.id] = value
            return True
        self.write(location, node, value, accumulates=True)
        return True

    def _store(self, target: ast.expr, value: Value, source: ast.expr | None, node: ast.AST) -> None:
        if isinstance(target, ast.Name) and target.id in self.function.locals:
            self.bind(target.id, value)
            return
        if isinstance(target, ast.Tuple | ast.List):
            parts = source.elts if isinstance(source, ast.Tuple | ast.List) and len(source.elts) == len(target.elts) else None
            for number, each in enumerate(target.elts):
                part = value._replace(path=None)
                if parts is not None:
                    part = self.evaluate(parts[number]) if isinstance(parts[number], ast.Constant | ast.Name) else part
                self._store(each, part, parts[number] if parts is not None else None, node)
            return
        if isinstance(target, ast.Starred):
            self._store(target.value, value._replace(path=None), None, node)
            return
        location = self._location(target)
        if location is not None:
            self.write(location, node, value, constant=_is_constant(source), operation="[]=" if location.content else "")

    def _location(self, target: ast.expr) -> Location | None:
        """Where an assignment to `target` goes, None for what is not shared."""
        if isinstance(target, ast.Attribute):
            owner = self._owner_path(target.value)
            return Location(owner.attribute(target.attr)) if owner is not None else None
        if isinstance(target, ast.Subscript):
            owner = self._owner_path(target.value)
            return Location(owner, True, ast.unparse(target.slice), names_in(target.slice)) if owner is not None else None
        if isinstance(target, ast.Name) and target.id in self.function.foreign:
            path = self.outer_path(target.id)
            return Location(path) if path is not None else None
        return None

    def _owner_path(self, node: ast.expr) -> Path | None:
        fresh, stale = set(self.state.fresh), dict(self.state.stale)
        path = self.evaluate(node).path
        self.state.fresh, self.state.stale = fresh, stale
        return path

    def _delete(self, node: ast.Delete) -> bool:
        for target in node.targets:
            location = self._location(target)
            if location is not None:
                self.write(location, node, NOTHING, constant=not location.content, operation="del")
        return True

    def _if(self, node: ast.If) -> bool:
        tokens = self.test(node.test)
        before = self.state.guards
        guard = Guard(tokens, node.test, False)
        other = self.state.copy()
        self.state.guards = (*before, guard)
        goes_on = self._body(node.body)
        then = self.state
        self.state = other
        if node.orelse:
            self.state.guards = (*before, guard)
        else_goes_on = self._body(node.orelse)
        if goes_on and else_goes_on:
            then.guards = self.state.guards = before
            then.merge(self.state)
            self.state = then
        elif goes_on:
            self.state = then
        elif else_goes_on:
            self.state.guards = (*before, guard)
        return goes_on or else_goes_on

    def _loop(self, node: ast.While | ast.For | ast.AsyncFor, head: Callable[[], Tokens], end: Callable[[], None]) -> bool:
        """Runs a loop's body twice: what the first round leaves behind meets the second."""
        before = self.state.guards
        self._breaks.append([])
        self._continues.append([])
        for _ in range(2):
            guard = Guard(head(), node, True)
            self.state.guards = (*before, guard)
            exit_state = self.state.copy()
            goes_on = self._body(node.body)
            continues = self._continues[-1]
            if not goes_on and not continues:
                break
            if not goes_on:
                self.state = continues.pop()
            for each in continues:
                self.state.merge(each)
            continues.clear()
            self.state.guards = before
            end()
            exit_state.guards = before
            self.state.merge(exit_state)
        breaks = self._breaks.pop()
        self._continues.pop()
        forever = isinstance(node, ast.While) and isinstance(node.test, ast.Constant) and bool(node.test.value)
        states = list(breaks)
        if not forever:
            exit_state.guards = before
            self.state.guards = before
            self.state.merge(exit_state)
            states.append(self.state)
        if not states:
            return False
        self.state = states[0]
        self.state.guards = before if not (forever and len(states) == 1) else self.state.guards
        for each in states[1:]:
            each.guards = self.state.guards
            self.state.merge(each)
        return self._body(node.orelse)

    def _while(self, node: ast.While) -> bool:
        return self._loop(node, lambda: self.test(node.test), lambda: None)

    def _for(self, node: ast.For) -> bool:
        source = self.evaluate(node.iter)
        token = -2
        if source.path is not None:
            token = self.reads.number(Location(source.path, True), node.iter)
            self.state.stale.pop(token, None)
            self.state.fresh.add(token)

        def head() -> Tokens:
            self._bind_target(node.target, source)
            return frozenset()

        def end() -> None:
            suspension = self.state.stale.get(token)
            if suspension is not None:
                self._iterates(node, Location(source.path, True), suspension)  # type: ignore[arg-type]

        return self._loop(node, head, end)

    def _iterates(self, node: ast.For, location: Location, suspension: ast.AST) -> None:
        key = ("iterate-await", id(node), location.path.text)
        others = tuple(self._mutations(node, location))
        if others and key not in self.suspicions:
            self.suspicions[key] = Suspicion(  # type: ignore[index]
                "iterate-await", self.function, location, node.iter, suspension, node.iter, self.function, others=others
            )

    def _mutations(self, node: ast.For, location: Location) -> Iterator[Mutation]:
        """What elsewhere breaks an iteration of the location: any change of size of a dict or set, a removal from a list."""
        path = location.path
        kind = self.module.kind_of(path)
        view = isinstance(node.iter, ast.Call) and isinstance(node.iter.func, ast.Attribute) and node.iter.func.attr in _VIEWS
        if kind is None:
            kind = "dict" if view else "list"
        inside = {id(each) for each in ast.walk(node)}
        for mutation in self.module.mutations_of(path):
            if id(mutation.node) in inside or mutation.function is self.function or mutation.function.name in ("__init__", "__new__"):
                continue
            operation = mutation.operation
            if kind == "list" and operation in ("append", "extend", "[]=", "sort", "reverse", "add", "update", "setdefault"):
                continue
            yield mutation

    def _async_for(self, node: ast.AsyncFor) -> bool:
        source = self.evaluate(node.iter)

        def head() -> Tokens:
            self.suspend(node.iter)
            self._bind_target(node.target, Value(weak=source.tokens | source.weak))
            return frozenset()

        return self._loop(node, head, lambda: None)

    def _bind_target(self, target: ast.expr, source: Value) -> None:
        for each in ast.walk(target):
            if isinstance(each, ast.Name):
                path = source.path.item(each.id, frozenset((each.id,))) if source.path is not None else None
                self.bind(each.id, Value(source.tokens, source.weak, path))

    def _with(self, node: ast.With) -> bool:
        held = self.state.held
        taken: set[str] = set()
        for item in node.items:
            self.evaluate(item.context_expr)
            if self.thread_lock(item.context_expr) or self.is_named_lock(item.context_expr):
                taken.add(ast.unparse(item.context_expr))
                self._blocking(item.context_expr, node)
            self._bind_optional(item)
        self.state.held = held | taken
        goes_on = self._body(node.body)
        self.state.held = held
        return goes_on

    def _blocking(self, lock: ast.expr, node: ast.With) -> None:
        """The rule of the blocking lock: an await in the body of a plain `with` on a lock."""
        suspension = self._suspension_in(node.body)
        path = self._owner_path(lock)
        if suspension is None or path is None:
            return
        key = ("blocking-lock", id(node), path.text)
        if key not in self.suspicions:
            self.suspicions[key] = Suspicion(  # type: ignore[index]
                "blocking-lock", self.function, Location(path), lock, suspension, lock, self.function
            )

    def _suspension_in(self, body: Sequence[ast.stmt]) -> ast.AST | None:
        stack: list[ast.AST] = list(reversed(body))
        while stack:
            node = stack.pop()
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
                continue
            if isinstance(node, ast.Await) and self.suspensions.of_await(node, self.function):
                return node
            if isinstance(node, ast.AsyncFor | ast.AsyncWith):
                return node
            stack.extend(reversed(list(ast.iter_child_nodes(node))))
        return None

    def _async_with(self, node: ast.AsyncWith) -> bool:
        held = self.state.held
        suspends = False
        taken: set[str] = set()
        for item in node.items:
            self.evaluate(item.context_expr)
            if self.is_lock(item.context_expr):
                self.suspend(node)
                taken.add(ast.unparse(item.context_expr))
            elif self.suspensions.of_enter(item.context_expr):
                self.suspend(node)
                suspends = True
            self._bind_optional(item)
            self.state.held = held | taken
        goes_on = self._body(node.body)
        self.state.held = held
        if suspends:
            self.suspend(node)
        return goes_on

    def _bind_optional(self, item: ast.withitem) -> None:
        if item.optional_vars is not None:
            for each in ast.walk(item.optional_vars):
                if isinstance(each, ast.Name):
                    self.bind(each.id, NOTHING)

    def _try(self, node: ast.Try | ast.TryStar) -> bool:
        before = self.state.copy()
        goes_on = self._body(node.body)
        after = self.state.copy()
        attempted = self._attempted_reads(node)
        if goes_on:
            goes_on = self._body(node.orelse)
        states = [self.state] if goes_on else []
        for handler in node.handlers:
            self.state = before.copy()
            self.state.merge(after)
            self.state.guards = before.guards
            names = {each.id for each in ast.walk(handler.type) if isinstance(each, ast.Name)} if handler.type is not None else set()
            tokens = attempted if names & _MISSING else frozenset()
            if tokens:
                for token in tokens:
                    if token not in after.stale:
                        self.state.fresh.add(token)
                        self.state.stale.pop(token, None)
                self.state.guards = (*before.guards, Guard(tokens, node, False))
            if handler.name:
                self.bind(handler.name, NOTHING)
            if self._body(handler.body):
                if goes_on:
                    self.state.guards = before.guards
                states.append(self.state)
        if states:
            self.state = states[0]
            for each in states[1:]:
                self.state.merge(each)
        if node.finalbody:
            if not states:
                self.state = after
            self.state.guards = before.guards if not states else self.state.guards
            return self._body(node.finalbody) and bool(states)
        return bool(states)

    def _attempted_reads(self, node: ast.Try | ast.TryStar) -> Tokens:
        """The reads directly in a short try body, which an `except KeyError` checks: `try: return cache[key]`."""
        if len(node.body) > 2:
            return frozenset()
        looked = {id(each) for statement in node.body for each in ast.walk(statement) if isinstance(each, ast.Subscript | ast.Attribute)}
        return frozenset(number for number, read in enumerate(self.reads.list) if id(read.node) in looked)

    def _match(self, node: ast.Match) -> bool:
        tokens = self.test(node.subject)
        before = self.state.guards
        start = self.state
        states: list[State] = []
        for case in node.cases:
            self.state = start.copy()
            self.state.guards = (*before, Guard(tokens, node.subject, False))
            for each in ast.walk(case.pattern):
                name = getattr(each, "name", None)
                if isinstance(name, str):
                    self.bind(name, NOTHING)
            if self._body(case.body):
                states.append(self.state)
        start.guards = before
        for state in states:
            state.guards = before
            start.merge(state)
        self.state = start
        return True


def _is_constant(node: ast.expr | None) -> bool:
    """A literal scalar, or a name in capitals or of an enumeration: a flag's value."""
    if isinstance(node, ast.UnaryOp):
        node = node.operand
    if isinstance(node, ast.Attribute):
        return node.attr.isupper()
    if isinstance(node, ast.Name):
        return node.id.isupper()
    return isinstance(node, ast.Constant)


_EXECUTE: dict[type, Callable[..., bool]] = {
    ast.Expr: Statements._expression,
    ast.Return: Statements._return,
    ast.Raise: Statements._raise,
    ast.Break: Statements._break,
    ast.Continue: Statements._continue,
    ast.Assign: Statements._assign,
    ast.AnnAssign: Statements._annotated,
    ast.AugAssign: Statements._augmented,
    ast.Delete: Statements._delete,
    ast.If: Statements._if,
    ast.While: Statements._while,
    ast.For: Statements._for,
    ast.AsyncFor: Statements._async_for,
    ast.With: Statements._with,
    ast.AsyncWith: Statements._async_with,
    ast.Try: Statements._try,
    ast.TryStar: Statements._try,
    ast.Match: Statements._match,
    ast.FunctionDef: Statements._skip,
    ast.AsyncFunctionDef: Statements._skip,
    ast.ClassDef: Statements._skip,
    ast.Import: Statements._skip,
    ast.ImportFrom: Statements._skip,
    ast.Pass: Statements._skip,
    ast.Global: Statements._skip,
    ast.Nonlocal: Statements._skip,
}
