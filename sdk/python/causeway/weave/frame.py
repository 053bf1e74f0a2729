"""What the weaver knows about the activation whose code it is rewriting, and the taps it makes there."""

import ast
import sys
from dataclasses import dataclass, field
from typing import Any

from causeway.weave.names import NameAnalysis, Names
from causeway.weave.places import NOWHERE, at
from causeway.weave.sites import PREFIX, SiteTable

DISPLAYS = (ast.List, ast.Tuple, ast.Dict, ast.Set, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
LITERALS = (ast.Constant, ast.JoinedStr, ast.Lambda, *DISPLAYS)
CELL = "@cell:"
"""Starts the hidden variable that holds the identity of a closure cell; no program can spell it."""
RETURNED = "@returned"
"""The hidden variable that holds a value between its `return` and the end of the `finally` blocks around it."""

TWICE = sys.version_info[:2] != (3, 12)
"""Whether expressions may be woven twice. 3.12 reports a line to `sys.settrace` again where a jump leads to the middle of it."""


def _is_placeholder(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith(PREFIX)


def _is_computed_here(node: ast.expr) -> bool:
    """Whether the value is a literal or may be folded into one (also `"…" % x`, which becomes an f-string): never NotImplemented."""
    if isinstance(node, ast.Subscript):
        return _is_computed_here(node.value) and not _is_placeholder(node.value)
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.Not) or _is_computed_here(node.operand)
    if isinstance(node, ast.BinOp):
        return _is_computed_here(node.left) and (isinstance(node.op, ast.Mod) or _is_computed_here(node.right))
    return isinstance(node, LITERALS) or (isinstance(node, ast.Name) and node.id == "__debug__")


@dataclass(slots=True)
class Frame:
    """One function, lambda, class body or module while it is woven."""

    index: int
    kind: str
    names: Names
    qualname: str
    private: str
    """The class name that private names are mangled with, or empty."""
    held_return: bool = False
    containers: frozenset[str] = frozenset()
    """Local containers that no other code can reach: reading them needs no tap."""
    loops: list[bool] = field(default_factory=list)
    """For each loop around the current statement: whether it is an `async for`."""


class Taps:
    """Makes sites, tap rows and the nodes that trigger them."""

    def __init__(self, table: SiteTable, analysis: NameAnalysis, tapped: bool = False) -> None:
        """`tapped`: every read and store is made by its tap."""
        self.table = table
        self.analysis = analysis
        self.shared_globals = analysis.shared_globals
        self.has_cells = any(scope.shared for scope in analysis.scopes.values())
        self.names = analysis.module
        self.lifting = TWICE and not tapped
        """Whether expressions may be woven twice."""
        self.tapped = tapped
        self.last: int | None = None
        """The tap row that records the end of the current statement, if one does."""
        self.frame = Frame(-1, "module", analysis.module, "", "")

    def mangle(self, name: str) -> str:
        """The name as the compiler stores it: private names of a class carry the class's name."""
        if self.frame.private and name.startswith("__") and not name.endswith("__") and "." not in name:
            return f"_{self.frame.private}{name}"
        return name

    def tap(self, kind: str, site_kind: str, place: Any, name: str | None = None, site2: int = 0) -> str:
        """A new site and a tap for it; returns the placeholder."""
        return self.table.tap(kind, self.table.site(site_kind, place, name, self.frame.index), name, site2)

    def gate_mark(self, row: int, name: str, place: Any) -> ast.expr:
        """`~T` that records nothing, at the site of another tap. A re-run under a forced order may stop here, or see that a binding is done."""
        return self.mark(self.table.tap("shared", self.table.taps[row][1], name), place)

    def value(self, placeholder: str, value: ast.expr, place: Any, first: Any | None = None) -> ast.expr:
        """`T[value]`, executed at `place`; `first` is where the first instruction of `value` is.

        `T @ value` for literals and what the compiler may fold into one: it warns about subscripts of them, or folds those too. Not for
        other values, because NotImplemented as the result of `@` means a refusal.
        """
        constant = at(ast.Constant(value=placeholder, kind=None), first or place)
        if not _is_computed_here(value):
            return at(ast.Subscript(value=constant, slice=value, ctx=ast.Load()), place)
        return at(ast.BinOp(left=constant, op=ast.MatMult(), right=value), place)

    def mark(self, placeholder: str, place: Any) -> ast.expr:
        """`~T`."""
        return at(ast.UnaryOp(op=ast.Invert(), operand=at(ast.Constant(value=placeholder, kind=None), place)), place)

    def mark_statement(self, placeholder: str, place: Any) -> ast.stmt:
        """`~T` as a statement."""
        return at(ast.Expr(value=self.mark(placeholder, place)), place)

    def subscript(self, placeholder: str, index: ast.expr, context: ast.expr_context, place: Any, first: Any | None = None) -> ast.expr:
        """`T[index]`."""
        constant = at(ast.Constant(value=placeholder, kind=None), first or place)
        return at(ast.Subscript(value=constant, slice=index, ctx=context), place)

    def pair(self, left: ast.expr, right: ast.expr, place: Any) -> ast.expr:
        """`(left, right)`."""
        return at(ast.Tuple(elts=[left, right], ctx=ast.Load()), place)

    def both(self, left: ast.expr, right: ast.expr, place: Any) -> ast.expr:
        """`left:right`, as an index."""
        return at(ast.Slice(lower=left, upper=right, step=None), place)

    def load(self, name: str, place: Any) -> ast.expr:
        """`name`, untapped."""
        return at(ast.Name(id=name, ctx=ast.Load()), place)

    def observe(self, placeholder: str, index: ast.expr, place: Any) -> ast.stmt:
        """`del T[index]` as a statement."""
        return at(ast.Delete(targets=[self.subscript(placeholder, index, ast.Del(), place)]), place)

    def meaning(self, name: str, names: Names | None = None) -> str:
        """`local`, `global`, `cell` (rebound by several functions), `free` (of an outer function that alone binds it) or `skip`."""
        if name.startswith("@"):
            return "skip"
        kind, owner = (names or self.names).resolve(name)
        if kind != "global" and name in owner.shared:
            return "skip" if owner.reflective else "cell"
        return "free" if kind == "cell" else kind

    def bound(self, names: list[tuple[str, Any]], site_kind: str = "local") -> list[ast.stmt]:
        """Statements that record the names just bound; each comes with its place."""
        result: list[ast.stmt] = []
        local: list[tuple[str, Any]] = []
        for name, place in names:
            meaning = self.meaning(name)
            if meaning == "local":
                local.append((name, place))
            elif meaning == "global":
                placeholder = self.tap("global", "global", place, name, 1)
                result.append(self.observe(placeholder, self.load(name, place), place))
            elif meaning == "cell":
                placeholder = self.tap("cell", "cell", place, name)
                index = self.pair(self.load(CELL + name, place), self.load(name, place), place)
                result.append(self.observe(placeholder, index, place))
        if len(local) == 1:
            name, place = local[0]
            result.append(self.observe(self.tap("local", site_kind, place, name), self.load(name, place), place))
        elif local:
            sites = [self.table.site(site_kind, place, name, self.frame.index) for name, place in local]
            placeholder = self.table.tap("locals", sites[0], tuple(name for name, _ in local))
            place = local[-1][1]
            index = at(ast.Tuple(elts=[self.load(name, place) for name, _ in local], ctx=ast.Load()), place)
            result.append(self.observe(placeholder, index, place))
        self.last = len(self.table.taps) - 1 if result else None
        return result

    def binding_value(self, name: str, value: ast.expr, place: Any, statement: Any, first: Any) -> ast.expr | None:
        """`T @ value` for a value about to be bound to `name`, or None if it must be recorded after the binding."""
        meaning = self.meaning(name, self.names.function())
        if meaning in ("skip", "free"):
            return value
        if meaning == "cell":
            return None
        is_global = meaning == "global"
        placeholder = self.tap("walrus", "global" if is_global else "local", place, name, int(is_global))
        self.last = len(self.table.taps) - 1
        return self.value(placeholder, value, statement, first)

    def unbound(self, names: list[tuple[str, Any]], place: Any) -> list[ast.stmt]:
        """Statements that record that the names are gone."""
        result: list[ast.stmt] = []
        for name, where in names:
            meaning = self.meaning(name)
            if meaning in ("local", "global"):
                is_global = meaning == "global"
                result.append(self.mark_statement(self.tap("unbind", meaning, where, name, int(is_global)), place))
        return result

    def is_private(self, node: ast.expr) -> bool:
        """Whether `node` names a container that no other code can reach."""
        return isinstance(node, ast.Name) and node.id in self.frame.containers and self.meaning(node.id) == "local"

    def nothing(self) -> ast.expr:
        """`None` without a line."""
        return at(ast.Constant(value=None, kind=None), NOWHERE)
