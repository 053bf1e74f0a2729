"""Programs that run already: attached to where they listen, where they call to, and by the number of their process. They have no past."""

import socket
import subprocess
import sys

import pytest
from causeway_adapter.dap.live import injection

from tests.adapter.client import Client

LOOPS = '''\
import sys
import threading

done = threading.Event()


def turn(number):
    doubled = number * 2  # @turn
    return doubled


number = 0
print("running", flush=True)
while not done.wait(0.01):
    turn(number)
    number += 1
print("done", flush=True)
'''
"""Goes on until somebody sets `done`."""


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture
def running(program):
    """Starts a program by `python` with these words, and ends it."""
    started = []

    def start(*words, source=LOOPS):
        script = program(source)
        command = [sys.executable, "-Xfrozen_modules=off", *words, str(script.path)]
        process = subprocess.Popen(command, cwd=script.path.parent, stdout=subprocess.PIPE, text=True)
        started.append(process)
        return script, process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def attach(client, script, **where):
    """Attach, with a breakpoint at the marked line; what the program that is not there yet, or cannot be attached to, is refused with."""
    attached = client.begin("attach", **where)
    while not any(event["event"] == "initialized" for event in client.events):
        client._keep(client.receive())
        if attached in client._responses:
            return error_of(client.response(attached))
    client.event("initialized")
    script.at("turn")(client)
    client.request("configurationDone")
    response = client.response(attached)
    assert response["success"], response
    return ""


def error_of(response):
    assert not response["success"]
    return response["body"]["error"]["format"]


def initialize(client):
    client.request("initialize", adapterID="causeway", linesStartAt1=True, columnsStartAt1=True, pathFormat="path")


def debugs(client, script, process):
    """It is held at a breakpoint, told, changed, and let go; and has no past."""
    stopped = client.event("stopped")
    assert stopped["reason"] == "breakpoint" and script.stops_at(client, stopped, "turn")
    frame = client.top(stopped)["id"]
    assert client.request("evaluate", expression="number * 0", frameId=frame, context="watch")["result"] == "0"
    assert [one["name"] for one in client.request("threads")["threads"]] == ["MainThread"]
    assert "no past" in error_of(client.ask("stepBack", threadId=stopped["threadId"]))
    stepped = client.move("next", stopped)
    assert client.place(stepped)[2] == script.line("turn") + 1
    client.request("evaluate", expression="done.set()", frameId=client.top(stepped)["id"], context="repl")
    script.at()(client)
    client.request("continue", threadId=stepped["threadId"])
    client.event("terminated")
    assert "done\n" in iter(process.stdout.readline, "") and process.wait() == 0


def test_attach_to_where_a_program_listens(running):
    port = free_port()
    script, process = running("-m", "debugpy", "--listen", f"127.0.0.1:{port}")
    assert process.stdout.readline() == "running\n", "which it does when it listens"
    with Client() as client:
        initialize(client)
        assert "nothing listens" in attach(client, script, connect={"port": free_port()})
        assert attach(client, script, connect={"host": "127.0.0.1", "port": port}) == ""
        debugs(client, script, process)


def test_wait_for_a_program_that_calls(running, program):
    port = free_port()
    with Client() as client:
        initialize(client)
        attached = client.begin("attach", listen={"host": "127.0.0.1", "port": port})
        while client.event("debugpyWaitingForServer")["port"] != port:
            pass
        script, process = running("-m", "debugpy", "--connect", f"127.0.0.1:{port}", "--wait-for-client")
        client.event("initialized")
        script.at("turn")(client)
        client.request("configurationDone")
        assert client.response(attached)["success"]
        debugs(client, script, process)


@pytest.mark.slow
def test_attach_to_a_process_by_its_number(running):
    script, process = running()
    assert process.stdout.readline() == "running\n"
    with Client() as client:
        initialize(client)
        refused = attach(client, script, processId=process.pid)
        if not refused:
            debugs(client, script, process)
    if refused:  # where gdb cannot call functions in another process, or is not there
        assert f"process {process.pid}" in refused and "--listen" in refused
        assert process.poll() is None, "who is refused has changed nothing"


@pytest.mark.parametrize(
    ("cpu", "said", "works"),
    [
        ("flags : fpu sse2 amx_tile", "GNU gdb (Debian 13.1-3) 13.1\nCopyright", False),
        ("flags : fpu sse2 amx_tile", "GNU gdb (GDB) 14.2\nCopyright", True),
        ("flags : fpu sse2", "GNU gdb (Debian 13.1-3) 13.1\nCopyright", True),
        ("flags : fpu sse2 amx_tile", "something else", True),
    ],
)
def test_a_gdb_that_would_break_the_program_is_not_let_at_it(cpu, said, works):
    assert (injection.trouble_of(cpu.split(), said) is None) == works


