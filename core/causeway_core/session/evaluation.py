"""An interpreter of side-effect-free Python expressions over recorded state. Nothing is ever passed to eval or exec."""

from __future__ import annotations

import ast
import operator
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any, Protocol

from causeway_core.errors import EvaluationError, NotCaptured
from causeway_core.model import At, ObjectRef, Value, ValueKind
from causeway_core.session import calls
from causeway_core.session.mutation import Content, key_of
from causeway_core.session.objects import INSTANCE, Objects, ObjectState
from causeway_core.session.operations import LARGEST, binary, formatted, guarded, unary

_LONGEST_TEXT = 10_000
_MOST_STEPS = 2_000_000
_SECONDS = 1.0
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge}


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recorded object as it was before an event. Equal and hashed by identity."""

    ref: ObjectRef
    before: At

    @property
    def type_name(self) -> str:
        """The last part of its type's name."""
        return self.ref.type.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class TypeName:
    """What `type(x)` gives."""

    name: str

    @property
    def type_name(self) -> str:
        """`type`."""
        return "type"

    def __repr__(self) -> str:
        return f"<class '{self.name}'>"


class Names(Protocol):
    """Where names get their values."""

    def value_of(self, name: str) -> Value | None:
        """The recorded value of a name, None where it is not bound."""


@lru_cache(256)
def parsed(expression: str) -> ast.expr:
    """The tree of an expression. Raises SyntaxError and other errors of the parser."""
    return ast.parse(expression.strip(), mode="eval").body


