"""Values as people see them: names, texts, children, and expressions that evaluate to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from causeway_core.errors import EvaluationError
from causeway_core.model import At, Mark, ObjectRef, Value, ValueKind
from causeway_core.model.value import Member
from causeway_core.session.calls import text as text_of
from causeway_core.session.evaluation import Evaluation, Names, Recorded, TypeName
from causeway_core.session.mutation import Content, Slot
from causeway_core.session.objects import Objects, ObjectState
from causeway_core.session.place import Place
from causeway_core.session.variable import Ref, Variable

_LONGEST_TEXT = 200
_TYPES = {
    ValueKind.NONE: "NoneType", ValueKind.TRUE: "bool", ValueKind.FALSE: "bool", ValueKind.INT32: "int", ValueKind.INT64: "int",
    ValueKind.FLOAT: "float",
    ValueKind.TUPLE: "tuple",
}
_MOST_NAMED = 100


class _NoNames:
    def value_of(self, name: str) -> Value | None:
        return None


class Variables:
    """Makes variables of recorded values, and lists their children, at a mark."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    def of(self, name: str, value: Value, mark: Mark, *, expression: str = "", written_at: At | None = None, place: Place | None = None) -> Variable:
        """A variable with a recorded value."""
        ref, named, indexed = self._counts(value, mark, expression)
        return Variable(name, self.text(value, mark), self.type_of(value), value, ref, named, indexed, expression, written_at, place)

    def type_of(self, value: Value) -> str:
        """A short type name, "" when the value was not captured."""
        if value.kind == ValueKind.OBJECT:
            assert isinstance(value.payload, ObjectRef)
            return value.payload.type.removeprefix("builtins.")
        if isinstance(value.payload, Member):
            return value.payload.rpartition(".")[0]
        return _TYPES.get(value.kind) or (type(value.payload).__name__ if value.kind == ValueKind.TEXT else "")

    def text(self, value: Value, mark: Mark) -> str:
        """A value in one line, containers and instances with what they hold."""
        if value.kind not in (ValueKind.OBJECT, ValueKind.TUPLE):
            return str(value)
        evaluation = Evaluation(_NoNames(), self._objects, mark.at)
        try:
            shown = text_of(evaluation, evaluation.plain(value, "it"), True, 0)
        except EvaluationError:
            return str(value)
        return shown if len(shown) <= _LONGEST_TEXT else f"{shown[:_LONGEST_TEXT]}…"

    def _counts(self, value: Value, mark: Mark, expression: str) -> tuple[Ref | None, int, int]:
        if value.kind == ValueKind.TUPLE:
            assert isinstance(value.payload, tuple)
            return Ref("tuple", mark, value, expression), 0, len(value.payload)
        if not isinstance(value.payload, ObjectRef):
            return None, 0, 0
        state = self._objects.at(value.payload, mark.at)
        named, indexed = self._sizes(state)
        return (Ref("object", mark, value.payload, expression), named, indexed) if named or indexed else (None, 0, 0)

    def _sizes(self, state: ObjectState) -> tuple[int, int]:
        content, named = state.content, len(state.attributes)
        if content is None:
            return named + (state.known and not state.attributes_complete and named > 0), 0
        if content.kind == "sequence":
            return named, len(content)
        shown = len(content) + (not content.complete)
        return (named, shown) if shown > _MOST_NAMED else (named + shown, 0)

    # Children.

    def children(self, ref: Ref, start: int, count: int | None) -> list[Variable]:
        """The children of an object, tuple or group, from `start` on."""
        stop = None if count is None else start + count
        if ref.kind == "tuple":
            assert isinstance(ref.key, Value) and isinstance(ref.key.payload, tuple)
            pairs = list(enumerate(ref.key.payload))[start:stop]
            return [self.of(f"[{i}]", value, ref.mark, expression=_joined(ref.expression, f"[{i}]")) for i, value in pairs]
        if ref.kind == "group":
            assert isinstance(ref.key, tuple)
            return list(ref.key[start:stop])
        assert isinstance(ref.key, ObjectRef)
        state = self._objects.at(ref.key, ref.mark.at)
        children: list[Variable] = []
        attributes = list(state.attributes.items())
        for name, slot in attributes[start:stop]:
            children.append(self._attribute(ref, state, name, slot))
        missing = state.content is None and state.known and not state.attributes_complete and bool(attributes)
        if missing and start <= len(attributes) and (stop is None or stop > len(attributes)):
            children.append(_note("…", "<not captured: more attributes>"))
        if state.content is not None:
            skipped = max(start - len(attributes), 0)
            room = None if stop is None else max(stop - len(attributes), 0)
            children += self._items(ref, state.content, skipped, room)
        return children

    def _attribute(self, ref: Ref, state: ObjectState, name: str, slot: Slot) -> Variable:
        place = Place(state.ref.id >> 32, "attribute", state.ref.id, name, f"{state.ref.type.rpartition('.')[2]}.{name}")
        found = self.of(name, slot.value, ref.mark, expression=_joined(ref.expression, f".{name}"), written_at=slot.at, place=place)
        return replace(found, text=f"{found.text} (when first seen)") if slot.stale else found

    def _items(self, ref: Ref, content: Content, start: int, stop: int | None) -> list[Variable]:
        assert isinstance(ref.key, ObjectRef)
        if content.kind == "sequence":
            indices = range(start, len(content) if stop is None else min(stop, len(content)))
            return [self._item(ref, index, content.item(index)) for index in indices]
        found = []
        for key, slot in content.pairs(start, stop):
            shown = self.text(key, ref.mark)
            if content.kind == "set":
                found.append(self.of(shown, key, ref.mark, written_at=slot.at))
                continue
            place = Place(ref.key.id >> 32, "item", ref.key.id, key, f"{ref.expression or ref.key.type.rpartition('.')[2]}[{shown}]")
            scalar = key.kind not in (ValueKind.OBJECT, ValueKind.TUPLE, ValueKind.UNCAPTURED, ValueKind.REDACTED)
            expression = _joined(ref.expression, f"[{shown}]") if scalar else ""
            found.append(self.of(f"[{shown}]", slot.value, ref.mark, expression=expression, written_at=slot.at, place=place))
        if not content.complete and (stop is None or stop > len(content)) and start <= len(content):
            found.append(_note("…", f"<not captured: {content.lost or 'more items than were looked at'}>"))
        return found

    def _item(self, ref: Ref, index: int, slot: Slot | None) -> Variable:
        assert isinstance(ref.key, ObjectRef)
        expression = _joined(ref.expression, f"[{index}]")
        name = f"{ref.expression or ref.key.type.rpartition('.')[2]}[{index}]"
        place = Place(ref.key.id >> 32, "item", ref.key.id, Value(ValueKind.INT32, index), name)
        if slot is None:
            return Variable(f"[{index}]", "<not captured: not looked at>", "", None, expression=expression, place=place)
        return self.of(f"[{index}]", slot.value, ref.mark, expression=expression, written_at=slot.at, place=place)

    # Results of evaluation.

    def of_result(self, name: str, result: Any, mark: Mark, names: Names) -> Variable:
        """A variable for what an evaluation gave."""
        if isinstance(result, Recorded):
            return self.of(name, Value(ValueKind.OBJECT, result.ref), mark, expression=name)
        evaluation = Evaluation(names, self._objects, mark.at)
        shown = text_of(evaluation, result, True, 0)
        shown = shown if len(shown) <= _LONGEST_TEXT * 10 else f"{shown[:_LONGEST_TEXT * 10]}…"
        kind = "type" if isinstance(result, TypeName) else type(result).__name__
        if isinstance(result, dict):
            pairs: Sequence[tuple[str, Any]] = [(f"[{text_of(evaluation, key, True, 0)}]", value) for key, value in islice(result.items(), 1000)]
        elif isinstance(result, (list, tuple, set, frozenset, range)):
            pairs = [(f"[{i}]", value) for i, value in enumerate(islice(result, 1000))]
        else:
            return Variable(name, shown, kind, None, expression=name)
        children = tuple(self.of_result(child, value, mark, names) for child, value in pairs)
        return Variable(name, shown, kind, None, Ref("group", mark, children, name) if children else None, 0, len(children), name)


def _joined(expression: str, suffix: str) -> str:
    """The expression of a child; "" where the parent has none."""
    return f"{expression}{suffix}" if expression else ""


def _note(name: str, text: str) -> Variable:
    return Variable(name, text, "", None)
