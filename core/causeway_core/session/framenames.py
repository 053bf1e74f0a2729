"""What names refer to in a frame."""

from __future__ import annotations

from causeway_core.model import At, Mark, Value
from causeway_core.session.bindings import Binding, Bindings
from causeway_core.session.past import Past
from causeway_core.session.place import Place


class FrameNames:
    """Looks names up as Python does, at a frame's position: locals, then closure cells, then the module's globals."""

    def __init__(self, past: Past, bindings: Bindings, mark: Mark, activation: int = 0) -> None:
        """The names in an activation (its CALL; 0: the innermost) at a mark."""
        self._past = past
        self._bindings = bindings
        self.mark = mark
        self.before = mark.at
        self.process = past.process_of(mark.at)
        timeline = past.timeline(self.process)
        self.activation = timeline.activation_called(At(activation)) if activation else timeline.activation(timeline.locate(mark.at).activation)
        function = past.function_of(self.activation)
        self._function = function.qualname if function is not None else "?"
        self.source = function.source if function is not None else 0

    def value_of(self, name: str) -> Value | None:
        """The recorded value of a name, None where it is not bound."""
        found = self.binding_of(name)
        return found[0].value if found is not None else None

    def binding_of(self, name: str) -> tuple[Binding, Place] | None:
        """The binding of a name and the place that contains it."""
        local = self._bindings.locals(self.activation, self.before, [name]).get(name)
        if local is not None:
            return local, self.local_place(name)
        cell = self._bindings.cells(self.activation).get(name)
        if cell is not None:
            held = self._bindings.cell(self.process, self.source, name, cell, self.before)
            if held is not None:
                return held, self.cell_place(name, cell)
        top = self._bindings.globals(self.process, self.source, self.before, [name]).get(name)
        return (top, self.global_place(name)) if top is not None else None

    def locals(self) -> dict[str, Binding]:
        """All bound locals, parameters first."""
        return self._bindings.locals(self.activation, self.before)

    def closure(self) -> dict[str, tuple[Binding, Place]]:
        """All cells that the activation has used, with a known value."""
        found = {}
        for name, cell in sorted(self._bindings.cells(self.activation).items()):
            binding = self._bindings.cell(self.process, self.source, name, cell, self.before)
            if binding is not None:
                found[name] = (binding, self.cell_place(name, cell))
        return found

    def globals(self) -> dict[str, Binding]:
        """All recorded globals of the module."""
        return self._bindings.globals(self.process, self.source, self.before)

    def global_names(self) -> list[str]:
        """The names of the module's recorded globals."""
        return self._bindings.global_names(self.process, self.source)

    def local_place(self, name: str) -> Place:
        """The place of a local."""
        return Place(self.process, "local", self.activation.call_at, name, f"{name} in {self._function}()")

    def cell_place(self, name: str, cell: int) -> Place:
        """The place of a closure cell."""
        return Place(self.process, "cell", cell, name, name, self.source)

    def global_place(self, name: str) -> Place:
        """The place of a global."""
        return Place(self.process, "global", self.source, name, name)


