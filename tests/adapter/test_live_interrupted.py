"""A client that does not say goodbye: nvim-dap closes the adapter's input and interrupts it as soon as the session has ended."""

import signal

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


@pytest.mark.parametrize("times", [1, 3])
def test_an_adapter_that_is_interrupted_meanwhile_ends_the_program_and_completes_the_recording(program, times):
    script = program("import sys\nvalue = 7  # @value\nsys.stdin.read()  # @read\n")
    with Client() as client:
        client.launch(**script.configuration(), before=script.at("read"))
        client.event("stopped")
        for _ in range(times):
            client.process.send_signal(signal.SIGINT)
        assert interrupted(client) == 0
    recording_of(script)
