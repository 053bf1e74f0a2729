"""Expressions in a frame: their values, the places they denote, and what could complete them."""

from __future__ import annotations

import ast
from dataclasses import replace

from causeway_core.errors import EvaluationError, NotCaptured
from causeway_core.model import ObjectRef, Value, ValueKind
from causeway_core.session.bindings import Bindings
from causeway_core.session.evaluation import Evaluation, Recorded, parsed
from causeway_core.session.framenames import FrameNames
from causeway_core.session.mutation import Slot
from causeway_core.session.objects import Objects
from causeway_core.session.past import Past
from causeway_core.session.place import Place
from causeway_core.session.variable import Variable
from causeway_core.session.variables import Variables


class Questions:
    """Evaluates over recorded state."""

    def __init__(self, past: Past, bindings: Bindings, objects: Objects, variables: Variables) -> None:
        self._past = past
        self._bindings = bindings
        self._objects = objects
        self._variables = variables

    def evaluate(self, expression: str, names: FrameNames) -> Variable:
        """See `Session.evaluate`."""
        evaluation = Evaluation(names, self._objects, names.before)
        target = self._slot_and_place(expression, names, evaluation)
        slot, place = target if target is not None else (None, None)
        if slot is not None:
            if slot.value.kind in (ValueKind.UNCAPTURED, ValueKind.REDACTED):
                evaluation.plain(slot.value, f"'{expression.strip()}'")
            text = expression.strip()
            found = self._variables.of(text, slot.value, names.mark, expression=text, written_at=slot.at, place=place)
            return replace(found, text=f"{found.text} (when first seen)") if slot.stale else found
        return self._variables.of_result(expression.strip(), evaluation.evaluate(expression), names.mark, names)

    def truth(self, expression: str, names: FrameNames) -> bool:
        """Whether an expression is true."""
        evaluation = Evaluation(names, self._objects, names.before)
        return evaluation.truth(evaluation.evaluate(expression))

    def place(self, expression: str, names: FrameNames) -> Place:
        """See `Session.place`."""
        target = self._slot_and_place(expression, names, Evaluation(names, self._objects, names.before))
        if target is None and expression.strip().isidentifier():
            raise EvaluationError(f"'{expression.strip()}' is not bound here", "ask where something has given it a value")
        if target is None:
            raise EvaluationError(f"'{expression.strip()}' is no name, attribute or item", "ask about `x`, `x.y` or `x[key]`")
        return target[1]

    def _slot_and_place(self, expression: str, names: FrameNames, evaluation: Evaluation) -> tuple[Slot | None, Place] | None:
        """The value of a name, attribute or item (None: not known), and its place; None for other expressions."""
        try:
            node = parsed(expression)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise EvaluationError(f"not an expression: {error}") from error
        match node:
            case ast.Name(id=name):
                found = names.binding_of(name)
                return (Slot(found[0].value, found[0].at), found[1]) if found is not None else None
            case ast.Attribute(value=inner, attr=attribute):
                owner = self._value(inner, evaluation)
                if not isinstance(owner, Recorded) or attribute == "__class__":
                    return None
                state = evaluation.state(owner)
                title = f"{owner.type_name}.{attribute}"
                return state.attributes.get(attribute), Place(owner.ref.id >> 32, "attribute", owner.ref.id, attribute, title)
            case ast.Subscript(value=inner, slice=key) if not isinstance(key, ast.Slice):
                return self._item(inner, key, evaluation)
        return None

    def _value(self, node: ast.expr, evaluation: Evaluation) -> object:
        return evaluation.evaluate(ast.unparse(node))

    def _item(self, inner: ast.expr, key: ast.expr, evaluation: Evaluation) -> tuple[Slot | None, Place] | None:
        owner = self._value(inner, evaluation)
        wanted = self._value(key, evaluation)
        if not isinstance(owner, Recorded):
            return None
        content = evaluation.content(owner, "an item")
        if content.kind == "sequence" and isinstance(wanted, int):
            wanted = wanted + evaluation.length(owner) if wanted < 0 else wanted
            slot = content.item(wanted) if wanted < len(content) else None
        else:
            entry = content.entry(evaluation.key(wanted))
            slot = entry[1] if entry is not None else None
        shown = f"{ast.unparse(inner)}[{ast.unparse(key)}]"
        return slot, Place(owner.ref.id >> 32, "item", owner.ref.id, as_value(wanted), shown)

    def completions(self, prefix: str, names: FrameNames) -> list[str]:
        """See `Session.completions`."""
        owner_text, dot, start = prefix.rpartition(".")
        if not dot:
            every = [*names.locals(), *names.closure(), *names.global_names()]
            return [name for name in dict.fromkeys(every) if name.startswith(start)]
        owner = Evaluation(names, self._objects, names.before).evaluate(owner_text)
        if not isinstance(owner, Recorded):
            return []
        return sorted(name for name in self._objects.at(owner.ref, owner.before).attributes if name.startswith(start))


def as_value(result: object) -> Value:
    """A result of evaluation as a recorded value (for keys). Raises NotCaptured if there is none."""
    match result:
        case None:
            return Value(ValueKind.NONE)
        case bool():
            return Value(ValueKind.TRUE if result else ValueKind.FALSE)
        case int():
            return Value(ValueKind.INT64, result)
        case float():
            return Value(ValueKind.FLOAT, result)
        case str() | bytes():
            return Value(ValueKind.TEXT, result)
        case tuple():
            return Value(ValueKind.TUPLE, tuple(as_value(element) for element in result))
        case Recorded():
            return Value(ValueKind.OBJECT, ObjectRef(result.ref.id, result.ref.type))
    raise NotCaptured(f"{type(result).__name__} is no key of a recorded container")
