"""What a keyframe says was running is what was running, whatever the program did before: a model in Python keeps the truth."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from causeway_core.errors import WireError
from causeway_core.model import make_at
from causeway_core.storage import Recording
from causeway_core.wire.keyframe import Keyframe, parse_keyframe
from causeway_core.wire.kinds import StepState
from causeway_core.wire.record import words_of
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.ingest import ingest
from tests.support.spool import SpoolBuilder


@dataclass
class Activation:
    id: int
    frame: int
    function: str
    locals: dict[str, int] = field(default_factory=dict)
    awaiting: bool = False


@dataclass
class Lane:
    number: int
    stack: list[Activation] = field(default_factory=list)


class Model:
    """A thread that runs tasks, functions, generators and coroutines at random, and what was on its stacks before each record."""

    def __init__(self, spool: SpoolBuilder) -> None:
        self.process = spool.process()
        self.main = self.process.thread()
        self.process.begin(self.main)
        self.lanes = [Lane(self.main.actor_number)]
        self.tasks: list[Lane] = []
        self.generators: list[Activation] = []
        self.before: dict[int, list[tuple[int, list[tuple[int, bool, dict[str, int]]]]]] = {}

    @property
    def lane(self) -> Lane:
        return self.lanes[-1]

    def site(self, kind: str, activation: Activation, name: str | None = None) -> int:
        return self.process.site(kind, function=activation.function, name=name)

    def note(self) -> None:
        state = [(lane.number, [(a.id, a.awaiting, dict(a.locals)) for a in lane.stack]) for lane in self.lanes]
        self.before[self.main.words] = state

    def call(self, function: str) -> None:
        self.note()
        activation = Activation(make_at(1, self.main.words), 0, function)
        activation.frame = self.main.call(self.process.site("call", function=function))
        self.lane.stack.append(activation)

    def act(self, what: int, argument: int) -> None:
        top = self.lane.stack[-1] if self.lane.stack else None
        if what == 0 or top is None or top.awaiting:
            self.call(f"f{argument % 3}")
        elif what == 1:
            self.note()
            self.main.local(self.site("local", top, f"v{argument % 3}"), argument)
            top.locals[f"v{argument % 3}"] = argument
        elif what == 2:
            self.note()
            self.main.line(self.site("line", top))
        elif what == 3:
            self.note()
            self.main.ret(self.site("return", top))
            self.lane.stack.pop()
            if self.lane.stack and self.lane.stack[-1].awaiting:
                self.note()
                self.main.resume(self.site("resume", self.lane.stack[-1]), self.lane.stack[-1].frame)
                self.lane.stack[-1].awaiting = False
        elif what == 4:
            self.suspend(top)
        elif what == 5 and self.generators:
            activation = self.generators.pop(argument % len(self.generators))
            self.note()
            self.main.resume(self.site("resume", activation), activation.frame)
            self.lane.stack.append(activation)
        elif what == 6:
            self.switch(argument)

    def suspend(self, top: Activation) -> None:
        self.note()
        if len(self.lane.stack) > 1 and not self.lane.stack[-2].awaiting:
            self.main.suspend(self.site("yield", top), top.frame)
            self.generators.append(self.lane.stack.pop())
            below = self.lane.stack[-1]
            self.note()
            self.main.line(self.site("line", below))
        else:
            self.main.suspend(self.site("await", top), top.frame)
            top.awaiting = True

    def switch(self, argument: int) -> None:
        self.note()
        if len(self.lanes) > 1:
            self.main.step_end(self.lane.number, StepState.SUSPENDED)
            self.tasks.append(self.lanes.pop())
        elif self.tasks and argument % 2:
            lane = self.tasks.pop(0)
            self.main.step(lane.number)
            self.lanes.append(lane)
            if lane.stack and lane.stack[-1].awaiting:
                self.note()
                self.main.resume(self.site("resume", lane.stack[-1]), lane.stack[-1].frame)
                lane.stack[-1].awaiting = False
        else:
            number = self.main.task("task")
            self.note()
            self.main.step(number, first=True)
            self.lanes.append(Lane(number))


def described(recording: Recording, keyframe: Keyframe) -> list[tuple[int, list[tuple[int, bool, dict[str, int]]]]]:
    """The stacks at the beginning of the chunk, from its keyframe."""
    activations = {activation.id: activation for activation in keyframe.activations if activation.offset == 0}
    lanes = {lane.actor: lane for lane in keyframe.actors if lane.offset == 0}
    result = []
    for number in keyframe.stack:
        stack = []
        for id in lanes[number].activations:
            activation = activations[id]
            values: dict[str, int] = {}
            for bound in activation.locals:
                site = recording.site(recording.site_of_wire(1, bound.site) or 0)
                assert site.name is not None
                values[site.name] = bound.payload[0]
            stack.append((id, activation.awaiting, values))
        result.append((number, stack))
    return result


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 99)), min_size=20, max_size=200))
def test_a_keyframe_holds_every_stack_with_its_locals(tmp_path_factory: pytest.TempPathFactory, program: list[tuple[int, int]]) -> None:
    folder: Path = tmp_path_factory.mktemp("keyframe")
    spool = SpoolBuilder(folder / "spool")
    model = Model(spool)
    for what, argument in program:
        model.act(what, argument)
    model.note()
    with Recording.open(ingest(spool, folder / "run.causeway", chunk_words=40)) as recording:
        checked = 0
        for chunk in recording.chunks():
            if chunk.first in model.before:
                assert described(recording, recording.chunk_keyframe(chunk)) == model.before[chunk.first]
                checked += 1
        assert checked or len(recording.chunks()) < 5


@given(st.binary(max_size=400))
def test_garbage_is_no_keyframe(data: bytes) -> None:
    try:
        parse_keyframe(data[: len(data) & ~3])
    except WireError:
        return
    assert len(words_of(data[: len(data) & ~3])) >= 0


def test_a_generator_resumed_on_another_thread_brings_its_locals(tmp_path: Path) -> None:
    spool = SpoolBuilder(tmp_path / "spool")
    process = spool.process()
    main, worker = process.thread(), process.thread("worker")
    frame = main.call(process.site("call", function="numbers"))
    main.local(process.site("local", function="numbers", name="n"), 41)
    main.suspend(process.site("yield", function="numbers"), frame, 41)
    resumed = worker.resume(process.site("resume", function="numbers"), frame)
    with Recording.open(ingest(spool, tmp_path / "run.causeway")) as recording:
        [chunk] = recording.chunks(2)
        [activation] = recording.chunk_keyframe(chunk).activations
        assert (activation.offset, activation.locals[0].payload[0], activation.cut) == (resumed.position, 41, False)