class Evaluation:
    """Evaluates expressions at one event. Bounded: a second, two million steps, results of a million items."""

    def __init__(self, names: Names, objects: Objects, before: At) -> None:
        self._names = names
        self._objects = objects
        self._before = before
        self._local: list[dict[str, Any]] = []
        self._steps = 0
        self._deadline = 0.0

    def evaluate(self, expression: str) -> Any:
        """The result: plain Python values and containers of them, `Recorded`, `TypeName`. Raises EvaluationError or NotCaptured."""
        if len(expression) > _LONGEST_TEXT:
            raise EvaluationError("the expression is too long")
        self._deadline = time.monotonic() + _SECONDS
        try:
            return self.node(parsed(expression))
        except SyntaxError as error:
            raise EvaluationError(f"not an expression: {error.msg}", "only expressions without side effects can be evaluated") from error
        except (RecursionError, MemoryError, ValueError) as error:
            raise EvaluationError(f"the expression is too deep or malformed: {error}") from error

    # Values.

    def plain(self, value: Value, what: str) -> Any:
        """A recorded value as an operand. Raises NotCaptured."""
        match value.kind:
            case ValueKind.NONE | ValueKind.TRUE | ValueKind.FALSE:
                return {ValueKind.NONE: None, ValueKind.TRUE: True, ValueKind.FALSE: False}[value.kind]
            case ValueKind.OBJECT:
                assert isinstance(value.payload, ObjectRef)
                return Recorded(value.payload, self._before)
            case ValueKind.TUPLE:
                assert isinstance(value.payload, tuple)
                return tuple(self.plain(element, f"an element of {what}") for element in value.payload)
            case ValueKind.ABSENT:
                raise EvaluationError(f"{what} is not bound here")
            case ValueKind.REDACTED:
                raise NotCaptured(f"{what} was redacted as a secret")
            case ValueKind.UNCAPTURED:
                raise NotCaptured(f"{what} was not captured: {value.payload!s}")
        if value.full_size is not None:
            raise NotCaptured(f"{what} was captured only in part ({value.full_size} long)")
        return value.payload

    def state(self, recorded: Recorded) -> ObjectState:
        """The object behind an operand."""
        return self._objects.at(recorded.ref, recorded.before)

    def content(self, recorded: Recorded, what: str) -> Content:
        """The items of a recorded container. Raises EvaluationError for other objects, NotCaptured where they are not known."""
        content = self.state(recorded).content
        if content is None:
            why = "it is no list, dict or set, and asking it would run code of the program"
            raise EvaluationError(f"{what} of {recorded.type_name} is not evaluated", why)
        return content

    def items(self, value: Any) -> Iterator[Any]:
        """The items of iterating over an operand. Raises NotCaptured at an item that is not known."""
        if isinstance(value, Recorded):
            content = self.content(value, "iteration")
            if content.kind == "sequence":
                if content.size is None:
                    raise NotCaptured(f"the items of this {value.type_name} were not captured: {content.lost or 'not looked at'}")
                found: Iterator[Any] = (self._slot(content, index, value) for index in range(content.size))
            elif not content.complete:
                raise NotCaptured(f"not all items of this {value.type_name} were captured")
            else:
                found = (self.plain(key, "a key") for key, _ in content.pairs())
        elif isinstance(value, (str, bytes, tuple, list, dict, set, frozenset, range, calls.Lazy)):
            found = iter(value)
        else:
            raise EvaluationError(f"{calls.type_name(value)} is not iterable")
        for item in found:
            self._tick()
            yield item

    def _slot(self, content: Content, index: int, owner: Recorded) -> Any:
        slot = content.item(index) if index < len(content) else None
        if slot is None:
            raise NotCaptured(f"item {index} of this {owner.type_name} was not captured")
        return self.plain(slot.value, f"item {index}")

    def as_list(self, value: Any) -> list[Any]:
        """All items of an operand, at most a million."""
        found = list(islice(self.items(value), LARGEST + 1))
        if len(found) > LARGEST:
            raise EvaluationError("too many items")
        return found

    def truth(self, value: Any) -> bool:
        """Whether an operand counts as true."""
        if isinstance(value, Recorded):
            return self.state(value).content is None or self.length(value) > 0
        return bool(value)

    def length(self, value: Any) -> int:
        """`len(value)`."""
        if isinstance(value, Recorded):
            content = self.content(value, "len()")
            if content.size is None:
                raise NotCaptured(f"the length of this {value.type_name} was not captured: {content.lost or 'changed by what was not seen'}")
            return content.size
        return int(guarded(lambda: len(value)))

    # Nodes.

    def node(self, node: ast.expr) -> Any:
        """Evaluates one node."""
        self._tick()
        method = getattr(self, f"_{type(node).__name__}", None)
        if method is None:
            raise EvaluationError(f"{type(node).__name__} is not evaluated over a recording", "only expressions without side effects are")
        return method(node)

    def _tick(self) -> None:
        self._steps += 1
        if self._steps > _MOST_STEPS or (self._steps & 255 == 0 and time.monotonic() > self._deadline):
            raise EvaluationError("the expression takes too long")

    def _Constant(self, node: ast.Constant) -> Any:
        return node.value

    def _Name(self, node: ast.Name) -> Any:
        for scope in reversed(self._local):
            if node.id in scope:
                return scope[node.id]
        value = self._names.value_of(node.id)
        if value is None:
            if node.id in calls.TYPES:
                return TypeName(node.id)
            raise EvaluationError(f"'{node.id}' is not bound here, or was not captured")
        return self.plain(value, f"'{node.id}'")

    def _Attribute(self, node: ast.Attribute) -> Any:
        owner = self.node(node.value)
        if isinstance(owner, TypeName) and node.attr in ("__name__", "__qualname__"):
            return owner.name.rpartition(".")[2]
        if not isinstance(owner, Recorded):
            if isinstance(owner, complex | int | float) and node.attr in ("real", "imag"):
                return getattr(owner, node.attr)
            raise EvaluationError(f"attribute '{node.attr}' of {calls.type_name(owner)} is not evaluated")
        return self.attribute(owner, node.attr)

    def attribute(self, owner: Recorded, name: str) -> Any:
        """An attribute of a recorded object."""
        if name == "__class__":
            return TypeName(owner.ref.type)
        state = self.state(owner)
        slot = state.attributes.get(name)
        if slot is None:
            raise NotCaptured(f"attribute '{name}' of this {owner.type_name} was not captured, or does not exist")
        if slot.stale:
            what = f"attribute '{name}' of this {owner.type_name}"
            raise NotCaptured(f"{what} was recorded only when it was first seen; code that is not recorded may have changed it")
        return self.plain(slot.value, f"attribute '{name}'")

    def _Subscript(self, node: ast.Subscript) -> Any:
        owner = self.node(node.value)
        if isinstance(node.slice, ast.Slice):
            bounds = [self.node(part) if part is not None else None for part in (node.slice.lower, node.slice.upper, node.slice.step)]
            if isinstance(owner, Recorded):
                owner = self.as_list(owner)
            return guarded(lambda: owner[slice(*bounds)])
        key = self.node(node.slice)
        return self.item(owner, key) if isinstance(owner, Recorded) else guarded(lambda: owner[key])

    def item(self, owner: Recorded, key: Any) -> Any:
        """An item of a recorded container."""
        content = self.content(owner, "an item")
        if content.kind == "sequence":
            if not isinstance(key, int):
                raise EvaluationError(f"an index of {owner.type_name} is an int")
            if key < 0 or (content.size is not None and key >= content.size):
                size = self.length(owner)
                if not -size <= key < size:
                    raise EvaluationError(f"index {key} is out of range ({size} items)")
            return self._slot(content, key + (self.length(owner) if key < 0 else 0), owner)
        found = content.entry(self.key(key))
        if found is None:
            if content.complete:
                raise EvaluationError(f"{key!r} is not in this {owner.type_name}")
            raise NotCaptured(f"whether {key!r} is in this {owner.type_name} was not captured")
        return self.plain(found[1].value, f"item {key!r}")

    @staticmethod
    def key(key: Any) -> Any:
        """An operand in the form in which keys of recorded dicts are compared."""
        if isinstance(key, Recorded):
            return ("object", key.ref.id)
        if isinstance(key, tuple):
            return ("tuple", *(Evaluation.key(element) for element in key))
        return key_of(Value(ValueKind.NONE)) if key is None else int(key) if isinstance(key, bool) else key

    def _BinOp(self, node: ast.BinOp) -> Any:
        left, right = self.node(node.left), self.node(node.right)
        if isinstance(left, Recorded) and self.state(left).content is not None:
            left = self.copy(left)
        if isinstance(right, Recorded) and self.state(right).content is not None:
            right = self.copy(right)
        return binary(node.op, left, right)

    def copy(self, recorded: Recorded) -> Any:
        """A recorded container as a Python one."""
        content = self.content(recorded, "a copy")
        if content.kind == "mapping":
            return {key: self.item(recorded, key) for key in self.as_list(recorded)}
        found = self.as_list(recorded)
        return found if content.kind == "sequence" else set(found)

    def _UnaryOp(self, node: ast.UnaryOp) -> Any:
        value = self.node(node.operand)
        return not self.truth(value) if isinstance(node.op, ast.Not) else unary(node.op, value)

    def _BoolOp(self, node: ast.BoolOp) -> Any:
        value: Any = None
        for operand in node.values:
            value = self.node(operand)
            if self.truth(value) != isinstance(node.op, ast.And):
                return value
        return value

    def _IfExp(self, node: ast.IfExp) -> Any:
        return self.node(node.body if self.truth(self.node(node.test)) else node.orelse)

    def _Compare(self, node: ast.Compare) -> Any:
        left = self.node(node.left)
        for op, comparator in zip(node.ops, node.comparators, strict=True):
            right = self.node(comparator)
            if not self.compare(op, left, right):
                return False
            left = right
        return True

    def compare(self, op: ast.cmpop, left: Any, right: Any) -> bool:
        """One comparison."""
        match op:
            case ast.Is() | ast.IsNot():
                return self.same(left, right) == isinstance(op, ast.Is)
            case ast.Eq() | ast.NotEq():
                return self.equal(left, right) == isinstance(op, ast.Eq)
            case ast.In() | ast.NotIn():
                return self.contains(right, left) == isinstance(op, ast.In)
        left, right = (self.copy(side) if isinstance(side, Recorded) else side for side in (left, right))
        return bool(guarded(lambda: _COMPARE[type(op)](left, right)))

    @staticmethod
    def same(left: Any, right: Any) -> bool:
        """`is`."""
        if isinstance(left, Recorded) and isinstance(right, Recorded):
            return left.ref.id == right.ref.id
        return left is right or (isinstance(left, TypeName) and isinstance(right, TypeName) and calls.same_type(left, right))

    def equal(self, left: Any, right: Any) -> bool:
        """`==`, between recorded objects only where it runs no code of the program."""
        if isinstance(left, Recorded) and isinstance(right, Recorded) and left.ref.id == right.ref.id:
            return True
        if isinstance(left, TypeName) and isinstance(right, TypeName):
            return calls.same_type(left, right)
        for side, other in ((left, right), (right, left)):
            if isinstance(side, Recorded) and self.state(side).content is None:
                plain = isinstance(other, (bool, int, float, str, bytes, list, dict, set, tuple))
                if other is None or (plain and not self.state(side).flags & INSTANCE):
                    return False
                why = "compare with `is`, or compare attributes"
                raise EvaluationError(f"== of {side.type_name} is not evaluated, it might run code of the program", why)
        left, right = (self.copy(side) if isinstance(side, Recorded) else side for side in (left, right))
        if isinstance(left, (list, tuple)) and type(left) is type(right):
            return len(left) == len(right) and all(self.equal(a, b) for a, b in zip(left, right, strict=True))
        if isinstance(left, dict) and isinstance(right, dict):
            return left.keys() == right.keys() and all(self.equal(left[key], right[key]) for key in left)
        return bool(guarded(lambda: left == right))

    def contains(self, owner: Any, value: Any) -> bool:
        """`value in owner`."""
        if isinstance(owner, Recorded):
            content = self.content(owner, "in")
            if content.kind != "sequence":
                if self.key(value) in content.entries:
                    return True
                if not content.complete:
                    raise NotCaptured(f"whether {value!r} is in this {owner.type_name} was not captured")
                return False
        elif isinstance(owner, (str, bytes, range, dict, set, frozenset)):
            return bool(guarded(lambda: value in owner))
        return any(self.equal(item, value) for item in self.items(owner))

    # Displays and comprehensions.

    def _Tuple(self, node: ast.Tuple) -> Any:
        return tuple(self.node(element) for element in node.elts)

    def _List(self, node: ast.List) -> Any:
        return [self.node(element) for element in node.elts]

    def _Set(self, node: ast.Set) -> Any:
        return guarded(lambda: {self.node(element) for element in node.elts})

    def _Dict(self, node: ast.Dict) -> Any:
        if None in node.keys:
            raise EvaluationError("** in a dict is not evaluated")
        return guarded(lambda: {self.node(key): self.node(value) for key, value in zip(node.keys, node.values, strict=True) if key is not None})

    def _ListComp(self, node: ast.ListComp) -> Any:
        return self._collect(node.generators, lambda: self.node(node.elt))

    def _GeneratorExp(self, node: ast.GeneratorExp) -> Any:
        return self._collect(node.generators, lambda: self.node(node.elt))

    def _SetComp(self, node: ast.SetComp) -> Any:
        return guarded(lambda: set(self._collect(node.generators, lambda: self.node(node.elt))))

    def _DictComp(self, node: ast.DictComp) -> Any:
        return guarded(lambda: dict(self._collect(node.generators, lambda: (self.node(node.key), self.node(node.value)))))

    def _collect(self, generators: list[ast.comprehension], element: Callable[[], Any]) -> list[Any]:
        found: list[Any] = []
        self._local.append({})
        try:
            self._generate(generators, element, found)
        finally:
            self._local.pop()
        return found

    def _generate(self, generators: list[ast.comprehension], element: Callable[[], Any], found: list[Any]) -> None:
        if not generators:
            found.append(element())
            return
        first = generators[0]
        if first.is_async:
            raise EvaluationError("async comprehensions are not evaluated")
        for item in self.items(self.node(first.iter)):
            self._assign(first.target, item)
            if all(self.truth(self.node(condition)) for condition in first.ifs):
                self._generate(generators[1:], element, found)

    def _assign(self, target: ast.expr, value: Any) -> None:
        if isinstance(target, ast.Name):
            self._local[-1][target.id] = value
        elif isinstance(target, (ast.Tuple, ast.List)):
            values = self.as_list(value)
            if len(values) != len(target.elts):
                raise EvaluationError(f"{len(values)} values do not fit {len(target.elts)} names")
            for element, item in zip(target.elts, values, strict=True):
                self._assign(element, item)
        else:
            raise EvaluationError("this target is not evaluated", "it would write")

    def _JoinedStr(self, node: ast.JoinedStr) -> Any:
        text = "".join(self.node(part) for part in node.values)
        if len(text) > LARGEST:
            raise EvaluationError("the text would be too long")
        return text

    def _FormattedValue(self, node: ast.FormattedValue) -> Any:
        spec = self.node(node.format_spec) if node.format_spec is not None else ""
        value = self.node(node.value)
        if isinstance(value, (str, int, float, bool)) and node.conversion < 0:
            return formatted(value, -1, spec)
        return formatted(self.text(value, quoted=node.conversion in (ord("r"), ord("a"))), -1, spec)

    def text(self, value: Any, *, quoted: bool) -> str:
        """`str(value)` or `repr(value)`, for recorded objects as they are shown."""
        return calls.text(self, value, quoted)

    def _NamedExpr(self, node: ast.NamedExpr) -> Any:
        raise EvaluationError("assignments are not evaluated", "a recording cannot be changed")

    def _Call(self, node: ast.Call) -> Any:
        return calls.call(self, node)
