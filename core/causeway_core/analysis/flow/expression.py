"""Abstract interpretation of expressions: which sources a value is computed from."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeGuard

from causeway_core.analysis.flow.graph import CHOICE, NOTHING, FlowGraph, Place, Role, Taint, Usage, as_control
from causeway_core.analysis.flow.scope import Scope

if TYPE_CHECKING:
    from causeway_core.analysis.flow.program import Functions

MUTATORS = frozenset(
    {
        "append",
        "appendleft",
        "extend",
        "extendleft",
        "insert",
        "remove",
        "pop",
        "popleft",
        "popitem",
        "clear",
        "sort",
        "reverse",
        "add",
        "discard",
        "update",
        "setdefault",
        "difference_update",
        "intersection_update",
        "symmetric_difference_update",
        "rotate",
        "move_to_end",
        "subtract",
    }
)
"""Methods that change built-in containers; those that return something also read."""

_OF_SETS = frozenset({"union", "intersection", "difference", "symmetric_difference", "issubset", "issuperset", "isdisjoint"})
BY_NAME = ("getattr", "hasattr", "setattr", "delattr")
"""Functions that take the name of an attribute."""
LOOKING = frozenset({"get", "items", "keys", "values", "copy", "index", "count"}) | _OF_SETS
"""Methods of built-in containers that only read."""

READING_MUTATORS = frozenset({"pop", "popleft", "popitem", "setdefault", "heappop", "heapreplace", "heappushpop"})

CHANGING = frozenset({"heappush", "heappop", "heapify", "heapreplace", "heappushpop", "insort", "insort_left", "insort_right", "shuffle"})
"""Functions that change their first argument, a list."""

STORING = frozenset({"__setitem__", "__delitem__"})
INDEXING = frozenset({"__getitem__", "__contains__"})
"""Methods that are passed where an operator cannot be: `to_thread(table.__setitem__, key, value)`."""

_VIEWS = frozenset({"items", "keys", "values"})

PASSING_ON = frozenset({"enumerate", "zip", "map", "filter", "reversed", "iter", "islice", "chain", "takewhile", "dropwhile", "starmap"})
"""Functions that iterate their arguments lazily, as they are iterated themselves."""


class ExpressionFlow:
    """Evaluates expressions of one function over an environment from local names to taints.

    `environment` is the state at the current statement, `guards` what decides whether it runs, `asserted` what an earlier `assert` states. A use may
    rely on an assertion, but does not depend on it: without `assert` the same is done.
    """

    def __init__(self, graph: FlowGraph, functions: Functions, scope: Scope) -> None:
        self.graph = graph
        self.functions = functions
        self.scope = scope
        self.environment: dict[str, Taint] = {}
        self.named: dict[str, frozenset[int]] = {}
        self._methods: dict[str, ast.Attribute] = {}
        """By local: the container method that it refers to (`push = self.items.append`)."""
        self.guards: Taint = NOTHING
        self.asserted: Taint = NOTHING
        self._gone_through: dict[ast.Attribute, Taint] = {}
        """The reads of containers that were iterated, or copied to be iterated. Code that then clears one assumes that it is unchanged."""
        self._first_of: dict[str, Taint] = {}
        """By sequence, the reads of its first element. Code that then removes or rotates the first assumes that it is still the same."""
        self.acted_on: dict[str, Taint] = {}
        """By place: what an `if` read there before something was done because of it. Code that changes the place afterwards assumes that it is
        unchanged.
        """
        self._places: dict[tuple[int, Role, str], int] = {}

    def evaluate(self, node: ast.expr | None) -> Taint:
        """The taint of an expression's value; calls and mutations on the way are noted in the graph."""
        if node is None:
            return NOTHING
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        return method(node) if method is not None else self._children(node)

    def place(self, node: ast.expr, role: Role, name: str | None, shape: str) -> int:
        """The graph node of the place at `node`; loops are interpreted twice, so it may exist already."""
        key = (id(node), role, shape)
        number = self._places.get(key)
        if number is None:
            end_line, end_col = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
            number = self.graph.place(
                Place(self.scope.path, node.lineno, node.col_offset, end_line, end_col, role, name, shape, self.scope.qualname, self.scope.key)
            )
            self._places[key] = number
        self.graph.nodes[number].guards.update(self.guards if role is Role.WRITE else self.guards | self.asserted)
        return number

    def write(self, node: ast.expr, name: str | None, shape: str, taint: Taint, *, constant: bool = False, accumulates: bool = False) -> int:
        """A write of `taint` at `node` under the current guards."""
        number = self.place(node, Role.WRITE, name, shape)
        if shape == "attribute" and name is not None:
            self._link(self.functions.accessors("set", name), node.lineno, [taint], {})
        self.graph.flow(taint, number)
        self.graph.flow(as_control(self.guards), number)
        self.graph.sink(taint)
        written = self.graph.nodes[number]
        written.constant |= constant
        written.accumulates |= accumulates
        written.private = self._is_private(node)
        return number

    def _is_private(self, node: ast.expr) -> bool:
        while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
            node = node.func if isinstance(node, ast.Call) else node.value
        return isinstance(node, ast.Name) and node.id in self.scope.locals - self.scope.arguments and not self.named.get(node.id)

    def use(self, node: ast.expr, usage: Usage) -> None:
        """Records how the value at `node`, read here or only named by a local, is used.

        Not where the local was tested first: then the use needs no value.
        """
        while isinstance(node, ast.Await):
            node = node.value
        named = self.named.get(node.id, frozenset()) if isinstance(node, ast.Name) else frozenset()
        for number in self._places_of(node):
            if number not in named or number << 1 | 1 not in self.guards:
                self.graph.nodes[number].usage |= usage

    def remember(self, target: ast.Attribute, taint: Taint) -> None:
        """An attribute of a local gets a value: a later read of it returns that value, but not what was computed from its own old value."""
        name = _attribute_key(target)
        if name:
            places = ((code, self.graph.nodes[code >> 1].place) for code in taint)
            self.environment[name] = frozenset(code for code, place in places if place is not None and place.name != target.attr)

    def _remembered(self, node: ast.expr) -> Taint:
        """The last value that this function assigned to an attribute of a local."""
        return self.environment.get(_attribute_key(node), NOTHING)

    def _children(self, node: ast.AST) -> Taint:
        taint = NOTHING
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                taint |= self.evaluate(child)
            elif isinstance(child, ast.keyword | ast.FormattedValue | ast.Slice):
                taint |= self._children(child)
        return taint

    def _name(self, node: ast.Name) -> Taint:
        if node.id in self.scope.locals:
            # A local that an inner function shares is also a place: the recorder sees it as a closure cell.
            return self.environment.get(node.id, NOTHING) | {self.place(node, Role.READ, node.id, "name") << 1}
        return frozenset({self.place(node, Role.READ, node.id, "name") << 1})

    def _attribute(self, node: ast.Attribute) -> Taint:
        owner = self.evaluate(node.value)
        self.use(node.value, Usage.DEREFERENCED)
        number = self.place(node, Role.READ, node.attr, "attribute")
        if node.attr in LOOKING | INDEXING:
            owner |= {self.place(node, Role.READ, node.attr, "call") << 1}  # passed on: the read happens when it is called
        owner |= self._remembered(node)
        return owner | {number << 1} | self._link(self.functions.accessors("get", node.attr), node.lineno, [], {})

    def _subscript(self, node: ast.Subscript) -> Taint:
        owner = self.evaluate(node.value)
        self.use(node.value, Usage.DEREFERENCED)
        key = self.evaluate(node.slice)
        number = self.place(node, Role.READ, _key_text(node.slice), "item")
        self.graph.nodes[number].usage |= Usage.RAISES_WHEN_ABSENT
        if isinstance(node.slice, ast.Constant) and node.slice.value == 0:
            place = ast.unparse(node.value)
            self._first_of[place] = self._first_of.get(place, NOTHING) | {number << 1}
        return owner | key | {number << 1}

    def _compare(self, node: ast.Compare) -> Taint:
        taint = self.evaluate(node.left)
        for operator, right in zip(node.ops, node.comparators, strict=True):
            compared = self.evaluate(right)
            if isinstance(operator, ast.Eq | ast.NotEq | ast.Is | ast.IsNot):
                # The value that is read back is compared with the stored one: this checks whether it is still there.
                self.graph.compare(taint - self._remembered(node.left), compared - self._remembered(right))
            if isinstance(operator, ast.In | ast.NotIn):
                inside = frozenset({self.place(node, Role.READ, _key_text(node.left), "contains") << 1})
                self.graph.compare(taint, inside)
                compared |= inside
            taint |= compared
            if isinstance(operator, ast.In | ast.NotIn):
                continue
            if isinstance(operator, ast.Lt | ast.LtE | ast.Gt | ast.GtE):
                self.use(node.left, Usage.ARITHMETIC)
                self.use(right, Usage.ARITHMETIC)
        self.graph.sink(taint)
        return taint

    def _binop(self, node: ast.BinOp) -> Taint:
        taint = self.evaluate(node.left) | self.evaluate(node.right)
        self.use(node.left, Usage.ARITHMETIC)
        self.use(node.right, Usage.ARITHMETIC)
        self.graph.sink(taint)
        return taint

    def _boolop(self, node: ast.BoolOp) -> Taint:
        before, taint = self.guards, NOTHING
        for value in node.values:
            taint |= self.evaluate(value)
            self.guards |= as_control(taint)
        self.guards = before
        return taint

    def _ifexp(self, node: ast.IfExp) -> Taint:
        before, test = self.guards, self.evaluate(node.test)
        self.guards |= as_control(test)
        taint = self.evaluate(node.body) | self.evaluate(node.orelse)
        self.guards = before
        self.graph.sink(taint | test)
        if is_constant(node.body) and is_constant(node.orelse):
            taint |= self._choice(node, as_control(test))
        return taint | as_control(test)

    def _choice(self, node: ast.expr, decided: Taint) -> Taint:
        """The value of a constant at `node` instead of which there is another one, as `decided` has it."""
        return frozenset({self.graph.choice(decided, CHOICE, self.scope.key, str(node.lineno), str(node.col_offset)) << 1})

    def _tuple(self, node: ast.Tuple) -> Taint:
        taint = self._children(node)
        self.graph.sink(taint)
        return taint

    def _dict(self, node: ast.Dict) -> Taint:
        taint = self._children(node)
        self.graph.sink(taint)
        return taint

    def _namedexpr(self, node: ast.NamedExpr) -> Taint:
        taint = self.evaluate(node.value)
        assert isinstance(node.target, ast.Name)
        self.bind(node.target.id, taint, node.value)
        return taint

    def _lambda(self, node: ast.Lambda) -> Taint:
        return self.evaluate(node.body)

    def _listcomp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> Taint:
        outer, before, taint = dict(self.environment), self.guards, NOTHING
        suspends = any(isinstance(each, ast.Await) for each in ast.walk(node))
        for generator in node.generators:
            source = self.iterate(generator.iter, suspends=suspends)
            for name in ast.walk(generator.target):
                if isinstance(name, ast.Name):
                    self.environment[name.id] = source
            taint |= source
            for test in generator.ifs:
                tested = self.evaluate(test)
                self.guards |= as_control(tested)
                taint |= as_control(tested)
        parts = (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,)
        for part in parts:
            taint |= self.evaluate(part)
        self.environment, self.guards = outer, before
        return taint

    _setcomp = _generatorexp = _dictcomp = _listcomp

    def iterate(self, node: ast.expr, *, suspends: bool = False) -> Taint:
        """The taint of what iterating over `node` gives."""
        taint = self.evaluate(node)
        number = self.place(node, Role.READ, None, "iterate")
        self.graph.nodes[number].loop_suspends |= suspends
        for part in ast.walk(node):
            if isinstance(part, ast.Attribute):
                read = frozenset(place << 1 for place in (number, *self._places_of(part)))
                self._gone_through[part] = self._gone_through.get(part, NOTHING) | read
        for inner in _passed_on(node):
            for shape in ("attribute", "item", "name", "call"):
                place = self._places.get((id(inner), Role.READ, shape))
                if place is not None:
                    self.graph.nodes[place].iterated = True
                    self.graph.nodes[place].loop_suspends |= suspends
                    self.graph.nodes[place].content = number
        for inner in (node, *_passed_on(node)):
            # A view: what the recorder saw iterated is the dict.
            if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute) and inner.func.attr in _VIEWS and not inner.args:
                for place in self._places_of(inner.func.value):
                    self.graph.nodes[place].loop_suspends |= suspends
                    if inner.func.attr != "keys":
                        self.graph.nodes[place].content, self.graph.nodes[place].viewed = number, True
        return taint | {number << 1}

    def _call(self, node: ast.Call) -> Taint:
        receiver = NOTHING
        name = ""
        if isinstance(node.func, ast.Attribute):
            name = node.func.attr
            receiver = self.evaluate(node.func.value)
            self.use(node.func.value, Usage.DEREFERENCED)
            self.place(node.func, Role.READ, name, "attribute")
            self.use(node.func, Usage.DEREFERENCED)
        elif isinstance(node.func, ast.Name):
            name = node.func.id
            receiver = self.evaluate(node.func)
        else:
            receiver = self.evaluate(node.func)
        arguments = [self.evaluate(each) for each in node.args]
        keywords = {each.arg or "**": self.evaluate(each.value) for each in node.keywords}
        given = frozenset().union(*arguments, *keywords.values())
        self.graph.sink(given)
        targets = self._called(node.func, name) if name else []
        if not targets and name in BY_NAME and isinstance(node.func, ast.Name):
            given |= self._by_name(node, name, given)
        result = receiver | self._results_of_callbacks(node, arguments, keywords)
        if isinstance(node.func, ast.Name) and node.func.id in self._methods:
            result |= self._mutate(self._methods[node.func.id], self._methods[node.func.id], given)
        if targets:
            result |= self._link(targets, node.lineno, arguments, keywords)
            if any(getattr(target.node, "name", "") == "__init__" for target in targets):
                result |= given  # a new object holds what it is made of
            # A namesake of a container's method may be either.
            if not isinstance(node.func, ast.Attribute) or name not in MUTATORS | STORING | LOOKING:
                return result
        if name in MUTATORS | STORING and isinstance(node.func, ast.Attribute):
            return given | result | self._mutate(node, node.func, given)
        if name in CHANGING and not targets and node.args:
            return given | result | self._mutate_first(node, name, given)
        looked = self.place(node, Role.READ, name, "call")
        if name in LOOKING and isinstance(node.func, ast.Attribute):
            for number in self._places_of(node.func.value):
                self.graph.nodes[number].content = looked
        return given | result | {looked << 1}

    def _by_name(self, node: ast.Call, does: str, given: Taint) -> Taint:
        """The read or write of an attribute by a function that takes its name."""
        if len(node.args) < 2:
            return NOTHING
        named = node.args[1].value if isinstance(node.args[1], ast.Constant) else None
        name = named if isinstance(named, str) else None
        self.use(node.args[0], Usage.DEREFERENCED)
        if does in ("getattr", "hasattr"):
            number = self.place(node, Role.READ, name, "attribute")
            if does == "hasattr" or len(node.args) > 2:
                self.graph.nodes[number].usage |= Usage.MAY_BE_ABSENT
            return frozenset({number << 1})
        self.write(node, name, "attribute", given, constant=not given)
        return NOTHING

    def _called(self, function: ast.expr, name: str) -> list[Scope]:
        """The functions that a call may mean."""
        of_object = isinstance(function, ast.Attribute) and self._of_object(function)
        return self.functions.methods_named(name) if of_object else self.functions.named(name)

    def _of_object(self, node: ast.Attribute) -> bool:
        """Whether an attribute belongs to an object rather than a module, as far as the text shows."""
        return not isinstance(node.value, ast.Name) or node.value.id in self.scope.locals

    def _results_of_callbacks(self, node: ast.Call, arguments: list[Taint], keywords: dict[str, Taint]) -> Taint:
        """The results of functions that a call is passed together with their arguments: `to_thread(read, path)`, `partial(read, path)`."""
        result, named = NOTHING, NOTHING.union(*keywords.values())
        for position, each in enumerate(node.args):
            result |= self._link(self._named_functions(each), node.lineno, arguments[position + 1 :], {})
            if _is_change(each):
                result |= self._mutate(each, each, named.union(*arguments[position + 1 :]))
        for keyword in node.keywords:
            result |= self._link(self._named_functions(keyword.value), node.lineno, [], {})
            if _is_change(keyword.value):
                result |= self._mutate(keyword.value, keyword.value, named.union(*arguments))
        return result

    def _named_functions(self, node: ast.expr) -> list[Scope]:
        """The functions that an expression may name without calling them."""
        if isinstance(node, ast.Attribute):
            return self.functions.stored_as(node.attr) if self._of_object(node) else self.functions.named(node.attr)
        return self.functions.named(node.id) if isinstance(node, ast.Name) and node.id not in self.scope.variables else []

    def _yield(self, node: ast.Yield) -> Taint:
        """The values that a generator yields are those of iterating it, or of entering it as a context manager."""
        taint = self.evaluate(node.value)
        self.graph.sink(taint)
        self.graph.flow(taint | as_control(self.guards), self.graph.joint("result", self.scope.key))
        return NOTHING

    def _yieldfrom(self, node: ast.YieldFrom) -> Taint:
        """A loop that yields what it iterates: the code that iterates the generator runs between its items."""
        taint = self.iterate(node.value, suspends=True)
        self.graph.sink(taint)
        self.graph.flow(taint | as_control(self.guards), self.graph.joint("result", self.scope.key))
        return taint

    def reads_at(self, node: ast.expr, shape: str) -> list[int]:
        """The place of a shape that is read at `node`, if there is one; of calls only those that remove something."""
        if shape == "call" and not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in READING_MUTATORS):
            return []
        number = self._places.get((id(node), Role.READ, shape))
        return [] if number is None else [number]

    def changed_through(self, owner: ast.expr) -> None:
        """Records that the contents of `owner` are changed in place."""
        for number in self._places_of(owner):
            self.graph.nodes[number].changed_through = True

    def _places_of(self, node: ast.expr) -> frozenset[int]:
        """The places whose value is that of `node`: its own, and those that a local only names."""
        own = (self._places.get((id(node), Role.READ, shape), -1) for shape in ("attribute", "item", "name"))
        named = self.named.get(node.id, frozenset()) if isinstance(node, ast.Name) else frozenset()
        return named.union(place for place in own if place >= 0)

    def _mutate(self, node: ast.expr, function: ast.Attribute, given: Taint) -> Taint:
        owner = ast.unparse(function.value)
        if function.attr == "clear":
            given = given.union(*(read for part, read in self._gone_through.items() if ast.unparse(part) == owner))
        if _changes_first(node, function.attr):
            given |= self._first_of.get(owner, NOTHING)
        number = self.write(node, function.attr, "call", given, constant=not given)
        self.graph.settle(self.acted_on.get(owner, NOTHING), number)
        self.changed_through(function.value)
        if isinstance(function.value, ast.Name):
            self.environment[function.value.id] = self.environment.get(function.value.id, NOTHING) | given
        if function.attr in READING_MUTATORS:
            return frozenset({self.place(node, Role.READ, function.attr, "call") << 1})
        return NOTHING

    def _mutate_first(self, node: ast.Call, name: str, given: Taint) -> Taint:
        """What a function does to its first argument, a list."""
        if name == "heappop" or name == "heapreplace":
            given |= self._first_of.get(ast.unparse(node.args[0]), NOTHING)
        self.write(node, name, "call", given, constant=not given)
        self.changed_through(node.args[0])
        return frozenset({self.place(node, Role.READ, name, "call") << 1}) if name in READING_MUTATORS else NOTHING

    def _link(self, targets: list[Scope], line: int, arguments: list[Taint], keywords: dict[str, Taint]) -> Taint:
        """Joins a call with the functions it may mean: arguments in, guards in, results out."""
        result: set[int] = set()
        for target in targets:
            for position, taint in enumerate(arguments[: len(target.parameters)]):
                self.graph.pass_in(self.scope.key, taint, self.graph.joint("parameter", target.key, target.parameters[position]))
            for keyword, taint in keywords.items():
                self.graph.pass_in(self.scope.key, taint, self.graph.joint("parameter", target.key, keyword))
            self.graph.calls.setdefault((self.scope.key, target.key), set()).add(line)
            decided = as_control(self.guards) | {self.graph.joint("called", self.scope.key) << 1 | 1}
            self.graph.pass_in(self.scope.key, decided, self.graph.joint("called", target.key))
            result.add(self.graph.joint("result", target.key) << 1)
        return frozenset(result)

    def bind(self, name: str, taint: Taint, value: ast.expr | None) -> None:
        """A local gets a new value; remembers which reads it only names."""
        self.environment[name] = taint
        if value is not None and isinstance(value, ast.Constant):
            own = as_control(self.guards) - {self.graph.joint("called", self.scope.key) << 1 | 1}
            self.environment[name] = taint | as_control(self.guards) | (self._choice(value, own) if own else NOTHING)
        self._methods.pop(name, None)
        if value is not None and _is_change(value):
            self._methods[name] = value
        while isinstance(value, ast.Await):
            value = value.value
        self.named[name] = self._places_of(value) if value is not None else frozenset()


