"""Weaving of statements: lines, bindings, blocks, functions and classes."""

import ast
import sys
from collections.abc import Callable
from typing import Any

from causeway.weave.expressions import Expressions
from causeway.weave.frame import CELL, RETURNED
from causeway.weave.names import NameAnalysis
from causeway.weave.places import NOWHERE, at, attribute_place, first_of
from causeway.weave.private import private_containers
from causeway.weave.sites import SiteTable

StatementVisitor = Callable[[Any], list[ast.stmt]]
SILENT = (ast.Global, ast.Nonlocal)
SIMPLE = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
"""Statements that end with the record of what they bind. That record can carry the next statement's LINE."""


FRAMES_ARE_READ = sys.version_info < (3, 14)
"""Whether `entry` taps read the parameters from the running frame: later versions keep tagged references there."""


def _docstring(body: list[ast.stmt]) -> int:
    """How many statements at the start of a body are its docstring (0 or 1)."""
    first = body[0] if body else None
    return int(isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str))


def _makes_no_code(node: ast.stmt) -> bool:
    if isinstance(node, ast.Delete):
        return all(isinstance(target, (ast.Tuple, ast.List)) and not target.elts for target in node.targets)
    return isinstance(node, SILENT) or (isinstance(node, ast.AnnAssign) and node.value is None and isinstance(node.target, ast.Name))


