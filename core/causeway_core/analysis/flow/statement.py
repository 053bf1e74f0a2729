"""Abstract interpretation of statements: assignments, guards and early exits of one function."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING

from causeway_core.analysis.flow.expression import ExpressionFlow, is_constant
from causeway_core.analysis.flow.graph import NOTHING, FlowGraph, Taint, Usage, as_control
from causeway_core.analysis.flow.scope import Scope
from causeway_core.analysis.source_text import last_name

if TYPE_CHECKING:
    from causeway_core.analysis.flow.program import Functions

_MISSED_BY = {"AttributeError": ("attribute",), "KeyError": ("item", "call"), "IndexError": ("item", "call"), "LookupError": ("item", "call")}
"""By caught exception: the shapes of the reads that raise it for a missing value."""
_EXITS = (ast.Return, ast.Raise, ast.Continue, ast.Break)


class StatementFlow(ExpressionFlow):
    """Interprets one function's body, loops twice, branches joined; everything found goes into the graph."""

    def __init__(self, graph: FlowGraph, functions: Functions, scope: Scope) -> None:
        super().__init__(graph, functions, scope)
        self._breaks: list[set[int]] = []
        self._arguments = scope.arguments

    def run(self) -> None:
        """Interprets the scope."""
        self.guards = frozenset({self.graph.joint("called", self.scope.key) << 1 | 1})
        for name in self.scope.parameters:
            self.environment[name] = frozenset({self.graph.joint("parameter", self.scope.key, name) << 1})
        self.block(self.scope.node.body)

    def block(self, statements: Sequence[ast.stmt]) -> None:
        """Interprets statements in order; what follows a guarded exit is decided by that guard too."""
        before, asserted, acted_on = self.guards, self.asserted, dict(self.acted_on)
        for statement in statements:
            self._statement(statement)
        self.guards, self.asserted, self.acted_on = before, asserted, acted_on

    def _statement(self, node: ast.stmt) -> None:
        method = getattr(self, f"_{type(node).__name__.lower()}_statement", None)
        if method is not None:
            method(node)
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr):
                    self.evaluate(child)

    def _expr_statement(self, node: ast.Expr) -> None:
        self.evaluate(node.value)

    def _assign_statement(self, node: ast.Assign) -> None:
        taint = self.evaluate(node.value)
        for target in node.targets:
            self.assign(target, taint, node.value)

    def _annassign_statement(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.assign(node.target, self.evaluate(node.value), node.value)

    def _augassign_statement(self, node: ast.AugAssign) -> None:
        old = self.evaluate(node.target)
        added = self.evaluate(node.value)
        self.use(node.target, Usage.ARITHMETIC)
        kept = dict(self.environment)
        self.assign(node.target, old | added, None, accumulates=True)
        if isinstance(node.target, ast.Attribute | ast.Subscript):
            # A later read there returns the sum; only the added value is found again through the owner.
            self.environment = kept
            self._into(node.target.value, added)

    def _delete_statement(self, node: ast.Delete) -> None:
        for target in node.targets:
            self.assign(target, NOTHING, None)

    def assign(self, target: ast.expr, taint: Taint, value: ast.expr | None, *, accumulates: bool = False) -> None:
        """`target` gets a value; `accumulates`: the value is computed from its own old value."""
        accumulates = accumulates or (isinstance(value, ast.BinOp) and any(_reads(part, target) for part in (value.left, value.right)))
        constant = is_constant(value)
        match target:
            case ast.Name():
                self.write(target, target.id, "name", taint, constant=constant, accumulates=accumulates)
                self.bind(target.id, taint, value)
            case ast.Tuple() | ast.List():
                parts: Sequence[ast.expr | None] = (
                    value.elts if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts) else [None] * len(target.elts)
                )
                for each, part in zip(target.elts, parts, strict=True):
                    self.assign(each, taint if part is None else self.evaluate(part), part)
            case ast.Starred():
                self.assign(target.value, taint, None)
            case ast.Attribute():
                self.evaluate(target.value)
                number = self.write(target, target.attr, "attribute", taint, constant=constant, accumulates=accumulates)
                if constant or accumulates:
                    self.graph.settle(self.acted_on.get(ast.unparse(target), NOTHING), number)
                self._into(target.value, taint)
                if not accumulates:
                    self.remember(target, taint)
            case ast.Subscript():
                self.evaluate(target.value)
                where = as_control(self.evaluate(target.slice))
                self.changed_through(target.value)
                number = self.write(target, ast.unparse(target.slice)[:40], "item", taint, constant=constant, accumulates=accumulates)
                if constant or accumulates:
                    self.graph.settle(self.acted_on.get(ast.unparse(target), NOTHING), number)
                # A key found by searching until one was free decides what is written, as a guard does.
                self.graph.flow(where, number)
                self._into(target.value, taint)

    def _into(self, owner: ast.expr, taint: Taint) -> None:
        """A value stored in an object that a local names is found again through that local.

        Not through a parameter: those mostly name shared objects, and a write of one attribute would taint all others.
        """
        if isinstance(owner, ast.Name) and owner.id in self.environment and owner.id not in self._arguments:
            self.environment[owner.id] |= taint

    def _return_statement(self, node: ast.Return) -> None:
        taint = self.evaluate(node.value)
        self.graph.sink(taint)
        self.graph.flow(taint | as_control(self.guards), self.graph.joint("result", self.scope.key))

    def _raise_statement(self, node: ast.Raise) -> None:
        self.evaluate(node.exc)
        self.graph.raising_guards.update(code >> 1 for code in self.guards)

    def _assert_statement(self, node: ast.Assert) -> None:
        test = as_control(self.evaluate(node.test))
        self.graph.raising_guards.update(code >> 1 for code in test)
        self.asserted |= test

    def _if_statement(self, node: ast.If) -> None:
        test = self.evaluate(node.test)
        self.graph.sink(test)
        decided = as_control(test)
        before, start = self.guards, dict(self.environment)
        self.guards = before | decided
        self.block(node.body)
        taken = self.environment
        self.environment = start
        self.block(node.orelse)
        self._join(taken)
        self.guards = before
        if _leaves(node.body) or _leaves(node.orelse) or _waits(node.body):
            self.guards |= decided
        elif _acts(node.body):
            self._note_acted_on(node.test, decided)
        if self._breaks and (_breaks(node.body) or _breaks(node.orelse)):
            self._breaks[-1].update(decided)

    def _note_acted_on(self, test: ast.expr, decided: Taint) -> None:
        """Records what an `if` read, for a later change of it: `if not users: await open()`, then `users += 1`."""
        for each in ast.walk(test):
            if isinstance(each, ast.Attribute | ast.Subscript):
                place = ast.unparse(each)
                self.acted_on[place] = self.acted_on.get(place, NOTHING) | decided

    def _while_statement(self, node: ast.While) -> None:
        before = self.guards
        self._breaks.append(set())
        decided = NOTHING
        for _ in range(2):
            start = dict(self.environment)
            decided |= as_control(self.evaluate(node.test))
            self.guards = before | decided
            self.block(node.body)
            self._join(start)
        self.guards = before | decided | frozenset(self._breaks.pop())
        self.block(node.orelse)

    def _for_statement(self, node: ast.For | ast.AsyncFor) -> None:
        before = self.guards
        self._breaks.append(set())
        suspends = isinstance(node, ast.AsyncFor) or any(
            isinstance(each, ast.Await | ast.Yield | ast.AsyncWith | ast.AsyncFor) for part in node.body for each in ast.walk(part)
        )
        source = self.iterate(node.iter, suspends=suspends)
        for _ in range(2):
            start = dict(self.environment)
            self.guards = before | as_control(source)
            self.assign(node.target, source, None)
            self.block(node.body)
            self._join(start)
        self.guards = before | frozenset(self._breaks.pop())
        self.block(node.orelse)

    _asyncfor_statement = _for_statement

    def _with_statement(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            taint = self.evaluate(item.context_expr)
            if item.optional_vars is not None:
                self.assign(item.optional_vars, taint, item.context_expr)
        for statement in node.body:
            self._statement(statement)

    _asyncwith_statement = _with_statement

    def _try_statement(self, node: ast.Try) -> None:
        start, before, missed = dict(self.environment), self.guards, NOTHING
        for statement in node.body:
            self._statement(statement)
        done = self.environment
        for handler in node.handlers:
            absent = self._absent(node.body, handler.type)
            missed |= absent
            self.environment, self.guards = dict(start), before | absent
            self._join(done)
            self.block(handler.body)
            done = _joined(done, self.environment)
        self.environment, self.guards = done, before
        self.block(node.orelse)
        self.block(node.finalbody)
        if _leaves(node.body) or any(_leaves(handler.body) for handler in node.handlers):
            self.guards |= missed

    def _absent(self, body: Sequence[ast.stmt], caught: ast.expr | None) -> Taint:
        """The reads that decide whether a handler runs: those that raise the exception that it catches if the value is missing."""
        names = {name for each in ast.walk(caught) if (name := last_name(each))} if caught is not None else set()
        shapes = {shape for name in names for shape in _MISSED_BY.get(name, ())}
        reads = (each for statement in body for each in ast.walk(statement) if isinstance(each, ast.Attribute | ast.Subscript | ast.Call))
        return as_control(place << 1 for read in reads for shape in shapes for place in self.reads_at(read, shape))

    _trystar_statement = _try_statement

    def _match_statement(self, node: ast.Match) -> None:
        decided = as_control(self.evaluate(node.subject))
        before, start, result = self.guards, dict(self.environment), dict(self.environment)
        for case in node.cases:
            self.environment, self.guards = dict(start), before | decided
            for each in ast.walk(case.pattern):
                if isinstance(each, ast.MatchAs | ast.MatchStar) and each.name:
                    self.environment[each.name] = frozenset(code & ~1 for code in decided)
            self.guards |= as_control(self.evaluate(case.guard))
            self.block(case.body)
            result = _joined(result, self.environment)
        self.environment, self.guards = result, before

    def _join(self, other: dict[str, Taint]) -> None:
        self.environment = _joined(self.environment, other)


def _joined(one: dict[str, Taint], other: dict[str, Taint]) -> dict[str, Taint]:
    return {name: one.get(name, NOTHING) | other.get(name, NOTHING) for name in one.keys() | other.keys()}


def _leaves(statements: Sequence[ast.stmt]) -> bool:
    """Whether a block always ends in return, raise, continue or break."""
    if not statements:
        return False
    last = statements[-1]
    if isinstance(last, ast.If):
        return _leaves(last.body) and _leaves(last.orelse)
    if isinstance(last, ast.With | ast.AsyncWith):
        return _leaves(last.body)
    return isinstance(last, _EXITS)


def _reads(value: ast.expr, target: ast.expr) -> bool:
    """Whether an expression is the old value of a target: the same text, or `d.get(k, …)` for `d[k]`."""
    if ast.unparse(value) == ast.unparse(target):
        return True
    if not (
        isinstance(target, ast.Subscript)
        and isinstance(value, ast.Call)
        and isinstance(value.func, ast.Attribute)
        and value.func.attr == "get"
        and value.args
    ):
        return False
    return ast.unparse(value.func.value) == ast.unparse(target.value) and ast.unparse(value.args[0]) == ast.unparse(target.slice)


def _waits(statements: Sequence[ast.stmt]) -> bool:
    """Whether a block waits for a condition: `if not items: condition.wait()` establishes something for what follows."""
    calls = (each for statement in statements for each in ast.walk(statement) if isinstance(each, ast.Call))
    return any(isinstance(call.func, ast.Attribute) and call.func.attr in ("wait", "wait_for") for call in calls)


def _acts(statements: Sequence[ast.stmt]) -> bool:
    """Whether a block does something that other actors can observe: it calls or awaits."""
    return any(isinstance(each, ast.Call | ast.Await) for statement in statements for each in ast.walk(statement))


def _breaks(statements: Sequence[ast.stmt]) -> bool:
    return any(isinstance(each, ast.Break | ast.Return) for statement in statements for each in ast.walk(statement))
