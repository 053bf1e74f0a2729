"""A client that does not say goodbye: nvim-dap closes the adapter's input and interrupts it as soon as the session has ended."""

import contextlib
import os
import select
import signal
from pathlib import Path

import pytest
from causeway_core.storage import Recording

from tests.adapter.client import Client


def interrupted(client):
    """What nvim-dap does to an adapter; its exit code."""
    client.process.stdin.close()
    client.process.send_signal(signal.SIGINT)
    return client.process.wait(100)


def recording_of(program):
    [path] = (program.path.parent / ".causeway").glob("*.causeway")
    with Recording.open(path) as recording:
        assert recording.complete
        return recording.meta


def test_an_adapter_that_is_interrupted_at_the_end_completes_the_recording(program):
    script = program("total = sum(range(100_000))\nprint(total)\n")
    with Client() as client:
        client.launch(**script.configuration())
        client.event("terminated")
        assert interrupted(client) == 0
    assert recording_of(script).exit_code == 0


@pytest.mark.parametrize("number, times", [(signal.SIGINT, 1), (signal.SIGINT, 3), (signal.SIGTERM, 1)])
def test_an_adapter_that_is_interrupted_meanwhile_ends_the_program_and_completes_the_recording(program, number, times):
    script = program("import sys\nvalue = 7  # @value\nsys.stdin.read()  # @read\n")
    with Client() as client:
        client.launch(**script.configuration(), before=script.at("read"))
        client.event("stopped")
        for _ in range(times):
            client.process.send_signal(number)
        client.process.stdin.close()
        assert client.process.wait(100) == 0
    recording_of(script)


def processes_below(pid):
    """The children of a process, theirs, and so on: parents first."""
    children = [int(child) for thread in Path(f"/proc/{pid}/task").iterdir() for child in (thread / "children").read_text().split()]
    return [each for child in children for each in (child, *processes_below(child))]


@pytest.fixture
def stuck():
    """Stops processes, which are killed at the end of the test."""
    handles = []

    def stop(pids):
        handles.extend(os.pidfd_open(pid) for pid in pids)
        for handle in handles:
            signal.pidfd_send_signal(handle, signal.SIGSTOP)

    yield stop
    for handle in handles:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(handle, signal.SIGKILL)
        os.close(handle)


def gone_client(program, stuck, number, asks):
    """A client that is gone while the first `number` processes below the adapter (debugpy's adapter, its launcher, the program) are stuck, after so
    many requests; handles of all of them, and the exit code of our adapter."""
    script = program("value = 7\nwhile value:\n    value += 1  # @turn\n")
    with Client() as client:
        client.launch(**script.configuration(), before=script.at("turn"))
        frame = client.top(client.event("stopped"))["id"]
        pids = processes_below(client.process.pid)
        assert len(pids) == 3
        handles = [os.pidfd_open(pid) for pid in pids]
        stuck(pids[:number])
        for _ in range(asks):
            client.begin("evaluate", expression="value" * 1000, frameId=frame, context="watch")
        client.process.stdin.close()
        code = client.process.wait(100)
    return handles, code


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="Linux")
@pytest.mark.parametrize(
    ("number", "asks"),
    [
        pytest.param(1, 400, id="an adapter of debugpy's that reads nothing more"),
        pytest.param(3, 0, id="everything", marks=pytest.mark.slow),
    ],
)
def test_the_adapter_and_the_program_end_with_their_client_also_when_debugpy_is_stuck(program, stuck, number, asks):
    handles, code = gone_client(program, stuck, number, asks)
    assert code == 0
    for handle in handles:
        assert select.select([handle], [], [], 60)[0], "one of them has been left"
        os.close(handle)
