"""The functions and methods that expressions over a recording may call."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from causeway_core.errors import EvaluationError, NotCaptured
from causeway_core.session import operations
from causeway_core.session.operations import LARGEST, guarded
from causeway_core.session.operations import type_name as type_name

if TYPE_CHECKING:
    from causeway_core.session.evaluation import Evaluation

TYPES = {
    "int": int, "float": float, "str": str, "bytes": bytes, "bool": bool, "list": list, "dict": dict, "set": set, "frozenset": frozenset,
    "tuple": tuple,
    "range": range, "object": object, "type": type, "complex": complex, "bytearray": bytearray,
}
_BASES = {"bool": ("int",), "OrderedDict": ("dict",), "defaultdict": ("dict",), "Counter": ("dict",)}
_TEXT_METHODS = frozenset({
    "startswith", "endswith", "lower", "upper", "strip", "lstrip", "rstrip", "split", "find", "rfind", "count", "isdigit", "isalpha", "isalnum",
    "isspace",
    "isupper", "islower", "title", "capitalize", "partition", "rpartition", "removeprefix", "removesuffix", "splitlines", "casefold", "index",
})
_DEEPEST_TEXT = 3
_ITEMS_SHOWN = 20


@dataclass(slots=True)
class Lazy:
    """The result of `enumerate`, `zip` and `items()`: iterated over at most once."""

    source: Iterator[Any]

    def __iter__(self) -> Iterator[Any]:
        return self.source


def call(evaluation: Evaluation, node: ast.Call) -> Any:
    """A call of an allowed function or method. Raises EvaluationError for any other."""
    if any(isinstance(argument, ast.Starred) for argument in node.args) or any(keyword.arg is None for keyword in node.keywords):
        raise EvaluationError("* and ** in a call are not evaluated")
    if isinstance(node.func, ast.Name):
        function = _FUNCTIONS.get(node.func.id)
        if function is None:
            name = node.func.id
            raise EvaluationError(f"calling '{name}' is not evaluated", "nothing of the program runs; only built-in functions do")
        if node.func.id == "isinstance":
            return _is_instance(evaluation, node)
        arguments = [evaluation.node(argument) for argument in node.args]
        keywords = {keyword.arg: evaluation.node(keyword.value) for keyword in node.keywords if keyword.arg is not None}
        return guarded(lambda: function(evaluation, *arguments, **keywords))
    if isinstance(node.func, ast.Attribute):
        return _method(evaluation, node.func, node)
    raise EvaluationError("this call is not evaluated", "nothing of the program runs")


def _method(evaluation: Evaluation, func: ast.Attribute, node: ast.Call) -> Any:
    owner = evaluation.node(func.value)
    arguments = [evaluation.node(argument) for argument in node.args]
    if isinstance(owner, str) and func.attr in _TEXT_METHODS and not node.keywords:
        return guarded(lambda: getattr(owner, func.attr)(*arguments))
    if isinstance(owner, dict) and func.attr in ("keys", "values", "items", "get"):
        return guarded(lambda: _listed(getattr(owner, func.attr)(*arguments)))
    if hasattr(owner, "ref"):
        content = evaluation.state(owner).content
        if content is not None and content.kind == "mapping" and not node.keywords:
            if func.attr in ("keys", "values", "items") and not arguments:
                keys = evaluation.as_list(owner)
                pairs = [(key, evaluation.item(owner, key)) for key in keys] if func.attr != "keys" else []
                return keys if func.attr == "keys" else [pair[1] for pair in pairs] if func.attr == "values" else pairs
            if func.attr == "get" and 1 <= len(arguments) <= 2:
                return evaluation.item(owner, arguments[0]) if evaluation.contains(owner, arguments[0]) else (arguments[1] if arguments[1:] else None)
    raise EvaluationError(f"calling '{func.attr}' of {type_name(owner)} is not evaluated", "nothing of the program runs")


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, type({}.keys()) | type({}.values()) | type({}.items())) else value


def same_type(left: Any, right: Any) -> bool:
    """Whether two type names mean one type: `int` and `builtins.int`, `Account` and `bank.Account`."""
    a, b = left.name.removeprefix("builtins."), right.name.removeprefix("builtins.")
    return bool(a == b or (("." not in a or "." not in b) and a.rpartition(".")[2] == b.rpartition(".")[2]))


def _is_instance(evaluation: Evaluation, node: ast.Call) -> bool:
    if len(node.args) != 2:
        raise EvaluationError("isinstance takes a value and a type")
    value = evaluation.node(node.args[0])
    wanted = node.args[1].elts if isinstance(node.args[1], ast.Tuple) else [node.args[1]]
    names = []
    for one in wanted:
        if not isinstance(one, (ast.Name, ast.Attribute)):
            raise EvaluationError("the type in isinstance must be named")
        names.append(one.id if isinstance(one, ast.Name) else one.attr)
    own = _type_of(value).rpartition(".")[2]
    known = {own, "object", *_BASES.get(own, ())}
    if known & set(names):
        return True
    if hasattr(value, "ref") and not all(name in TYPES for name in names):
        raise NotCaptured(f"the base classes of {own} were not captured", "compare with type(x).__name__")
    return False


def _type_of(value: Any) -> str:
    return str(value.ref.type) if hasattr(value, "ref") else type(value).__name__


def _type(evaluation: Evaluation, value: Any) -> Any:
    from causeway_core.session.evaluation import TypeName

    return TypeName(_type_of(value))


def _items(evaluation: Evaluation, *values: Any) -> list[Any]:
    """Items of `min`, `max`: of one iterable, or the arguments."""
    return evaluation.as_list(values[0]) if len(values) == 1 else list(values)


def _sum(evaluation: Evaluation, values: Any, start: Any = 0) -> Any:
    total = start
    for item in evaluation.items(values):
        total = operations.binary(ast.Add(), total, item)
    return total


def _range(evaluation: Evaluation, *bounds: Any) -> Any:
    return range(*bounds)


def _int(evaluation: Evaluation, value: Any = 0, *base: Any) -> Any:
    if isinstance(value, str) and len(value) > 4300:
        raise EvaluationError("the number is too long")
    return int(value, *base)


def _lazy(maker: Callable[..., Any]) -> Callable[..., Any]:
    return lambda evaluation, *values: Lazy(iter(maker(*(evaluation.items(value) for value in values))))


def _enumerate(evaluation: Evaluation, values: Any, start: int = 0) -> Any:
    return Lazy(iter(enumerate(evaluation.items(values), start)))


def _keyed(evaluation: Evaluation, value: Any = ()) -> Any:
    if hasattr(value, "ref"):
        content = evaluation.state(value).content
        if content is not None and content.kind == "mapping":
            return evaluation.copy(value)
    return dict(tuple(evaluation.as_list(pair)) for pair in evaluation.as_list(value)) if not isinstance(value, dict) else dict(value)


def _no_key(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def apply(evaluation: Evaluation, *values: Any, **options: Any) -> Any:
        if "key" in options:
            raise EvaluationError(f"key= of {name} is not evaluated")
        return function(_items(evaluation, *values), **options)

    return apply


def text(evaluation: Evaluation, value: Any, quoted: bool, depth: int = 0) -> str:
    """`repr(value)` (or `str`) without running code: recorded instances as `Account(balance=100)`."""
    if isinstance(value, str) and not quoted:
        return value
    if hasattr(value, "ref"):
        return _recorded_text(evaluation, value, depth)
    if isinstance(value, (list, tuple, set, frozenset)):
        inner = ", ".join(text(evaluation, item, True, depth + 1) for item in list(value)[:LARGEST])
        left, right = ("[", "]") if isinstance(value, list) else ("(", ",)" if len(value) == 1 else ")") if isinstance(value, tuple) else ("{", "}")
        return f"{left}{inner}{right}" if value or isinstance(value, (list, tuple)) else "set()"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{text(evaluation, k, True, depth + 1)}: {text(evaluation, v, True, depth + 1)}" for k, v in value.items()) + "}"
    return str(guarded(lambda: repr(value)))


def _recorded_text(evaluation: Evaluation, value: Any, depth: int) -> str:
    state = evaluation.state(value)
    if state.label is not None:
        return state.label
    if depth >= _DEEPEST_TEXT:
        return f"<{value.type_name} …>"
    content = state.content
    if content is None:
        shown = [f"{name}={_value_text(evaluation, slot.value, depth)}" for name, slot in list(state.attributes.items())[:_ITEMS_SHOWN]]
        return f"{value.type_name}({', '.join(shown)})" if state.known and not state.foreign else f"<{value.type_name} #{value.ref.id & 0xFFFFFFFF}>"
    if content.kind == "sequence":
        slots = [content.item(index) for index in range(min(len(content), _ITEMS_SHOWN))]
        shown = [_value_text(evaluation, slot.value, depth) if slot is not None else "…" for slot in slots]
        inner = ", ".join(shown) + (", …" if len(content) > _ITEMS_SHOWN or (not content.complete and content.size is None) else "")
        return f"[{inner}]" if value.type_name == "list" else f"{value.type_name}([{inner}])"
    shown = [
        _value_text(evaluation, key, depth) + (f": {_value_text(evaluation, slot.value, depth)}" if content.kind == "mapping" else "")
        for key, slot in content.pairs(0, _ITEMS_SHOWN)
    ]
    if len(content) > _ITEMS_SHOWN or not content.complete:
        shown.append("…")
    if content.kind == "set" and not shown:
        return f"{value.type_name}()"
    inner = "{" + ", ".join(shown) + "}"
    return inner if value.type_name in ("dict", "set") else f"{value.type_name}({inner})"


def _value_text(evaluation: Evaluation, value: Any, depth: int) -> str:
    try:
        return text(evaluation, evaluation.plain(value, "it"), True, depth + 1)
    except EvaluationError:
        return str(value)


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "len": lambda e, v: e.length(v),
    "min": _no_key("min", min), "max": _no_key("max", max), "sum": _sum,
    "sorted": _no_key("sorted", sorted),
    "reversed": lambda e, v: e.as_list(v)[::-1],
    "any": lambda e, v: any(e.truth(item) for item in e.items(v)),
    "all": lambda e, v: all(e.truth(item) for item in e.items(v)),
    "isinstance": lambda e: None,
    "type": _type,
    "abs": lambda e, v: abs(v),
    "round": lambda e, v, *digits: round(v, *digits),
    "divmod": lambda e, a, b: divmod(a, b),
    "str": lambda e, v="": text(e, v, False),
    "repr": lambda e, v: text(e, v, True),
    "int": _int,
    "float": lambda e, v=0.0: float(v),
    "bool": lambda e, v=False: e.truth(v),
    "list": lambda e, v=(): e.as_list(v),
    "tuple": lambda e, v=(): tuple(e.as_list(v)),
    "set": lambda e, v=(): set(e.as_list(v)),
    "frozenset": lambda e, v=(): frozenset(e.as_list(v)),
    "dict": _keyed,
    "range": _range,
    "enumerate": _enumerate,
    "zip": _lazy(lambda *iterators: zip(*iterators)),  # noqa: B905
    "ord": lambda e, v: ord(v),
    "chr": lambda e, v: chr(v),
    "hex": lambda e, v: hex(v),
}