class Statements(Expressions):
    """Rewrites the statements of a module in place."""

    def __init__(self, table: SiteTable, analysis: NameAnalysis, tapped: bool = False) -> None:
        super().__init__(table, analysis, tapped)
        self._statements: dict[type, StatementVisitor] = {
            getattr(ast, name[6:]): getattr(self, name) for name in dir(self) if name.startswith("_stmt_") and hasattr(ast, name[6:])
        }

    def block(self, body: list[ast.stmt], carrier: int | None = None) -> list[ast.stmt]:
        """Weaves a list of statements; `carrier` is the tap row that runs right before the first."""
        result: list[ast.stmt] = []
        previous: tuple[int, int] | None = None
        for node in body:
            position = (node.lineno, node.col_offset)
            self.line = node.lineno
            if position != previous and not _makes_no_code(node) and not self._needs_no_line(node):
                if carrier is not None:
                    self.table.line_after(carrier, node, self.frame.index)
                else:
                    result.append(self.mark_statement(self.tap("line", "line", node), first_of(node)))
            previous = position
            self.last = None
            visitor = self._statements.get(type(node))
            if visitor is None:
                result.append(self._inside(node))
            else:
                result += visitor(node)
            carrier = self.last if isinstance(node, SIMPLE) else None
        return result

    def _needs_no_line(self, node: ast.stmt) -> bool:
        """Whether the line needs no LINE record: another record of it is certain to follow at once."""
        if isinstance(node, ast.While):
            return not isinstance(node.test, ast.Constant)
        if self.frame.kind in ("module", "class"):
            return False
        if isinstance(node, ast.Assign):
            target = node.targets[0]
            return len(node.targets) == 1 and isinstance(target, ast.Name) and self.meaning(target.id) == "local" and self._harmless(node.value)
        if isinstance(node, ast.Return):
            return not self.frame.held_return and (node.value is None or self._harmless(node.value))
        return False

    def _harmless(self, value: ast.expr) -> bool:
        if isinstance(value, ast.Constant):
            return True
        if isinstance(value, ast.Name):
            names = self.frame.names
            return value.id in names.parameters and value.id not in names.deleted and self.meaning(value.id) == "local"
        return isinstance(value, (ast.List, ast.Dict)) and not (value.elts if isinstance(value, ast.List) else value.values)

    def _stmt_Expr(self, node: ast.Expr) -> list[ast.stmt]:
        node.value = self.expr(node.value)
        return [node]

    def _stmt_Assign(self, node: ast.Assign) -> list[ast.stmt]:
        value, first = node.value, first_of(node.value)
        node.value = self.callback_expr(value)
        if len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            target = node.targets[0]
            wrapped = self.binding_value(target.id, node.value, target, target, first)
            if wrapped is not None:
                self.last = None if wrapped is node.value else self.last
                stored = self._stored_mark(target) if wrapped is not node.value else []
                node.value = wrapped
                return [node, *stored]
        if len(node.targets) == 1 and isinstance(node.targets[0], ast.Attribute) and self._can_keep_store(node.targets[0]):
            node.targets.append(self._stored(node.targets[0]))
            return [node]
        bound: list[tuple[str, Any]] = []
        node.targets = [self.target(target, bound) for target in node.targets]
        slot = self.last if len(node.targets) == 1 and isinstance(node.targets[0], ast.Subscript) else None
        taps = self.bound(bound)
        if self.tapped and taps and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            store = self.gate_mark(len(self.table.taps) - 1, "store", target)
            node.value = self._first_of_several([node.value, store], 0, node.value)
        self.last = self.last if taps else slot
        return [node, *taps]

    def _stored_mark(self, target: ast.Name) -> list[ast.stmt]:
        """Under a forced order: records that a global is bound. Its tap reports that one bytecode too early."""
        if not self.tapped or self.meaning(target.id) != "global":
            return []
        return [at(ast.Expr(value=self.gate_mark(self.last or 0, "stored", target)), target)]

    def _first_of_several(self, values: list[ast.expr], index: int, place: Any) -> ast.expr:
        """`(a, b)[index]`: evaluates another expression before or after a value."""
        several = at(ast.Tuple(elts=values, ctx=ast.Load()), place)
        return at(ast.Subscript(value=several, slice=at(ast.Constant(value=index, kind=None), place), ctx=ast.Load()), place)

    def _can_keep_store(self, target: ast.Attribute) -> bool:
        """Whether a store can stay as it is, with its record after it: its owner is a local name, which was recorded when it was bound."""
        owner = target.value
        return not self.tapped and self.frame.kind not in ("module", "class") and isinstance(owner, ast.Name) and self.meaning(owner.id) == "local"

    def _stored(self, target: ast.Attribute) -> ast.expr:
        """`T[obj]`, to be assigned to after `obj.attr`."""
        placeholder = self.tap("stored", "attr", target, self.mangle(target.attr))
        self.last = len(self.table.taps) - 1
        place = attribute_place(target)
        return self.subscript(placeholder, self.load(target.value.id, place), ast.Store(), place)  # type: ignore[attr-defined]

    def _stmt_AnnAssign(self, node: ast.AnnAssign) -> list[ast.stmt]:
        if node.value is None:
            return [node]
        value, first = node.value, first_of(node.value)
        node.value = self.expr(value)
        if isinstance(node.target, ast.Name):
            wrapped = self.binding_value(node.target.id, node.value, node.target, node.target, first)
            if wrapped is None:
                return [node, *self.bound([(node.target.id, node.target)])]
            node.value = wrapped
        # An annotated target must stay a name, an attribute or an item: `T[obj]: int = v` is one.
        elif isinstance(node.target, ast.Attribute):
            node.target = self.attribute_slot(node.target, ast.Store())  # type: ignore[assignment]
        else:
            node.target = self.item_slot(node.target, ast.Store())  # type: ignore[assignment]
        return [node]

    def _stmt_AugAssign(self, node: ast.AugAssign) -> list[ast.stmt]:
        target = node.target
        bound: list[tuple[str, Any]] = []
        slot: int | None = None
        if isinstance(target, ast.Name):
            bound.append((target.id, target))
        elif isinstance(target, ast.Attribute):
            node.target = self.attribute_slot(target, ast.Store())  # type: ignore[assignment]
            slot = self.last
        else:
            node.target = self.item_slot(target, ast.Store())  # type: ignore[assignment]
            slot = self.last
        shared = isinstance(target, ast.Name) and self.meaning(target.id) in ("global", "cell")
        looked = self._looked_up(node) if shared else []
        node.value = self.expr(node.value)
        taps = self.bound(bound)
        self.last = self.last if taps else slot
        if self.tapped and isinstance(target, ast.Name) and shared:
            return self._marked_augmented_assignment(node, looked, taps, target)
        if looked:
            node.value = self._first_of_several([*looked, node.value], 1, node.value)
        return [node, *taps]

    def _looked_up(self, node: ast.AugAssign) -> list[ast.expr]:
        """The read of `n` in `n += await …`, if it is recorded: other actors may change `n` until it is stored. Otherwise the store suffices."""
        assert isinstance(node.target, ast.Name)
        if not any(isinstance(each, ast.Await) for each in ast.walk(node.value)):
            return []
        name = self.load(node.target.id, node.target)
        woven = self.expr(name)
        return [] if woven is name else [woven]

    def _marked_augmented_assignment(self, node: ast.AugAssign, looked: list[ast.expr], taps: list[ast.stmt], target: ast.Name) -> list[ast.stmt]:
        """Under a forced order: `n += v` of a global or cell, with marks before and after `n` is loaded and before it is stored."""
        row = len(self.table.taps) - 1
        load, loaded, store = (self.gate_mark(row, name, target) for name in ("load", "loaded", "store"))
        node.value = self._first_of_several([loaded, *looked, node.value, store], 1 + len(looked), node.value)
        return [at(ast.Expr(value=load), target), node, *taps]

    def _stmt_Delete(self, node: ast.Delete) -> list[ast.stmt]:
        removed: list[tuple[str, Any]] = []
        node.targets = [self._deleted(target, removed) for target in node.targets]
        return [node, *self.unbound(removed, node)]

    def _deleted(self, node: Any, removed: list[tuple[str, Any]]) -> Any:
        if isinstance(node, ast.Name):
            removed.append((node.id, node))
        elif isinstance(node, (ast.Tuple, ast.List)):
            node.elts = [self._deleted(element, removed) for element in node.elts]
        elif isinstance(node, ast.Attribute):
            return self.attribute_slot(node, ast.Del())
        elif isinstance(node, ast.Subscript):
            return self.item_slot(node, ast.Del())
        return node

    def _stmt_Return(self, node: ast.Return) -> list[ast.stmt]:
        value = node.value
        if self.frame.kind == "async_generator":
            # It may not return a value, so the record is a statement of its own.
            if self.frame.held_return:
                return [node]
            none = at(ast.Constant(value=None, kind=None), node)
            return [at(ast.Expr(value=self.value(self.tap("return", "return", node), none, node)), node), node]
        first = node if value is None else first_of(value)
        woven = at(ast.Constant(value=None, kind=None), node) if value is None else self.callback_expr(value)
        if self.frame.held_return:
            node.value = at(ast.NamedExpr(target=at(ast.Name(id=RETURNED, ctx=ast.Store()), node), value=woven), node)
        else:
            node.value = self.value(self.tap("return", "return", node), woven, node, first)
        return [node]

    def _stmt_If(self, node: ast.If) -> list[ast.stmt]:
        node.test = self.truth(node.test)
        node.body = self.block(node.body)
        node.orelse = self.block(node.orelse)
        return [node]

    def _stmt_While(self, node: ast.While) -> list[ast.stmt]:
        if not isinstance(node.test, ast.Constant):
            test = node.test
            line = self.mark(self.tap("line", "line", node), first_of(test))
            node.test = at(ast.BoolOp(op=ast.And(), values=[line, self.truth(test)]), test)
        self._loop(node, False)
        return [node]

    def _loop(self, node: Any, is_async: bool, carrier: int | None = None) -> None:
        self.frame.loops.append(is_async)
        node.body = self.block(node.body, carrier)
        self.frame.loops.pop()
        node.orelse = self.block(node.orelse)

    def _stmt_For(self, node: ast.For) -> list[ast.stmt]:
        node.iter = self.iterated(node.iter)
        bound: list[tuple[str, Any]] = []
        node.target = self.target(node.target, bound)
        taps = self.bound(bound, "for")
        self._loop(node, False, self.last)
        node.body[:0] = taps
        return [node]

    def _stmt_AsyncFor(self, node: ast.AsyncFor) -> list[ast.stmt]:
        # The loop awaits `__anext__` on its own: it is suspended from the end of one body to the start of the next.
        source, first = node.iter, first_of(node.iter)
        node.iter = self.value(self.tap("await", "await", node.iter), self.expr(source), source, first)
        bound: list[tuple[str, Any]] = []
        node.target = self.target(node.target, bound)
        place = node.target
        taps = [self._resumed(place), *self.bound(bound, "for")]
        self._loop(node, True, self.last)
        node.body[:0] = taps
        node.body.append(self._suspended(place, NOWHERE))
        node.orelse.insert(0, self._resumed(place, NOWHERE))
        return [node]

    def _suspended(self, place: Any, where: Any = None) -> ast.stmt:
        where = where or place
        value = self.value(self.tap("await", "await", place), at(ast.Constant(value=None, kind=None), where), where)
        return at(ast.Expr(value=value), where)

    def _resumed(self, place: Any, where: Any = None) -> ast.stmt:
        where = where or place
        value = self.value(self.tap("resume", "resume", place), at(ast.Constant(value=None, kind=None), where), where)
        return at(ast.Expr(value=value), where)

    def _stmt_Continue(self, node: ast.Continue) -> list[ast.stmt]:
        loops = self.frame.loops
        return [self._suspended(node), node] if loops and loops[-1] else [node]

    def _items(self, node: Any) -> list[ast.stmt]:
        bound: list[tuple[str, Any]] = []
        for item in node.items:
            item.context_expr = self.expr(item.context_expr)
            if item.optional_vars is not None:
                item.optional_vars = self.target(item.optional_vars, bound)
        return self.bound(bound, "with")

    def _stmt_With(self, node: ast.With) -> list[ast.stmt]:
        taps = self._items(node)
        node.body = taps + self.block(node.body, self.last)
        return [node]

    def _stmt_AsyncWith(self, node: ast.AsyncWith) -> list[ast.stmt]:
        # `__aenter__` and `__aexit__` are awaited without an `await` that could be tapped.
        item = node.items[0]
        place, first = item.context_expr, first_of(item.context_expr)
        taps = self._items(node)
        item.context_expr = self.value(self.tap("await", "await", place), item.context_expr, place, first)
        node.body = [self._resumed(place), *taps, *self.block(node.body), self._suspended(place, NOWHERE)]
        return [node, self._resumed(place, NOWHERE)]

    def _stmt_Try(self, node: Any) -> list[ast.stmt]:
        node.body = self.block(node.body)
        for handler in node.handlers:
            taps = [self.mark_statement(self.tap("handler", "handler", handler), handler)]
            removed: list[ast.stmt] = []
            self.last = None
            if handler.name:
                taps += self.bound([(handler.name, handler)])
                removed = self.unbound([(handler.name, handler)], NOWHERE)
            handler.body = taps + self.block(handler.body, self.last) + removed
        node.orelse = self.block(node.orelse)
        if node.finalbody:
            place = first_of(node.finalbody[0])
            tap = self.mark_statement(self.tap("handler", "handler", node.finalbody[0]), place)
            node.finalbody = [tap, *self.block(node.finalbody)]
        return [node]

    _stmt_TryStar = _stmt_Try

    def _stmt_Match(self, node: ast.Match) -> list[ast.stmt]:
        node.subject = self.expr(node.subject)
        for case in node.cases:
            names: dict[str, Any] = {}
            for pattern in ast.walk(case.pattern):
                name = getattr(pattern, "rest" if isinstance(pattern, ast.MatchMapping) else "name", None)
                if name is not None:
                    names.setdefault(name, pattern)
            if case.guard is not None:
                case.guard = self.truth(case.guard)
            taps = self.bound(list(names.items()))
            case.body = taps + self.block(case.body, self.last)
        return [node]

    def _stmt_Import(self, node: Any) -> list[ast.stmt]:
        names = [(a.asname or (a.name if isinstance(node, ast.ImportFrom) else a.name.partition(".")[0]), node) for a in node.names if a.name != "*"]
        return [node, *self.bound(names)]

    _stmt_ImportFrom = _stmt_Import

    def _stmt_TypeAlias(self, node: Any) -> list[ast.stmt]:
        return [node, *self.bound([(node.name.id, node.name)])]

    def _named(self, node: Any, place: Any) -> list[ast.stmt]:
        """Records the binding of a `def` or `class`; in a class body by an outermost decorator, because reading the namespace back may run code."""
        decorator = at(ast.Pass(), node.decorator_list[0]) if node.decorator_list else place
        decorator.end_lineno, decorator.end_col_offset = decorator.lineno, decorator.col_offset + 1
        if self.frame.kind != "class" or first_of(node).lineno != decorator.lineno:
            return [node, *self.bound([(node.name, place)])]
        placeholder = self.tap("walrus", "local", place, node.name)
        self.last = None
        constant = at(ast.Constant(value=placeholder, kind=None), decorator)
        node.decorator_list.insert(0, at(ast.Attribute(value=constant, attr="__matmul__", ctx=ast.Load()), decorator))
        return [node]

    def _header(self, node: Any) -> Any:
        """The place of `def f` or `class C` without its body."""
        place = ast.Pass()
        place.lineno = place.end_lineno = node.lineno
        place.col_offset = node.col_offset
        place.end_col_offset = node.col_offset + 1
        return place

    def _stmt_FunctionDef(self, node: Any) -> list[ast.stmt]:
        node.args.defaults = self.exprs(node.args.defaults)
        node.args.kw_defaults = self.exprs(node.args.kw_defaults)
        place = self._header(node)
        names = self.analysis.scopes[id(node)]
        outer_frame, outer_names = self.frame, self.names
        kind = "function"
        if isinstance(node, ast.AsyncFunctionDef):
            kind = "async_generator" if names.yields else "coroutine"
        elif names.yields:
            kind = "generator"
        self.enter(node, kind, node.name, names)
        outside = names.bound & (set(names.parameters) | names.shared | names.deleted)
        self.frame.containers = private_containers(node, outside, self.analysis.module.bound)
        self.frame.held_return = names.guarded_return and not names.reflective
        self._body(node, place)
        self.frame, self.names = outer_frame, outer_names
        return self._named(node, place)

    _stmt_AsyncFunctionDef = _stmt_FunctionDef

    def _body(self, node: Any, place: Any) -> None:
        names = self.frame.names
        doc = _docstring(node.body)
        documentation, body = node.body[:doc], node.body[doc:]
        first = next((first_of(statement) for statement in body if not _makes_no_code(statement)), NOWHERE)
        parameters: list[tuple[str, Any]] = [(a.arg, a) for a in self._parameters(node.args)]
        at_once = all(self.meaning(name) == "local" for name, _ in parameters)
        tap = self.entry_taps(place, parameters if at_once else [])
        carrier: int | None = len(self.table.taps) - 2
        entry = [self._enter_statement(tap, parameters if at_once else [], first)]
        if names.shared and not names.reflective:
            for name in sorted(names.shared):
                cell = self.mark(self.tap("newcell", "cell", place, name), first)
                entry.append(at(ast.Assign(targets=[at(ast.Name(id=CELL + name, ctx=ast.Store()), first)], value=cell), first))
        if not at_once:
            entry += [self._relocated(statement, first) for statement in self.bound(parameters, "param")]
            carrier = self.last
        end = self.tap("return", "return", place)
        if self.frame.held_return:
            body = entry + self._held(self.block(body, carrier), end, first)
        else:
            body = [*entry, *self.block(body, carrier), self.mark_statement(end, NOWHERE)]
        node.body = documentation + body + self._static_attributes()

    def _enter_statement(self, tap: str, parameters: list[tuple[str, Any]], place: Any) -> ast.stmt:
        """`~T`, or `del T[a]` and `del T[a, b]` where the tap cannot find the parameters in the frame itself."""
        if not parameters or (FRAMES_ARE_READ and not self.tapped):
            return self.mark_statement(tap, place)
        loads = [self.load(name, place) for name, _ in parameters]
        return self.observe(tap, loads[0] if len(loads) == 1 else at(ast.Tuple(elts=loads, ctx=ast.Load()), place), place)

    def _held(self, body: list[ast.stmt], end: str, first: Any) -> list[ast.stmt]:
        """A body whose `return` values wait in a hidden variable, so that RETURN is recorded after the `finally` and `with` blocks ran.

        The exceptional copy of this `finally` never runs: `unwind.add_handler` sends its exceptions to the unwind handler.
        """
        def forget(where: Any) -> ast.stmt:
            target = at(ast.Name(id=RETURNED, ctx=ast.Store()), where)
            return at(ast.Assign(targets=[target], value=at(ast.Constant(value=None, kind=None), where)), where)

        returned = self.value(end, at(ast.Name(id=RETURNED, ctx=ast.Load()), NOWHERE), NOWHERE)
        final = at(ast.Expr(value=returned), NOWHERE)
        return [forget(first), at(ast.Try(body=[*body, forget(NOWHERE)], handlers=[], orelse=[], finalbody=[final]), NOWHERE)]

    def _parameters(self, args: ast.arguments) -> list[ast.arg]:
        """In the order of the frame's local variables."""
        result = [*args.posonlyargs, *args.args, *args.kwonlyargs, *([args.vararg] if args.vararg else [])]
        return result + ([args.kwarg] if args.kwarg else [])

    def _relocated(self, statement: ast.stmt, place: Any) -> ast.stmt:
        for node in ast.walk(statement):
            if isinstance(node, (ast.expr, ast.stmt)):
                at(node, place)
        return statement

    def _static_attributes(self) -> list[ast.stmt]:
        """Dead code after a `return`, with the body's assignments: from 3.13 the compiler collects `self.x = …` into `__static_attributes__`."""
        names = self.frame.names.self_attributes
        if not names or sys.version_info < (3, 13):
            return []
        targets: list[ast.expr] = []
        for name in names:
            owner = at(ast.Name(id="self", ctx=ast.Load()), NOWHERE)
            targets.append(at(ast.Attribute(value=owner, attr=name, ctx=ast.Store()), NOWHERE))
        return [at(ast.Return(value=None), NOWHERE), at(ast.Assign(targets=targets, value=self.nothing()), NOWHERE)]

    def _stmt_ClassDef(self, node: Any) -> list[ast.stmt]:
        place = self._header(node)
        outer_frame, outer_names = self.frame, self.names
        self.enter(node, "class", node.name, self.analysis.scopes[id(node)])
        self._straight(node, place)
        self.frame, self.names = outer_frame, outer_names
        return self._named(node, place)

    def _straight(self, node: Any, place: Any) -> None:
        """Weaves the body of a class or module: it is entered once and cannot return."""
        skip = _docstring(node.body)
        while skip < len(node.body) and isinstance(node.body[skip], ast.ImportFrom) and node.body[skip].module == "__future__":
            skip += 1
        leading, body = node.body[:skip], node.body[skip:]
        first = next((first_of(statement) for statement in body if not _makes_no_code(statement)), NOWHERE)
        entry = self.mark_statement(self.entry_taps(place, []), first)
        carrier = len(self.table.taps) - 2
        end = self.mark_statement(self.tap("return", "return", place), NOWHERE)
        node.body = [*leading, entry, *self.block(body, carrier), end]

    def weave_module(self, tree: ast.Module, last_line: int) -> None:
        """Weaves a whole module in place; function 0 is its body."""
        place = at(ast.Pass(), NOWHERE)
        place.lineno = place.end_lineno = 1
        place.col_offset = place.end_col_offset = 0
        local = sorted(name for name in self.analysis.module.bound if not name.startswith("@"))
        self.frame.index = self.table.function("<module>", 1, last_line, "module", local)
        self._straight(tree, place)
