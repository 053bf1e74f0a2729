"""multiprocessing's locks, semaphores, events and conditions order processes, whatever starts them."""

import subprocess
import sys

import pytest
from causeway_core.storage import Recording

from tests.support.commands import CAUSEWAY
from tests.support.recordings import PROGRAMS

METHODS = ("fork", "spawn", "forkserver")


@pytest.fixture(scope="module", params=METHODS)
def recording(request, tmp_path_factory):
    """processes.py recorded, after its output was compared with a plain run's."""
    folder = tmp_path_factory.mktemp(request.param)
    plain = subprocess.run([sys.executable, "processes.py", request.param], cwd=PROGRAMS, capture_output=True, text=True, timeout=240, check=True)
    words = [CAUSEWAY, "record", "-q", "-o", folder / "run.causeway", "processes.py", request.param]
    done = subprocess.run(words, cwd=PROGRAMS, capture_output=True, text=True, timeout=240, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, plain.stdout, "")
    with Recording.open(folder / "run.causeway") as opened:
        yield opened


def edges(recording, kind):
    """(process, process, hard, note) of the edges of a kind that go from one process to another."""
    sql = """SELECT source.process, target.process, edge.hard, edge.note FROM edge
             JOIN stream source ON source.id = edge.src >> 40 JOIN stream target ON target.id = edge.dst >> 40
             WHERE edge.kind = ? AND source.process != target.process"""
    return [tuple(row) for row in recording.query(sql, [kind]).rows]


def shared(recording, *ops):
    """(object, process, op) of the operations on shared objects, in the order of their numbers."""
    marks = ", ".join("?" * len(ops))
    sql = f"""SELECT sync.object, stream.process, sync.op, sync.extra FROM sync JOIN stream ON stream.id = sync.at >> 40
              WHERE sync.flags & 8 AND sync.op IN ({marks}) ORDER BY sync.object, sync.extra"""
    return [tuple(row) for row in recording.query(sql, ops).rows]


def workers(recording):
    """The main process, and those that ran `worker`: the ones that got an item of the queue."""
    processes = recording.processes()
    (main,) = [each.id for each in processes if each.parent is None]
    return main, {process for _, process, op, _ in shared(recording, "wait_end") if process != main}


def test_each_lock_is_one_object_and_its_numbers_are_its_order(recording):
    _, children = workers(recording)
    assert len(children) == 2
    by_object = {}
    for item, process, op, number in shared(recording, "acquired", "released"):
        by_object.setdefault(item, []).append((process, op, number))
    assert sum({process for process, _, _ in found} >= children for found in by_object.values()) == 4  # lock, nested, the condition's, the value's
    for found in by_object.values():
        numbers = [number for _, _, number in found]
        assert len(set(numbers)) == len(numbers)
        holder = []
        for process, op, _ in found:
            if op == "acquired":
                assert not holder or holder[-1] == process
                holder.append(process)
            else:
                assert holder.pop() == process


def test_locks_order_processes_softly_and_events_and_conditions_firmly(recording):
    main, children = workers(recording)
    locks = edges(recording, "lock")
    assert locks and not any(hard for _, _, hard, _ in locks)
    assert {source for source, _, _, _ in locks} & children and {target for _, target, _, _ in locks} & children
    events = edges(recording, "event")
    assert {target for source, target, hard, _ in events if hard and source == main} == children
    semaphores = edges(recording, "semaphore")
    assert {source for source, target, hard, _ in semaphores if target == main and not hard} == children
    done = [note for source, target, hard, note in edges(recording, "queue") if source in children and target == main and hard]
    assert "task_done" in done


def test_a_child_belongs_to_the_process_that_asked_for_it(recording):
    main, children = workers(recording)
    parents = {each.id: each.parent for each in recording.processes()}
    assert {parents[child] for child in children} == {main}
    started = {target for source, target, hard, _ in edges(recording, "spawn") if source == main and hard}
    ended = {source for source, target, hard, note in edges(recording, "join") if target == main and hard and note == "exit"}
    assert started >= children and ended >= children


def test_what_is_inside_of_queues_and_events_is_not_recorded(recording):
    types = "SELECT DISTINCT object.type FROM sync JOIN object ON object.id = sync.object WHERE sync.flags & 8"
    found = {row[0].rpartition(".")[2] for row in recording.query(types).rows}
    assert found == {"Lock", "RLock", "Semaphore", "BoundedSemaphore", "Event", "Condition", "JoinableQueue"}
    assert not [gap for gap in recording.gaps() if "multiprocessing" in gap.detail or "forkserver" in gap.detail]
