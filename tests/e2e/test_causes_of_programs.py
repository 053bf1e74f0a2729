"""Causes and order in recordings of real programs: what a person would say woke whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from causeway_core.graph import CausalGraph
from causeway_core.model import Access
from causeway_core.storage.recording import Recording

from tests.support.recordings import PROGRAMS, Recorded, record


@dataclass
class RecordedProgram:
    """A recorded program and its graph."""

    recorded: Recorded
    graph: CausalGraph

    def accesses(self, mark: str, op: str = "write") -> list[Access]:
        """The accesses on a marked line, in total order."""
        line = self.recorded.line(mark)
        found = [a for a in self.graph.recording.accesses() if a.op == op and self.graph.recording.site(a.site).line == line]
        assert found, f"no {op} at @{mark}"
        return sorted(found, key=lambda access: self.graph.order.total.key(access.at))

    def reasons(self) -> set[str]:
        """Everything that is said of any event at which an edge ends."""
        return {cause.reason for edge in self.graph.recording.edges() for cause in self.graph.predecessors(edge.dst)}

    def says(self, before: str, mark: str) -> bool:
        """Whether some reason is `before` and names the marked line."""
        place = f"{self.recorded.script.name}:{self.recorded.line(mark)}"
        return any(reason.startswith(before) and reason.endswith(place) for reason in self.reasons())

    def unordered(self) -> set[tuple[int, int]]:
        """Lines of conflicting accesses of two actors that nothing orders, not even locks."""
        found = set()
        accesses = self.graph.recording.accesses()
        for index, a in enumerate(accesses):
            for b in accesses[index + 1 :]:
                conflict = a.location == b.location and a.actor != b.actor and (a.writes or b.writes)
                if conflict and self.graph.concurrent(a.at, b.at):
                    first, second = sorted(self.graph.recording.site(x.site).line for x in (a, b))
                    found.add((first, second))
        return found


def recorded_program(program: str, folder: Path) -> Iterator[RecordedProgram]:
    recorded = record(PROGRAMS / program, folder, "--no-analyze")
    assert recorded.code == 0, recorded.stderr
    with Recording.open(recorded.path) as recording:
        yield RecordedProgram(recorded, CausalGraph.load(recording))


@pytest.fixture(scope="module")
def tasks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RecordedProgram]:
    yield from recorded_program("asyncio_waits.py", tmp_path_factory.mktemp("tasks"))


@pytest.fixture(scope="module")
def threads(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RecordedProgram]:
    yield from recorded_program("thread_waits.py", tmp_path_factory.mktemp("threads"))


@pytest.mark.parametrize(("before", "mark"), [
    ("woken by release of `App.lock` in task locked-0", "locked write"),
    ("woken by release of `App.slots` in task limited-0", "limited write"),
    ("woken by set of `App.ready` in task opener", "set"),
    ("woken by notify_all of `App.changed` in task opener", "notify"),
    ("received an item put into `App.orders` by task producer", "put"),
    ("found room in `App.orders` after a get by task consumer", "get"),
    ("submitted by task Task-1", "submit"),
    ("received the result of Future", "in thread"),
    ("scheduled by thread helper", "threadsafe"),
    ("woken by the end of task locked-1", "locked write"),
    ("woken by the end of task limited-0", "limited write"),
    ("cancelled by task Task-1", "cancel"),
])
def test_a_task_says_who_woke_it(tasks: RecordedProgram, before: str, mark: str) -> None:
    assert tasks.says(before, mark)


@pytest.mark.parametrize(("before", "mark"), [
    ("woken by set of `Bank.ready` in thread waiter-0", "set"),
    ("woken by notify of `Bank.changed` in thread opener-1", "notify"),
    ("received an item put into `Bank.orders` by thread producer-0", "put"),
    ("waited for task_done in thread consumer-1", "task_done"),
    ("submitted by thread MainThread", "submit"),
    ("woken by the end of thread next_holder-1", "lock taken over"),
    ("let through `Bank.barrier` by the last arrival, thread meet-", "before barrier"),
])
def test_a_thread_says_who_woke_it(threads: RecordedProgram, before: str, mark: str) -> None:
    if mark == "before barrier":
        assert any(reason.startswith(before) for reason in threads.reasons())
    else:
        assert threads.says(before, mark)


def test_a_write_under_a_lock_leads_to_the_release_before_it(tasks: RecordedProgram) -> None:
    second = tasks.accesses("locked write")[1]
    texts = [link.text for link in tasks.graph.chain(second.at)]
    assert texts[0].startswith("task locked-1") and texts[1].startswith("based on App.total = 1, read at")
    assert texts[2].startswith("woken by release of `App.lock` in task locked-0")
    assert texts[-1].startswith("created by thread MainThread")


def test_everything_a_group_or_gather_or_wait_ran_comes_before_what_follows_it(tasks: RecordedProgram) -> None:
    for inside, after in (("locked write", "after gather"), ("limited write", "after group"), ("get", "after wait"), ("in thread", "after thread")):
        end = tasks.accesses(after)[0].at
        for access in tasks.accesses(inside):
            assert tasks.graph.happens_before(access.at, end, must=True), (inside, after)


def test_two_tasks_under_one_lock_are_ordered_only_softly(tasks: RecordedProgram) -> None:
    first, second = tasks.accesses("locked write")
    assert tasks.graph.happens_before(first.at, second.at)
    assert tasks.graph.concurrent(first.at, second.at, must=True)
    assert "holds `App.lock`" in tasks.graph.why_unordered(first.at, second.at)


def test_a_notify_and_the_end_of_a_thread_are_hard(threads: RecordedProgram) -> None:
    graph = threads.graph
    notified = [edge.src for edge in graph.recording.edges() if edge.kind == "condition"]
    assert [graph.happens_before(at, threads.accesses("after condition")[0].at, must=True) for at in notified] == [True]
    for mark in ("under lock", "lock taken over"):
        assert graph.happens_before(threads.accesses(mark)[0].at, threads.accesses("after join")[0].at, must=True)


def test_only_what_no_synchronization_orders_is_concurrent(tasks: RecordedProgram, threads: RecordedProgram) -> None:
    before_barrier = threads.recorded.line("before barrier")
    assert threads.unordered() == {(before_barrier, before_barrier)}
    assert tasks.unordered() == set()


def test_no_edge_contradicts_the_recorded_order_and_every_step_of_a_task_has_a_cause(tasks: RecordedProgram, threads: RecordedProgram) -> None:
    for program in (tasks, threads):
        recording = program.graph.recording
        assert program.graph.order.reachability.contradicting == 0
        kinds = {actor.id: actor.kind for actor in recording.actors()}
        for step in recording.steps():
            if kinds[step.actor] == "task" and (step.number == 0 or step.cause_at is not None):
                assert program.graph.cause_of_step(step) is not None
