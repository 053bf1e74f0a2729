"""Random concurrent programs as graph input, with exact vector clocks of every event."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import numpy as np
from causeway_core.graph.input import GraphInput
from causeway_core.ingest.edges.order import TotalOrder
from causeway_core.model import At, make_at


@dataclass
class Program:
    """Events are appended in the total order; an actor's clock maps actor to its count of events."""

    clocks: dict[int, dict[int, int]] = field(default_factory=dict)
    must_clocks: dict[int, dict[int, int]] = field(default_factory=dict)
    full: dict[At, dict[int, int]] = field(default_factory=dict)
    must: dict[At, dict[int, int]] = field(default_factory=dict)
    actor_of: dict[At, int] = field(default_factory=dict)
    steps: list[list[int]] = field(default_factory=list)  # first, last, actor, number
    step_counts: dict[int, int] = field(default_factory=dict)
    running: dict[int, list[int]] = field(default_factory=dict)  # stream: its last step
    edges: list[tuple[At, At, bool]] = field(default_factory=list)
    runs: list[tuple[At, int]] = field(default_factory=list)
    positions: dict[int, int] = field(default_factory=dict)
    last_stream: int = 0

    def event(self, actor: int, stream: int, causes: list[tuple[At, bool]] = ()) -> At:  # type: ignore[assignment]
        """One event of an actor on a stream, after each cause (an earlier event, and whether the edge is hard)."""
        position = self.positions.get(stream, 0)
        self.positions[stream] = position + 3
        at = make_at(stream, position)
        if stream != self.last_stream:
            self.runs.append((at, len(self.runs)))
            self.last_stream = stream
        step = self.running.get(stream)
        if step is None or step[2] != actor:
            number = self.step_counts.get(actor, 0)
            self.step_counts[actor] = number + 1
            step = [at, at, actor, number]
            self.steps.append(step)
            self.running[stream] = step
        step[1] = at
        for store, current, soft in ((self.full, self.clocks, True), (self.must, self.must_clocks, False)):
            clock = dict(current.get(actor, {}))
            for cause, hard in causes:
                if hard or soft:
                    for other, count in store[cause].items():
                        clock[other] = max(clock.get(other, 0), count)
            clock[actor] = clock.get(actor, 0) + 1
            current[actor] = clock
            store[at] = clock
        self.actor_of[at] = actor
        self.edges += [(cause, at, hard) for cause, hard in causes]
        return at

    def graph_input(self) -> GraphInput:
        """The program as steps, edges and runs."""
        steps = np.array(self.steps, np.int64).reshape(-1, 4)
        edges = np.array(self.edges, np.int64).reshape(-1, 3)
        runs = np.array(self.runs, np.int64).reshape(-1, 2)
        order = TotalOrder(runs[:, 0], runs[:, 1], dict.fromkeys(self.positions, 1))
        return GraphInput(steps[:, 0], steps[:, 1], steps[:, 2], steps[:, 3], edges[:, 0], edges[:, 1], edges[:, 2].astype(bool), order)

    def before(self, a: At, b: At, *, must: bool = False) -> bool:
        """Happens-before by the exact clocks."""
        store = self.must if must else self.full
        actor = self.actor_of[a]
        return a != b and store[a][actor] <= store[b].get(actor, 0)


def server(rng: random.Random, tasks: int, joined: bool) -> Program:
    """A loop (actor 1) that starts tasks, which run in interleaved steps on its thread, wake one another and are joined or not."""
    program, loop, alive = Program(), 1, dict[int, At]()
    program.event(loop, 1)
    for task in range(2, tasks + 2):
        created = program.event(loop, 1)
        alive[task] = program.event(task, 1, [(created, True)])
        for _ in range(rng.randrange(4)):
            runner = rng.choice(list(alive))
            waker = rng.choice(list(alive))
            alive[runner] = program.event(runner, 1, [(alive[waker], rng.random() < 0.7)] if waker != runner else [])
        if joined and rng.random() < 0.8:
            ended = rng.choice(list(alive))
            program.event(loop, 1, [(alive.pop(ended), True)])
    return program


def pipeline(rng: random.Random, stages: int, items: int) -> Program:
    """Threads that hand items on through queues."""
    program = Program()
    last: dict[int, list[At]] = {stage: [] for stage in range(1, stages + 1)}
    for _ in range(items * stages):
        stage = rng.randrange(1, stages + 1)
        before = last.get(stage - 1)
        if stage > 1 and not before:
            continue
        cause = [(before.pop(0), True)] if before else []
        program.event(stage, stage, cause)
        last[stage].append(program.event(stage, stage))
    return program


def lock_heavy(rng: random.Random, threads: int, operations: int, locks: int) -> Program:
    """Threads that take and release a few locks; acquisition order is soft."""
    program, released = Program(), dict[int, At]()
    root = program.event(threads + 1, threads + 1)
    for thread in range(1, threads + 1):
        program.event(thread, thread, [(root, True)])
    for _ in range(operations):
        thread, lock = rng.randrange(1, threads + 1), rng.randrange(locks)
        program.event(thread, thread, [(released[lock], False)] if lock in released else [])
        for _ in range(rng.randrange(3)):
            program.event(thread, thread)
        released[lock] = program.event(thread, thread)
    return program


def server_input(rng: random.Random, tasks: int, joined: bool) -> GraphInput:
    """A large server without clocks: a loop starts tasks, up to 200 live at once, which wake one another and are joined or forgotten."""
    steps: list[tuple[int, int, int, int]] = []
    edges: list[tuple[int, int]] = []
    counts: dict[int, int] = {}

    def step(actor: int, cause: int | None = None) -> int:
        first = make_at(1, 10 * len(steps))
        steps.append((first, first + 6, actor, counts.get(actor, 0)))
        counts[actor] = counts.get(actor, 0) + 1
        if cause is not None:
            edges.append((cause, first))
        return first + 3

    step(1)
    live: list[list[int]] = []
    for task in range(2, tasks + 2):
        live.append([task, step(task, step(1))])
        if len(live) > 200:
            ended = live.pop(rng.randrange(len(live)))
            if joined:
                step(1, ended[1])
        woken, waker = rng.choice(live), rng.choice(live)
        if woken is not waker:
            woken[1] = step(woken[0], waker[1])
    columns, pairs = np.array(steps, np.int64), np.array(edges, np.int64)
    order = TotalOrder(np.array([make_at(1, 0)], np.int64), np.array([1], np.int64), {1: 1})
    hard = np.ones(len(pairs), np.bool_)
    return GraphInput(columns[:, 0], columns[:, 1], columns[:, 2], columns[:, 3], pairs[:, 0], pairs[:, 1], hard, order)
