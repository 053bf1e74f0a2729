"""Locks on files order processes and are held until they are given back or their file is closed."""

import subprocess
import sys

import pytest
from causeway_core.storage import Recording

from tests.support.commands import CAUSEWAY

PROGRAM = """
import fcntl
import multiprocessing
import os
import sys


class Turn:
    def __enter__(self):
        self.file = open("turn", "w")
        fcntl.flock(self.file, fcntl.LOCK_EX)

    def __exit__(self, *rest):
        self.file.close()


def bump():
    with open("n") as file:
        number = int(file.read())
    with open("n", "w") as file:
        file.write(str(number + 1))


def closes():
    for _ in range(2):
        with Turn():
            bump()


def unlocks():
    handle = os.open("turn", os.O_RDWR | os.O_CREAT)
    for _ in range(2):
        fcntl.flock(handle, fcntl.LOCK_EX)
        bump()
        fcntl.flock(handle, fcntl.LOCK_UN)
    os.close(handle)


def gives_up():
    with open("other", "w") as one, open("other", "w") as two:
        fcntl.lockf(one, fcntl.LOCK_EX)
        fcntl.flock(one, fcntl.LOCK_EX)
        try:
            fcntl.flock(two, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print("taken")


context = multiprocessing.get_context("fork")
workers = [context.Process(target=getattr(sys.modules[__name__], name)) for name in sys.argv[1:]]
for worker in workers:
    worker.start()
for worker in workers:
    worker.join()
gives_up()
print(open("n").read())
"""


@pytest.fixture(params=("closes", "unlocks"))
def recording(request, tmp_path):
    (tmp_path / "locks.py").write_text(PROGRAM)
    outputs = []
    for words in ([sys.executable], [CAUSEWAY, "record", "-q", "-o", "run.causeway"]):
        (tmp_path / "n").write_text("0")
        command = [*words, "locks.py", request.param, request.param]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=True)
        outputs.append((done.stdout, done.stderr))
    assert outputs[0] == outputs[1] == ("taken\n4\n", "")
    with Recording.open(tmp_path / "run.causeway") as opened:
        yield opened


def test_a_lock_on_a_file_is_one_lock_of_all_processes_and_ends_with_its_file(recording):
    sql = """SELECT sync.object, stream.process, sync.op FROM sync JOIN stream ON stream.id = sync.at >> 40
             WHERE sync.flags & 8 AND sync.op IN ('acquired', 'released', 'acquire_failed') ORDER BY sync.object, sync.at"""
    found = {}
    for item, process, op in recording.query(sql).rows:
        found.setdefault(item, []).append((process, op))
    (shared,) = [rows for rows in found.values() if len({process for process, _ in rows}) == 2]
    for process in {process for process, _ in shared}:
        ops = [op for owner, op in shared if owner == process]
        assert ops[:3] == ["acquired", "released", "acquired"] and ops[3:] in ([], ["released"])
    assert any(op == "acquire_failed" for rows in found.values() for _, op in rows)
    assert not [gap for gap in recording.gaps() if "filelocks" in gap.detail]


@pytest.mark.parametrize("recording", ["unlocks"], indirect=True)
def test_what_is_done_under_it_is_ordered_softly(recording):
    sql = """SELECT DISTINCT edge.hard FROM edge JOIN stream source ON source.id = edge.src >> 40
             JOIN stream target ON target.id = edge.dst >> 40 WHERE edge.kind = 'lock' AND source.process != target.process"""
    assert [row[0] for row in recording.query(sql).rows] == [0]
