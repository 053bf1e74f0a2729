"""Weaving of expressions: reads, calls, suspensions and functions without a name."""

import ast
import copy
import sys
from collections.abc import Callable
from typing import Any, cast

from causeway.weave.frame import CELL, LITERALS, Frame, Taps
from causeway.weave.lift import LIFTED, LOOKUPS, READS, worth_lifting
from causeway.weave.names import NameAnalysis
from causeway.weave.places import JUMPS_SIT_AT_STATEMENT, at, attribute_place, first_of
from causeway.weave.sites import SiteTable

METHODS = frozenset(
    "append extend insert remove pop popleft appendleft extendleft rotate clear sort reverse add discard update setdefault popitem "
    "get copy items keys values index count union intersection difference symmetric_difference issubset issuperset isdisjoint "
    "difference_update intersection_update symmetric_difference_update move_to_end "
    "__setitem__ __delitem__ __getitem__ __contains__".split()
)
READERS = frozenset("len list sorted sum min max any all tuple set frozenset dict enumerate iter reversed next zip".split())
LOOKS = frozenset(("hasattr", "getattr"))
"""Functions that read an attribute by its name."""
BY_NAME = frozenset(("getattr", "hasattr", "setattr", "delattr"))
"""Functions that set or delete an attribute by its name."""
CONSUMERS = frozenset("sum min max any all list tuple set frozenset dict sorted".split())
MUTATED = {
    "heapq": frozenset("heappush heappop heapify heapreplace heappushpop".split()),
    "bisect": frozenset("insort insort_left insort_right".split()),
    "random": frozenset(("shuffle",)),
}
REFERENCES = (ast.Name, ast.Attribute)
CONTAINERS = (ast.Name, ast.Attribute, ast.Subscript)
VIEWS = frozenset(("items", "keys", "values"))

Visitor = Callable[[Any], Any]


