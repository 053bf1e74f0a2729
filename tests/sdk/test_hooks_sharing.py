"""What processes share as data is one place for all of them: memory, and the objects of a manager."""

import subprocess
import sys

import pytest
from causeway_core.storage import Recording

from tests.support.commands import CAUSEWAY

PROGRAM = """
import ctypes
import mmap
import multiprocessing
import sys
from multiprocessing.shared_memory import ShareableList, SharedMemory
from multiprocessing.sharedctypes import RawArray


class Account(ctypes.Structure):
    _fields_ = [("balance", ctypes.c_int), ("paid", ctypes.c_int)]


def work(number, flags, account, block, names, totals, settings, lock, inbox):
    with lock:
        number.value += 1
        flags[-1] = flags[1] + 1
        account.balance -= 1
        block.buf[8] += 1
        names[1] = names[1] + 1
        totals["sum"] = totals.get("sum", 0) + 1
        settings.level = settings.level + 1
    inbox.put("done")


def main(method):
    context = multiprocessing.get_context(method)
    block, names = SharedMemory(create=True, size=64), ShareableList(["a", 1])
    with context.Manager() as manager:
        things = (
            context.Value("i", 0), RawArray("i", 2), context.Value(Account, 5, 0), block, names, manager.dict(), manager.Namespace(level=0),
            manager.Lock(), manager.Queue(),
        )
        workers = [context.Process(target=work, args=things) for _ in range(2)]
        for worker in workers:
            worker.start()
        for _ in workers:
            things[8].get()
        for worker in workers:
            worker.join()
        number, flags, account, _, _, totals, settings, _, _ = things
        print(number.value, flags[1], account.balance, block.buf[8], names[1], dict(totals), settings.level)
    names.shm.close()
    names.shm.unlink()
    block.close()
    block.unlink()


if __name__ == "__main__":
    main(sys.argv[1])
"""


@pytest.fixture(scope="module", params=("fork", "spawn"))
def recording(request, tmp_path_factory):
    """The program recorded, after its output was compared with a plain run's."""
    folder = tmp_path_factory.mktemp(request.param)
    (folder / "shares.py").write_text(PROGRAM)
    plain = subprocess.run([sys.executable, "shares.py", request.param], cwd=folder, capture_output=True, text=True, timeout=240, check=True)
    words = [CAUSEWAY, "record", "-q", "-o", "run.causeway", "shares.py", request.param]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=240, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, plain.stdout, "")
    with Recording.open(folder / "run.causeway") as opened:
        yield opened


PLACES = ("number.value", "flags[1]", "account.balance", "[8]", "names[1]", "totals['sum']", "settings.level")


def test_what_processes_share_is_one_place(recording):
    workers = {each.process for each in recording.actors() if each.path.startswith("main/main/process") or each.path.startswith("main/process")}
    sql = """SELECT location.name, stream.process, access.op FROM access JOIN location ON location.id = location JOIN stream ON stream.id = at >> 40
             JOIN site ON site.id = access.site JOIN function ON function.id = site.function WHERE function.qualname = 'work'"""
    rows = list(recording.query(sql).rows)
    for place in PLACES:
        found = [(name, process, op) for name, process, op in rows if place.rpartition(".")[2] in name]
        assert len({name for name, _, _ in found}) == 1, place
        processes = {process for _, process, _ in found}
        assert len(processes) == 2 and processes <= workers, place
        assert all({op for _, process, op in found if process == each} == {"read", "write"} for each in processes), place


def test_a_managers_lock_and_queue_order_processes(recording):
    sql = """SELECT DISTINCT edge.kind, edge.note, edge.hard FROM edge JOIN stream source ON source.id = edge.src >> 40
             JOIN stream target ON target.id = edge.dst >> 40 WHERE source.process != target.process"""
    found = [tuple(row) for row in recording.query(sql).rows]
    assert any(kind == "lock" and not hard for kind, _, hard in found)
    assert any(kind == "message" and note == "queue" and hard for kind, note, hard in found)


MEETING = """
import multiprocessing
import sys


def work(barrier, seats, index):
    seats[index] = index + 1
    barrier.wait()
    sys.stdout.write(f"{seats[1 - index]}\\n")  # in one piece: both write to one pipe, and `print` unbuffered does it in two


context = multiprocessing.get_context("fork")
barrier, seats = context.Barrier(2), context.Array("i", 2)
workers = [context.Process(target=work, args=(barrier, seats, index)) for index in range(2)]
for worker in workers:
    worker.start()
for worker in workers:
    worker.join()
"""


def test_processes_that_meet_at_a_barrier_are_ordered(tmp_path):
    (tmp_path / "meet.py").write_text(MEETING)
    words = [CAUSEWAY, "record", "-q", "-o", "run.causeway", "meet.py"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=True)
    assert sorted(done.stdout.split()) == ["1", "2"] and not done.stderr
    with Recording.open(tmp_path / "run.causeway") as recording:
        sql = """SELECT DISTINCT source.process, target.process, edge.hard FROM edge JOIN stream source ON source.id = edge.src >> 40
                 JOIN stream target ON target.id = edge.dst >> 40 WHERE edge.kind = 'barrier' AND source.process != target.process"""
        pairs = [tuple(row) for row in recording.query(sql).rows]
        assert len({process for pair in pairs for process in pair[:2]}) == 2 and all(hard for _, _, hard in pairs)
        assert not list(recording.query("SELECT * FROM sync WHERE flags & 8 AND op IN ('notify', 'notify_all', 'wait_begin')").rows)