def proc(folder, *, own="", status="", scope=None, memory="/usr/bin/python3.11", **more):
    """A /proc of a process 7 and of the one that asks, which is of the user 1000 unless `own` says more."""
    files = {"self/status": f"Uid:\t1000\t1000\t1000\t1000\n{own}", "7/status": f"Uid:\t1000\t1000\t1000\t1000\n{status}", "7/maps": memory}
    files |= {f"7/{name}": text for name, text in more.items()}
    if scope is not None:
        files["sys/kernel/yama/ptrace_scope"] = f"{scope}\n"
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def debuggers(tmp_path, monkeypatch):
    """Puts these debuggers on the PATH, and nothing else."""

    def put(*names):
        for name in names:
            tool = tmp_path / "bin" / name
            tool.parent.mkdir(exist_ok=True)
            tool.write_text("#!/bin/sh\necho GNU gdb 14.2\n")
            tool.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path / "bin"))

    return put


ALMIGHTY = "CapEff:\t000001ffffffffff\n"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({}, None),
        ({"status": "TracerPid:\t12\n"}, "process 12 debugs it already"),
        ({"memory": "/usr/bin/sleep"}, "it runs no Python"),
        ({"status": "Uid:\t54321\t54321\t54321\t54321\n"}, "it belongs to another user (54321)"),
        ({"status": "Uid:\t54321\t54321\t54321\t54321\n", "own": ALMIGHTY}, None),
        ({"scope": 0}, None),
        ({"scope": 1}, "only a process's own parent may trace it (/proc/sys/kernel/yama/ptrace_scope is 1)"),
        ({"scope": 2}, "only root may trace processes (/proc/sys/kernel/yama/ptrace_scope is 2)"),
        ({"scope": 2, "own": ALMIGHTY}, None),
        ({"scope": 3, "own": ALMIGHTY}, "nobody may trace processes until a restart (/proc/sys/kernel/yama/ptrace_scope is 3)"),
    ],
)
def test_what_forbids_to_attach_is_said(tmp_path, debuggers, told, why):
    debuggers("gdb")
    found = injection.obstacle(7, prefers_lldb=False, proc=proc(tmp_path, **told))
    assert (found.why if found is not None else None) == why


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere debugpy attaches by other means")
@pytest.mark.skipif(hasattr(sys, "remote_exec"), reason="needs no debugger")
@pytest.mark.parametrize(
    ("there", "prefers_lldb", "why"),
    [
        ((), False, "debugpy needs gdb or lldb for that, and neither is installed"),
        ((), True, "debugpy needs gdb or lldb for that, and neither is installed"),
        (("lldb",), False, "debugpy needs gdb for that, which is not installed"),
        (("lldb",), True, None),
        (("gdb",), True, None),
    ],
)
def test_the_debugger_that_is_missing_is_named(tmp_path, debuggers, there, prefers_lldb, why):
    debuggers(*there)
    found = injection.obstacle(7, prefers_lldb=prefers_lldb, proc=proc(tmp_path))
    assert (found.why if found is not None else None) == why


@pytest.mark.parametrize(
    ("process", "takes"),
    [
        ({}, True),
        ({"memory": "/usr/bin/python3.1"}, False),
        ({"cmdline": "python\0-X\0disable_remote_debug\0a.py\0"}, False),
        ({"cmdline": "python\0-Xdisable_remote_debug\0a.py\0"}, False),
        ({"environ": "PYTHON_DISABLE_REMOTE_DEBUG=1\0"}, False),
        ({"environ": "PYTHON_DISABLE_REMOTE_DEBUG=\0"}, True),
    ],
)
def test_a_process_takes_code_from_its_own_version_unless_that_is_disabled(tmp_path, process, takes):
    own = f"/usr/bin/python{sys.version_info[0]}.{sys.version_info[1]}"
    assert injection.takes_code(7, proc(tmp_path, **{"memory": own, **process})) == takes


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_a_process_that_is_no_python_is_left_alone():
    other = subprocess.Popen(["sleep", "600"])
    try:
        with Client() as client:
            initialize(client)
            refused = error_of(client.ask("attach", processId=other.pid))
        assert f"process {other.pid} cannot be attached to: it runs no Python" in refused
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_a_process_that_is_not_there_is_one_clear_error():
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    with Client() as client:
        initialize(client)
        assert f"there is no process {ended.pid}" in error_of(client.ask("attach", processId=ended.pid))
