"""Whose an event is."""

from __future__ import annotations

from causeway_core.graph.causal_order import CausalOrder
from causeway_core.model import Actor, At, Step
from causeway_core.storage.recording import Recording


class Actors:
    """Steps and actors by event."""

    def __init__(self, recording: Recording, order: CausalOrder) -> None:
        self._recording = recording
        self._segments = order.segments

    def of(self, at: At) -> Actor:
        """The actor of an event. Raises KeyError when nothing ran there."""
        segment, _ = self._segments.locate(at)
        return self._recording.actor(int(self._segments.actor[segment]))

    def step_of(self, at: At) -> Step | None:
        """The step an event lies in."""
        return self._recording.step_at(at)

    def previous_step(self, step: Step) -> Step | None:
        """The step of the same actor before this one."""
        return self._step(step.actor, step.number - 1)

    def next_step(self, step: Step) -> Step | None:
        """The step of the same actor after this one."""
        return self._step(step.actor, step.number + 1)

    def _step(self, actor: int, number: int) -> Step | None:
        return self._recording.step(actor, number) if number >= 0 else None
