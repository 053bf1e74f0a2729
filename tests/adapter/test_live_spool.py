"""While somebody looks at the past, what others write waits in the spool, but not for ever."""

import subprocess
import sys
from contextlib import contextmanager

import pytest
from causeway_adapter.dap.live import recorder as recording
from causeway_adapter.dap.live.recorder import Recorder
from causeway_core.ingest.claim import Claim, spool_of
from causeway_core.launch.environment import environment
from causeway_core.launch.target import Target

WRITER = """\
import sys

total = 0
for line in sys.stdin:
    for number in range(20000):
        total += number
    print(total, flush=True)
"""


@pytest.fixture
def running(tmp_path):
    """A recorder, and a program that is recorded, each of whose rounds is a line given to it."""
    script = tmp_path / "writer.py"
    script.write_text(WRITER)
    target = Target("writer", (), ("writer.py",), tmp_path, tmp_path)
    path = tmp_path / "writer.causeway"
    recorder = Recorder(target, path, Claim.take(spool_of(path)), "full")
    variables = environment(target, recorder.spool, detail="full", include=(), exclude=())
    command = [sys.executable, "-m", "causeway.launch", "writer.py"]
    with subprocess.Popen(command, cwd=tmp_path, env=variables, stdin=-1, stdout=-1, text=True) as program:
        yield recorder, program
        program.stdin.close()
    recorder.close()


def round_of(program):
    program.stdin.write("go\n")
    program.stdin.flush()
    return program.stdout.readline()


@contextmanager
def looking(recorder):
    """A session over what has been recorded until now."""
    session = recorder.session()
    try:
        yield session
    finally:
        session.close()
        recorder.resume()


def test_what_is_written_meanwhile_waits_in_the_spool(running):
    recorder, program = running
    round_of(program)
    with looking(recorder):
        before = recorder.events
        round_of(program)
        assert recorder.events == before
    assert recorder.poll() >= before + 20000


def test_a_full_spool_is_taken_in_and_the_session_sees_what_it_saw(running, monkeypatch):
    monkeypatch.setattr(recording, "MOST_WAITING_BYTES", 0)
    monkeypatch.setattr(recording, "LOOK_SECONDS", 0.0)
    recorder, program = running
    round_of(program)
    with looking(recorder) as session:
        before, end = recorder.events, session.end().mark
        round_of(program)
        while recorder.events < before + 20000:
            pass
        assert session.end().mark == end
        assert session.step_back().text
    with looking(recorder) as session:
        assert session.end().mark.at > end.at