def is_constant(node: ast.expr | None) -> bool:
    """Whether an expression is a literal scalar, or one with a sign."""
    return isinstance(node, ast.Constant) or (isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant))


def _attribute_key(target: ast.expr) -> str:
    """The key under which the value of a local's attribute is kept, beside the locals; none for any other place."""
    return f"{target.value.id}.{target.attr}" if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) else ""


def _changes_first(node: ast.expr, method: str) -> bool:
    """Whether a method removes the first element, or replaces it."""
    match node:
        case ast.Call(args=[ast.Constant(value=0)]) if method == "pop":
            return True
    return method in ("popleft", "rotate")


def _is_change(node: ast.expr) -> TypeGuard[ast.Attribute]:
    """Whether a value may be a bound method that changes a container."""
    return isinstance(node, ast.Attribute) and node.attr in MUTATORS | STORING


def _passed_on(node: ast.expr) -> Iterator[ast.expr]:
    """The container that a loop over `enumerate(…)` and the like iterates."""
    if isinstance(node, ast.Call) and (getattr(node.func, "id", None) or getattr(node.func, "attr", None)) in PASSING_ON:
        for argument in node.args:
            inner = list(_passed_on(argument))
            yield from inner or [argument]


def _key_text(node: ast.expr) -> str | None:
    """A key expression as the recorder names its site."""
    return ast.unparse(node)[:40]
