"""The scopes of a frame and what is in them."""

from __future__ import annotations

from collections.abc import Callable

from causeway_core.model import At, Mark, Predecessor, Value
from causeway_core.session.accesses import Accesses
from causeway_core.session.actorlist import Actors
from causeway_core.session.frame import Frame, Scope, ScopeKind
from causeway_core.session.framenames import FrameNames
from causeway_core.session.past import Past
from causeway_core.session.variable import Ref, Variable
from causeway_core.session.variables import Variables
from causeway_core.wire.kinds import Kind, XKind

_MOST_CONCURRENT = 20


class Scopes:
    """Lists variables by scope."""

    def __init__(
        self, past: Past, variables: Variables, accesses: Accesses, actors: Actors, causes: Callable[[Mark], tuple[Predecessor, ...]]
    ) -> None:
        self._past = past
        self._variables = variables
        self._accesses = accesses
        self._actors = actors
        self._causes = causes

    def of(self, frame: Frame, names: FrameNames) -> list[Scope]:
        """The scopes that a frame has."""
        scopes = []
        function = self._past.function_of(names.activation)
        if function is None or function.kind != "module":
            scopes.append(self._scope(frame, "locals", "Locals", len(names.locals()), False))
            closure = names.closure()
            if closure:
                scopes.append(self._scope(frame, "closure", "Closure", len(closure), False))
        scopes.append(self._scope(frame, "globals", "Globals", len(names.global_names()), True))
        result = self._result(frame)
        if result is not None:
            scopes.insert(0, self._scope(frame, "result", result[0], 1, False))
        scopes.append(self._scope(frame, "causality", "Causality", 0, True))
        return scopes

    def _scope(self, frame: Frame, kind: ScopeKind, name: str, named: int, expensive: bool) -> Scope:
        return Scope(kind, name, Ref("scope", frame.mark, (frame, kind)), named, expensive)

    def key(self, ref: Ref) -> tuple[Frame, ScopeKind]:
        """The frame and kind that a scope's reference names."""
        assert isinstance(ref.key, tuple)
        frame, kind = ref.key
        return frame, kind

    def variables(self, frame: Frame, kind: ScopeKind, names: FrameNames) -> list[Variable]:
        """The variables of a scope."""
        of, mark = self._variables.of, frame.mark
        match kind:
            case "locals":
                return [
                    of(name, binding.value, mark, expression=name, written_at=binding.at, place=names.local_place(name))
                    for name, binding in names.locals().items()
                ]
            case "closure":
                closure = names.closure().items()
                return [of(name, binding.value, mark, expression=name, written_at=binding.at, place=place) for name, (binding, place) in closure]
            case "globals":
                return [
                    of(name, binding.value, mark, expression=name, written_at=binding.at, place=names.global_place(name))
                    for name, binding in names.globals().items()
                ]
            case "result":
                result = self._result(frame)
                return [of(result[0].lower(), result[1], mark)] if result is not None else []
            case "causality":
                return self._causality(frame, names)

    def _result(self, frame: Frame) -> tuple[str, Value] | None:
        """What the frame is about to return, raise or have raised, when the mark is at that event."""
        timeline = self._past.at(frame.mark.at)
        activation = timeline.activation(timeline.locate(frame.mark.at).activation)
        if activation.call_at != frame.activation:
            return None
        record = self._past.record(frame.mark.at)
        if record.kind in (Kind.RETURN, Kind.UNWIND) and record.value is not None:
            return "Return" if record.kind == Kind.RETURN else "Exception", self._past.value_at(frame.mark.at)
        if record.kind == Kind.EXTENDED and record.xkind == XKind.RAISE and record.payload[1]:
            return "Exception", self._past.value(timeline.process, (8, record.payload[1:2]))
        return None

    # Causality.

    def _causality(self, frame: Frame, names: FrameNames) -> list[Variable]:
        mark = frame.mark
        stop = self._past.stop_of(mark.at)
        causes = [self._cause(cause) for cause in self._causes(Mark(mark.actor, stop if stop is not None else mark.at))]
        writers = [
            Variable(name, f"{binding.value} {self._written(binding.at)}", "", binding.value, written_at=binding.at)
            for name, binding in names.locals().items()
        ]
        groups = [("caused by", causes), ("written by", writers), ("runs concurrently", self._concurrent(mark))]
        return [self._group(name, children, mark) for name, children in groups]

    def _group(self, name: str, children: list[Variable], mark: Mark) -> Variable:
        text = children[0].text if children else "nothing recorded"
        return Variable(name, text, "", None, Ref("group", mark, tuple(children)) if children else None, len(children))

    def _cause(self, cause: Predecessor) -> Variable:
        return Variable(cause.kind.replace("_", " "), cause.reason, "", None, written_at=cause.at)

    def _written(self, at: At) -> str:
        place = self._past.place(at)
        return f"at {place}" if place else ""

    def _concurrent(self, mark: Mark) -> list[Variable]:
        states = ("running", "ready", "waiting")
        others = [actor for actor in self._actors.at(mark, 200).actors if actor.actor != mark.actor and actor.state in states]
        return [Variable(other.title, other.words, "", None, written_at=other.mark.at) for other in others[:_MOST_CONCURRENT]]
