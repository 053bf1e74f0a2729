"""What each name refers to: the scopes of a module, as in the compiler's symbol table."""

import ast
from dataclasses import dataclass, field
from typing import Any

FUNCTION_NODES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
REFLECTIVE = frozenset({"locals", "vars", "eval", "exec", "dir"})
"""Names that would reveal hidden variables to the program: functions that use them get none."""


@dataclass(slots=True, eq=False)
class Names:
    """One scope: what it binds and declares, and what it is."""

    kind: str
    """`module`, `function`, `lambda`, `class` or `comprehension`."""
    parent: "Names | None"
    bound: set[str] = field(default_factory=set)
    globals: set[str] = field(default_factory=set)
    nonlocals: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    shared: set[str] = field(default_factory=set)
    """Names bound here that an inner function rebinds through `nonlocal`."""
    parameters: list[str] = field(default_factory=list)
    yields: bool = False
    reflective: bool = False
    guarded_return: bool = False
    """A `return` stands inside a `with` or a `try … finally`, so code of the function runs after it."""
    self_attributes: dict[str, None] = field(default_factory=dict)

    def function(self) -> "Names":
        """The scope whose names a plain binding here belongs to: a comprehension's walrus binds outside of it."""
        scope = self
        while scope.kind == "comprehension" and scope.parent is not None:
            scope = scope.parent
        return scope

    def resolve(self, name: str) -> tuple[str, "Names"]:
        """`("local" | "cell" | "global", owning scope)` of a name used in this scope."""
        scope: Names = self
        first = True
        while True:
            if name in scope.globals:
                return "global", scope
            if scope.parent is None:
                return "global", scope
            if name in scope.nonlocals:
                first = False
            elif name in scope.bound and (first or scope.kind != "class"):
                return ("local" if first else "cell"), scope
            if scope.kind != "comprehension":
                first = False
            scope = scope.parent


