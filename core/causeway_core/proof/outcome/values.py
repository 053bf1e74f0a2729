"""Recorded values as comparable text: deep, with identities left out."""

from __future__ import annotations

from causeway_core.model import At, ObjectRef, Value, ValueKind
from causeway_core.proof.outcome.canonical import canonical
from causeway_core.session.mutation import Content
from causeway_core.session.objectlog import MUTATE, ObjectLogs
from causeway_core.session.objects import Objects, ObjectState
from causeway_core.session.past import Past
from causeway_core.wire.kinds import Kind

DEEPEST = 6
MOST_ITEMS = 500
_ADDING = frozenset({"append", "appendleft", "extend", "add", "update"})


class Values:
    """Renders values of one recording. Containers that were only added to are sorted: which actor came first is no outcome."""

    def __init__(self, past: Past) -> None:
        self._past = past
        self._logs = ObjectLogs(past)
        self._objects = Objects(past, self._logs)

    def text(self, value: Value, at: At, depth: int = 0) -> str:
        """The value as it was at an event. What was not captured is `?`."""
        match value.kind:
            case ValueKind.OBJECT:
                assert isinstance(value.payload, ObjectRef)
                return self._object(value.payload, at, depth)
            case ValueKind.TUPLE:
                assert isinstance(value.payload, tuple)
                return f"({', '.join(self.text(each, at, depth + 1) for each in value.payload)})"
            case ValueKind.UNCAPTURED | ValueKind.REDACTED:
                return "?"
            case ValueKind.FLOAT:
                return f"{value.payload:.12g}" if isinstance(value.payload, float) else str(value)
            case _:
                return canonical(str(value))

    def _object(self, ref: ObjectRef, at: At, depth: int) -> str:
        name = ref.type.removeprefix("builtins.")
        if depth >= DEEPEST:
            return f"<{name}>"
        state = self._objects.at(ref, at)
        if state.label is not None:
            return canonical(state.label)
        if state.content is not None:
            return self._content(ref, state.content, at, depth)
        if state.known and not state.foreign and state.attributes:
            return self._instance(name, state, at, depth)
        return f"<{name}>"

    def _instance(self, name: str, state: ObjectState, at: At, depth: int) -> str:
        pairs = sorted(state.attributes.items())[:MOST_ITEMS]
        return f"{name.rpartition('.')[2]}({', '.join(f'{key}={self.text(slot.value, at, depth + 1)}' for key, slot in pairs)})"

    def _content(self, ref: ObjectRef, content: Content, at: At, depth: int) -> str:
        if content.kind == "sequence":
            slots = [content.item(index) for index in range(min(len(content), MOST_ITEMS))]
            items = [self.text(slot.value, at, depth + 1) if slot is not None else "?" for slot in slots]
            return f"[{', '.join(sorted(items) if self._only_added_to(ref) else items)}]"
        pairs = list(content.pairs(0, MOST_ITEMS))
        if content.kind == "set":
            return f"{{{', '.join(sorted(self.text(key, at, depth + 1) for key, _ in pairs))}}}"
        shown = sorted(f"{self.text(key, at, depth + 1)}: {self.text(slot.value, at, depth + 1)}" for key, slot in pairs)
        return f"{{{', '.join(shown)}}}"

    def _only_added_to(self, ref: ObjectRef) -> bool:
        log = self._logs.of(ref.id)
        names = self._logs.name_ids(ref.id)
        changed = (log.kind == MUTATE) | (log.kind == Kind.SETITEM)
        sites = set(log.site[changed].tolist())
        return bool(sites) and all(names.get(site, "") in _ADDING for site in sites)