def _is_super(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"


def _names_attribute(node: ast.Call) -> bool:
    """Whether a call's arguments are an object and a literal attribute name."""
    plain = len(node.args) in (2, 3) and not node.keywords and not any(isinstance(each, ast.Starred) for each in node.args)
    name = node.args[1] if plain else None
    return isinstance(name, ast.Constant) and isinstance(name.value, str) and name.value.isidentifier() and not name.value.startswith("__")


def _may_name_attribute(node: ast.Call) -> bool:
    """Whether a call's arguments are an object and what may be an attribute name. Names that Python itself gives a meaning do not count."""
    plain = len(node.args) in (2, 3) and not node.keywords and not any(isinstance(each, ast.Starred) for each in node.args)
    name = node.args[1] if plain else None
    return plain and not (isinstance(name, ast.Constant) and str(name.value).startswith("__"))


def _method_site(name: str) -> str:
    return "contains" if name == "__contains__" else "method"


def key_text(node: ast.expr) -> str | None:
    """Source text of a short key expression, for the site table."""
    if isinstance(node, ast.Constant):
        return repr(node.value)[:40]
    return node.id if isinstance(node, ast.Name) and not node.id.startswith("@") else None


class Expressions(Taps):
    """Rewrites expression trees in place and returns the node that replaces the old one."""

    def __init__(self, table: SiteTable, analysis: NameAnalysis, tapped: bool = False) -> None:
        super().__init__(table, analysis, tapped)
        self._visitors: dict[type, Visitor] = {
            getattr(ast, name[6:]): getattr(self, name) for name in dir(self) if name.startswith("_expr_") and hasattr(ast, name[6:])
        }
        self.line = 0
        self._builtin_names = READERS - analysis.module.bound
        self._looks = LOOKS - analysis.module.bound
        self._by_name = BY_NAME - analysis.module.bound
        self._stdlib_modules = {name for name in analysis.imported if name in sys.stdlib_module_names}

    def expr(self, node: Any) -> Any:
        """Weaves one expression."""
        if self.lifting and isinstance(node, LIFTED):
            lifted = self._lifted(node, self.expr)
            if lifted is not None:
                return lifted
        visitor = self._visitors.get(type(node))
        return visitor(node) if visitor is not None else self._inside(node)

    def _lifted(self, node: Any, weave: Visitor) -> ast.expr | None:
        """`E′ if ~T else E`, or None where that is not possible or not worth it."""
        first = first_of(node)
        if (JUMPS_SIT_AT_STATEMENT and first.lineno != self.line) or not worth_lifting(node, self._weight):
            return None
        plain = copy.deepcopy(node)
        rows = self.table.taps
        before = len(rows)
        self.lifting = False
        woven: ast.expr = weave(node)
        self.lifting = True
        if len(rows) == before or any(row[0] not in READS for row in rows[before:]):
            return woven
        test = self.mark(self.table.tap("shared", rows[before][1]), first)
        return at(ast.IfExp(test=test, body=woven, orelse=plain), first)

    def _weight(self, node: ast.AST) -> int:
        """The cost of recording the read `node`: 0 (nothing), 1 or 2; -1 where more than a read is recorded."""
        if isinstance(node, ast.Attribute):
            return int(not (self._silent_owner(node.value) or (node.attr.startswith("__") and node.attr.endswith("__"))))
        if isinstance(node, ast.Subscript):
            return 0 if isinstance(node.value, LITERALS) or self.is_private(node.value) else 2
        if isinstance(node, ast.Name):
            if node.id in self.shared_globals:
                return int(self.frame.kind != "module" and self.meaning(node.id) == "global")
            return 2 * int(self.has_cells and node.id[0] not in "_@" and self.meaning(node.id) == "cell")
        if isinstance(node, ast.Compare):
            return 2 * int(len(node.ops) == 1 and isinstance(node.ops[0], (ast.In, ast.NotIn)))
        return self._weight_of_call(node) if isinstance(node, ast.Call) else 0

    def _weight_of_call(self, node: ast.Call) -> int:
        func = node.func
        if isinstance(func, ast.Attribute):
            if isinstance(func.value, ast.Name) and func.value.id in self.analysis.imported:
                return -1 if func.attr in MUTATED.get(func.value.id, ()) else 0
            if func.attr not in METHODS or self._silent_owner(func.value):
                return int(self._calls_value(func))
            return 2 if func.attr in LOOKUPS else -1
        if isinstance(func, ast.Name) and (self._mutated_function(func) or func.id == "exec"):
            return -1
        return 0

    def callback_expr(self, node: ast.expr) -> Any:
        """Weaves an expression whose value may be called later, by other code: `submit(table.update, …)`, `push = items.append`."""
        if isinstance(node, (ast.Tuple, ast.List)) and any(map(self._is_method, node.elts)):
            node.elts = [self.callback_expr(each) for each in node.elts]
            return node
        if not self._is_method(node):
            return self.expr(node)
        assert isinstance(node, ast.Attribute)
        placeholder = self.tap("bound", _method_site(node.attr), node, node.attr)
        return self.value(placeholder, self._expr_Attribute(node), node, first_of(node))

    def _is_method(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Attribute) and node.attr in METHODS and not self._silent_owner(node.value)

    def exprs(self, nodes: list[Any]) -> list[Any]:
        """Weaves a list of expressions; None stays None."""
        return [node if node is None else self.expr(node) for node in nodes]

    def _inside(self, node: Any) -> Any:
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, list):
                value[:] = [self.expr(item) if isinstance(item, (ast.expr, ast.keyword)) else item for item in value]
            elif isinstance(value, (ast.expr, ast.keyword)):
                setattr(node, name, self.expr(value))
        return node

    def _expr_Constant(self, node: ast.Constant) -> ast.expr:
        return node

    def _expr_Name(self, node: ast.Name) -> ast.expr:
        name = node.id
        if name in self.shared_globals:
            if self.frame.kind != "module" and self.meaning(name) == "global":
                return self.value(self.tap("global", "global", node, name, 1), node, node)
        elif self.has_cells and name[0] not in "_@" and self.meaning(name) == "cell":
            return self.value(self.tap("cell", "cell", node, name), self.both(self.load(CELL + name, node), node, node), node)
        return node

    def _expr_Attribute(self, node: ast.Attribute) -> ast.expr:
        node.value = self._owner(node)
        return node

    def _owner(self, node: ast.Attribute) -> ast.expr:
        """The object whose attribute is read, woven."""
        value = node.value
        if self._silent_owner(value) or (node.attr.startswith("__") and node.attr.endswith("__")):
            return cast(ast.expr, self.expr(value))
        placeholder = self.tap("owner", "attr", node, self.mangle(node.attr))
        return self.value(placeholder, self.expr(value), value, first_of(value))

    def _silent_owner(self, value: ast.expr) -> bool:
        """Whether reading attributes of `value` says nothing about shared state: literals, super(), modules of the standard library."""
        if isinstance(value, ast.Name):
            return value.id in self._stdlib_modules or value.id.startswith("@")
        return isinstance(value, LITERALS) or _is_super(value)

    def _expr_Subscript(self, node: ast.Subscript) -> Any:
        if isinstance(node.value, LITERALS) or self.is_private(node.value):
            return self._inside(node)
        first = first_of(node.value)
        placeholder = self.tap("item", "item", node, key_text(node.slice))
        both = self.both(self.expr(node.value), self.expr(node.slice), node)
        return self.value(placeholder, both, node, first)

    def _expr_Compare(self, node: ast.Compare) -> Any:
        if len(node.ops) != 1 or not isinstance(node.ops[0], (ast.In, ast.NotIn)) or isinstance(node.comparators[0], LITERALS):
            return self._inside(node)
        if self.is_private(node.comparators[0]):
            return self._inside(node)
        first = first_of(node.left)
        placeholder = self.tap("contains", "contains", node, key_text(node.left))
        pair = self.pair(self.expr(node.left), self.expr(node.comparators[0]), node)
        test = self.value(placeholder, pair, node, first)
        wanted = isinstance(node.ops[0], ast.In)
        if JUMPS_SIT_AT_STATEMENT and node.lineno != self.line:
            return self.is_constant(test, wanted)
        return test if wanted else at(ast.UnaryOp(op=ast.Not(), operand=test), node)

    def is_constant(self, node: ast.expr, value: bool) -> ast.expr:
        """`node is True` or `node is False`: the same bool as a comparison, so that a jump on it stays on its line."""
        return at(ast.Compare(left=node, ops=[ast.Is()], comparators=[at(ast.Constant(value=value, kind=None), node)]), node)

    def truth(self, node: ast.expr) -> Any:
        """Weaves an expression whose truth is tested: the test reads the size of a container."""
        return self.read(node, "truth", REFERENCES)

    def read(self, node: ast.expr, site_kind: str = "read", kinds: tuple[type, ...] = REFERENCES) -> Any:
        """Weaves an expression whose container is read as a whole if it is a plain reference."""
        if not isinstance(node, kinds) or self.is_private(node):
            return self.expr(node)
        if isinstance(node, ast.Name) and (node.id.startswith(("__", "@")) or node.id in self._stdlib_modules):
            return self.expr(node)
        if self.lifting and site_kind != "iterate" and isinstance(node, ast.Attribute):
            lifted = self._lifted(node, lambda inner: self.read(inner, site_kind, kinds))
            if lifted is not None:
                return lifted
        name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else None
        kind = "iterate" if site_kind == "iterate" else "read"
        return self.value(self.tap(kind, site_kind, node, name), self.expr(node), node, first_of(node))

    def iterated(self, node: ast.expr) -> Any:
        """Weaves what a loop iterates over, seeing through `.items()` and the like."""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in VIEWS and not node.args and not node.keywords:
            if not self._silent_owner(node.func.value):
                node.func.value = self.read(node.func.value, "iterate", CONTAINERS)
            return node
        return self.read(node, "iterate", CONTAINERS)

    def _expr_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        node.values = [self.truth(value) for value in node.values[:-1]] + [self.expr(node.values[-1])]
        return node

    def _expr_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        node.operand = self.truth(node.operand) if isinstance(node.op, ast.Not) else self.expr(node.operand)
        return node

    def _expr_IfExp(self, node: ast.IfExp) -> ast.expr:
        node.test = self.truth(node.test)
        node.body = self.expr(node.body)
        node.orelse = self.expr(node.orelse)
        return node

    def _expr_keyword(self, node: Any) -> Any:
        node.value = self.expr(node.value)
        return node

    def _expr_Call(self, node: ast.Call) -> ast.expr:
        func = node.func
        if isinstance(func, ast.Attribute):
            self._method(node, func)
        elif isinstance(func, ast.Name):
            if self._mutated_function(func):
                node.func = self._mutated(func, func.id)
            elif func.id == "exec" and self._is_plain_exec(node):
                self._arguments(node, False)
                source = node.args[0]
                node.args[0] = self.value(self.tap("exec", "read", node), source, source, first_of(source))
                return node
            elif func.id in self._builtin_names and self.meaning(func.id) == "global":
                return self._builtin(node, func)
            elif func.id in self._looks and self.meaning(func.id) == "global" and _names_attribute(node):
                return self._look(node)
            elif func.id in self._by_name and self.meaning(func.id) == "global" and _may_name_attribute(node):
                node.func = self.subscript(self.tap("named", "attr", node), func, ast.Load(), func, first_of(func))
            else:
                node.func = self.expr(func)
        else:
            node.func = self.expr(func)
        self._arguments(node, isinstance(func, ast.Attribute) and func.attr == "join")
        return node

    def _is_plain_exec(self, node: ast.Call) -> bool:
        """Whether the executed text may be woven. Not if it has its own mapping for locals: reading back what it bound could run code."""
        built_in = "exec" not in self.analysis.module.bound and self.meaning("exec") == "global"
        return built_in and 1 <= len(node.args) <= 2 and not node.keywords and not any(isinstance(arg, ast.Starred) for arg in node.args)

    def _arguments(self, node: ast.Call, consumed: bool) -> None:
        node.args = [self._generator(arg, consumed) if isinstance(arg, ast.GeneratorExp) else self.callback_expr(arg) for arg in node.args]
        for keyword in node.keywords:
            keyword.value = self.callback_expr(keyword.value)

    def _builtin(self, node: ast.Call, func: ast.Name) -> ast.expr:
        limit = len(node.args) if func.id in ("zip", "min", "max") else 1
        args: list[ast.expr] = []
        for index, arg in enumerate(node.args):
            if isinstance(arg, ast.GeneratorExp):
                args.append(self._generator(arg, func.id in CONSUMERS))
            elif index < limit:
                args.append(self.read(arg))
            else:
                args.append(self.callback_expr(arg))
        node.args = args
        for keyword in node.keywords:
            keyword.value = self.callback_expr(keyword.value)
        return node

    def _look(self, node: ast.Call) -> ast.expr:
        """`hasattr(T[obj], "name")`: the attribute is read as in `obj.name`."""
        owner, name = node.args[0], node.args[1]
        assert isinstance(name, ast.Constant)
        if self._silent_owner(owner):
            return self._inside_call(node)
        placeholder = self.tap("owner", "attr", node, str(name.value))
        woven = self.value(placeholder, self.expr(owner), owner, first_of(owner))
        node.args = [woven, *(self.expr(each) for each in node.args[1:])]
        return node

    def _inside_call(self, node: ast.Call) -> ast.expr:
        self._arguments(node, False)
        return node

    def _method(self, node: ast.Call, func: ast.Attribute) -> None:
        owner = func.value
        if isinstance(owner, ast.Name) and owner.id in self.analysis.imported:
            if func.attr in MUTATED.get(owner.id, ()):
                node.func = self._mutated(func, func.attr)
            return
        if func.attr not in METHODS or self._silent_owner(owner):
            func.value = self._owner(func) if self._calls_value(func) else self.expr(owner)
            return
        placeholder = self.tap("method", _method_site(func.attr), func, func.attr)
        place = attribute_place(func)
        first = first_of(owner)
        node.func = self.subscript(placeholder, self.expr(owner), ast.Load(), place, first)
        if place is not func:
            node.lineno, node.col_offset = place.lineno, place.col_offset

    def _calls_value(self, func: ast.Attribute) -> bool:
        """Whether the function that is called may be the value of an attribute. If so, the attribute is recorded as read, like any other value."""
        return func.attr in self.analysis.stored and not self._silent_owner(func.value)

    def _mutated_function(self, func: ast.Name) -> bool:
        return any(func.id in names for names in MUTATED.values()) and func.id in self.analysis.module.bound

    def _mutated(self, func: ast.expr, name: str) -> ast.expr:
        return self.subscript(self.tap("mutated", "method", func, name), func, ast.Load(), func, first_of(func))

    def _expr_NamedExpr(self, node: ast.NamedExpr) -> ast.expr:
        value, first = node.value, first_of(node.value)
        woven = self.expr(value)
        node.value = self.binding_value(node.target.id, woven, node, value, first) or woven
        return node

    def _expr_Lambda(self, node: ast.Lambda) -> ast.expr:
        node.args.defaults = self.exprs(node.args.defaults)
        node.args.kw_defaults = self.exprs(node.args.kw_defaults)
        names = self.analysis.scopes[id(node)]
        if names.yields:
            return node
        outer_frame, outer_names = self.frame, self.names
        self.enter(node, "lambda", "<lambda>", names)
        body, first = node.body, first_of(node.body)
        parts = [self.mark(self.entry_taps(node, []), first)]
        for name in names.parameters:
            if self.meaning(name) == "local":
                parts.append(self.value(self.tap("comp", "param", node, name), self.load(name, first), first))
        returned = self.tap("return", "return", body)
        parts.append(self.expr(body))
        node.body = self.value(returned, at(ast.BoolOp(op=ast.And(), values=parts), body), body, first)
        self.frame, self.names = outer_frame, outer_names
        return node

    def enter(self, node: Any, kind: str, name: str, names: Any) -> None:
        """Makes a new function the current activation; the caller restores `frame` and `names`."""
        outer = self.frame
        prefix = outer.qualname if outer.kind in ("class", "module") else f"{outer.qualname}.<locals>"
        qualname = f"{prefix}.{name}" if prefix else name
        local = sorted(name for name in names.bound - names.globals - names.nonlocals if not name.startswith("@"))
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
        index = self.table.function(qualname, first, node.end_lineno, kind, local)
        private = name.lstrip("_") if kind == "class" else outer.private
        self.frame = Frame(index, kind, names, qualname, private)
        self.names = names

    def entry_taps(self, place: Any, parameters: list[tuple[str, Any]]) -> str:
        """The `entry` tap of the current activation with the sites of its parameters, and its `unwind` tap as the next row."""
        site = self.table.site("call", place, None, self.frame.index)
        for name, where in parameters:
            self.table.site("param", where, name, self.frame.index)
        entry = self.table.tap("entry", site, tuple(name for name, _ in parameters) or None)
        self.tap("unwind", "unwind", place)
        return entry

    def _expr_GeneratorExp(self, node: ast.GeneratorExp) -> Any:
        return self._generator(node, False)

    def _generator(self, node: ast.GeneratorExp, consumed: bool) -> Any:
        """A generator's targets are recorded only where its consumer is known. Otherwise the frame that runs the generator would get them."""
        return self._comprehension(node, consumed)

    def _comprehension(self, node: Any, recorded: bool = True) -> Any:
        generators = node.generators
        generators[0].iter = self.expr(generators[0].iter) if generators[0].is_async else self.iterated(generators[0].iter)
        outer, self.names = self.names, self.analysis.scopes[id(node)]
        result: list[ast.expr] = []
        bound: list[tuple[str, Any]] = []
        for index, generator in enumerate(generators):
            bound = []
            generator.target = self.target(generator.target, bound)
            if index:
                generator.iter = self.expr(generator.iter) if generator.is_async else self.iterated(generator.iter)
            generator.ifs = [self.truth(test) for test in generator.ifs]
            if recorded:
                taps = [self._bound_in_comprehension(name, place, node) for name, place in bound]
                last = generator is generators[-1]
                if taps and last and not generator.ifs and bound[0][1].lineno != node.lineno:
                    result = taps
                else:
                    generator.ifs[:0] = taps
        part = "key" if isinstance(node, ast.DictComp) else "elt"
        value = self.expr(getattr(node, part))
        if result:
            # The jump of an `if` has the comprehension's line; within the element nothing jumps back to it.
            value = at(ast.BoolOp(op=ast.And(), values=[*result, value]), bound[0][1])
        setattr(node, part, value)
        if isinstance(node, ast.DictComp):
            node.value = self.expr(node.value)
        self.names = outer
        return node

    def _bound_in_comprehension(self, name: str, place: Any, comprehension: Any) -> ast.expr:
        tap = self.value(self.tap("comp", "for", place, name), self.load(name, place), place)
        return self.is_constant(tap, True) if JUMPS_SIT_AT_STATEMENT and place.lineno != comprehension.lineno else tap

    _expr_ListComp = _expr_SetComp = _expr_DictComp = _comprehension

    def target(self, node: Any, bound: list[tuple[str, Any]]) -> Any:
        """Weaves an assignment target; names it binds are added to `bound` with their places."""
        if isinstance(node, ast.Name):
            bound.append((node.id, node))
        elif isinstance(node, (ast.Tuple, ast.List)):
            node.elts = [self.target(element, bound) for element in node.elts]
        elif isinstance(node, ast.Starred):
            node.value = self.target(node.value, bound)
        elif isinstance(node, ast.Attribute):
            return self.attribute_slot(node, ast.Store())
        elif isinstance(node, ast.Subscript):
            return self.item_slot(node, ast.Store())
        return node

    def attribute_slot(self, node: ast.Attribute, context: ast.expr_context) -> ast.expr:
        """`T[obj]` in place of `obj.attr` as a target."""
        placeholder = self.tap("attr", "attr", node, self.mangle(node.attr))
        row = len(self.table.taps) - 1
        first = first_of(node.value)
        result = self.subscript(placeholder, self.expr(node.value), context, attribute_place(node), first)
        self.last = row
        return result

    def item_slot(self, node: ast.Subscript, context: ast.expr_context) -> ast.expr:
        """`T[c, k]` in place of `c[k]` as a target."""
        placeholder = self.tap("item", "item", node, key_text(node.slice))
        row = len(self.table.taps) - 1
        first = first_of(node.value)
        result = self.subscript(placeholder, self.pair(self.expr(node.value), self.expr(node.slice), node), context, node, first)
        self.last = row
        return result

    def _expr_Yield(self, node: Any) -> ast.expr:
        value = node.value
        suspend = self.tap("yield", "yield", node)
        if value is None:
            node.value = self.value(suspend, at(ast.Constant(value=None, kind=None), node), node)
        else:
            first = first_of(value)
            node.value = self.value(suspend, self.expr(value), value, first)
        return self.value(self.tap("resume", "resume", node), node, node, first_of(value) if value is not None else node)

    def _expr_YieldFrom(self, node: ast.YieldFrom) -> ast.expr:
        first = first_of(node.value)
        node.value = self.value(self.tap("yield", "yield", node), self.iterated(node.value), node.value, first)
        return self.value(self.tap("resume", "resume", node), node, node, first)

    def _expr_Await(self, node: ast.Await) -> ast.expr:
        first = first_of(node.value)
        node.value = self.value(self.tap("await", "await", node), self.expr(node.value), node.value, first)
        return self.value(self.tap("resume", "resume", node), node, node, first)