class NameAnalysis:
    """Scopes of a whole module, by the id of the node that opens each, and the globals that are worth watching."""

    def __init__(self, tree: ast.Module) -> None:
        self.scopes: dict[int, Names] = {}
        self.module = Names("module", None)
        self.rebound: dict[str, int] = {}
        self.declared_global: set[str] = set()
        self.imported: set[str] = set()
        self.stored: set[str] = set()
        """Names of attributes that the module sets: a call by such a name may call a value rather than a method."""
        self._scope = self.module
        self._saved: Any = None
        self._guard = 0
        self._loops = 0
        self.scopes[id(tree)] = self.module
        self._all(tree.body)
        self._settle()

    @property
    def shared_globals(self) -> set[str]:
        """Globals that some function declares `global` or that the module binds more than once."""
        return self.declared_global | {name for name, count in self.rebound.items() if count > 1}

    def _settle(self) -> None:
        for scope in self.scopes.values():
            for name in scope.nonlocals:
                outer = scope.parent
                while outer is not None and (outer.kind == "class" or name not in outer.bound or name in outer.nonlocals):
                    outer = outer.parent
                if outer is not None and outer.kind in ("function", "lambda"):
                    outer.shared.add(name)
            if scope.reflective:
                outer = scope.parent
                while outer is not None:
                    outer.reflective = True
                    outer = outer.parent

    def _all(self, nodes: list[Any]) -> None:
        for node in nodes:
            if node is not None:
                self._visit(node)

    def _children(self, node: ast.AST) -> None:
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, list):
                for item in value:
                    if isinstance(item, ast.AST):
                        self._visit(item)
            elif isinstance(value, ast.AST):
                self._visit(value)

    def _visit(self, node: ast.AST) -> None:
        visitor = getattr(self, f"_{type(node).__name__}", None)
        if visitor is not None:
            visitor(node)
        else:
            self._children(node)

    def _bind(self, name: str) -> None:
        scope = self._scope
        scope.bound.add(name)
        if scope.kind == "module" or name in scope.globals:
            self.rebound[name] = self.rebound.get(name, 0) + (2 if self._loops else 1)

    def _Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            if node.id in REFLECTIVE:
                self._scope.reflective = True
        else:
            self._bind(node.id)
            if isinstance(node.ctx, ast.Del):
                self._scope.deleted.add(node.id)

    def _Constant(self, node: ast.Constant) -> None:
        pass

    def _Attribute(self, node: ast.Attribute) -> None:
        if isinstance(node.ctx, ast.Store):
            self.stored.add(node.attr)
        if isinstance(node.ctx, ast.Store) and isinstance(node.value, ast.Name) and node.value.id == "self":
            scope = self._scope.function()
            if scope.kind == "function":
                scope.self_attributes[node.attr] = None
        self._visit(node.value)

    def _NamedExpr(self, node: ast.NamedExpr) -> None:
        self._visit(node.value)
        scope, self._scope = self._scope, self._scope.function()
        self._bind(node.target.id)
        self._scope = scope

    def _Global(self, node: ast.Global) -> None:
        self._scope.globals.update(node.names)
        self.declared_global.update(node.names)

    def _Nonlocal(self, node: ast.Nonlocal) -> None:
        self._scope.nonlocals.update(node.names)

    def _Import(self, node: ast.Import) -> None:
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            self._bind(name)
            self.imported.add(name)

    def _ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            if alias.name != "*":
                self._bind(alias.asname or alias.name)

    def _ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self._bind(node.name)
            self._scope.deleted.add(node.name)
        self._children(node)

    def _MatchAs(self, node: ast.MatchAs) -> None:
        if node.name:
            self._bind(node.name)
        self._children(node)

    def _MatchStar(self, node: ast.MatchStar) -> None:
        if node.name:
            self._bind(node.name)

    def _MatchMapping(self, node: ast.MatchMapping) -> None:
        if node.rest:
            self._bind(node.rest)
        self._children(node)

    def _Return(self, node: ast.Return) -> None:
        if self._guard:
            self._scope.guarded_return = True
        self._children(node)

    def _Yield(self, node: ast.AST) -> None:
        self._scope.function().yields = True
        self._children(node)

    _YieldFrom = _Yield

    def _guarded(self, node: Any, header: list[Any]) -> None:
        self._all(header)
        self._guard += 1
        self._all(node.body)
        self._guard -= 1

    def _With(self, node: ast.With) -> None:
        self._guarded(node, list(node.items))

    _AsyncWith = _With

    def _Try(self, node: ast.Try) -> None:
        self._guard += bool(node.finalbody)
        self._all(node.body)
        self._all(node.handlers)
        self._all(node.orelse)
        self._guard -= bool(node.finalbody)
        self._all(node.finalbody)

    _TryStar = _Try

    def _loop(self, node: ast.AST) -> None:
        self._loops += 1
        self._children(node)
        self._loops -= 1

    _For = _AsyncFor = _While = _loop

    def _FunctionDef(self, node: Any) -> None:
        self._bind(node.name)
        self._all(node.decorator_list)
        self._arguments(node.args)
        self._all([node.returns])
        outer = self._scope
        if getattr(node, "type_params", None):
            self._type_parameters(node)
        self._enter("function", node, node.args)
        self._all(node.body)
        self._leave(outer)

    _AsyncFunctionDef = _FunctionDef

    def _Lambda(self, node: ast.Lambda) -> None:
        self._arguments(node.args)
        outer = self._scope
        self._enter("lambda", node, node.args)
        self._visit(node.body)
        self._leave(outer)

    def _ClassDef(self, node: Any) -> None:
        self._bind(node.name)
        self._all(node.decorator_list)
        outer = self._scope
        if getattr(node, "type_params", None):
            self._type_parameters(node)
        self._all(node.bases)
        self._all(node.keywords)
        self._enter("class", node, None)
        self._all(node.body)
        self._leave(outer)

    def _TypeAlias(self, node: Any) -> None:
        self._bind(node.name.id)

    def _type_parameters(self, node: Any) -> None:
        scope = Names("comprehension", self._scope)
        scope.bound.update(parameter.name for parameter in node.type_params)
        self._scope = scope

    def _arguments(self, args: ast.arguments) -> None:
        self._all(args.defaults)
        self._all(args.kw_defaults)

    def _enter(self, kind: str, node: ast.AST, args: ast.arguments | None) -> None:
        scope = Names(kind, self._scope)
        if args is not None:
            scope.parameters = [a.arg for a in (*args.posonlyargs, *args.args)]
            scope.parameters += [args.vararg.arg] if args.vararg else []
            scope.parameters += [a.arg for a in args.kwonlyargs]
            scope.parameters += [args.kwarg.arg] if args.kwarg else []
            scope.bound.update(scope.parameters)
        self.scopes[id(node)] = scope
        self._saved = (self._guard, self._loops, self._saved)
        self._guard = self._loops = 0
        self._scope = scope

    def _leave(self, outer: Names) -> None:
        self._guard, self._loops, self._saved = self._saved
        self._scope = outer

    def _comprehension(self, node: Any) -> None:
        outer = self._scope
        self._visit(node.generators[0].iter)
        scope = Names("comprehension", outer)
        self.scopes[id(node)] = scope
        self._scope = scope
        for index, generator in enumerate(node.generators):
            self._visit(generator.target)
            if index:
                self._visit(generator.iter)
            self._all(generator.ifs)
        self._all([node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt])
        self._scope = outer

    _ListComp = _SetComp = _DictComp = _GeneratorExp = _comprehension
