"""Child processes, each in a debug session of its own, as debugpy opens it: they step back into the one recording that all share."""

import re
import socket
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from causeway_adapter.dap.live.remote_recorder import RemoteRecorder
from causeway_core.errors import RecordingError

from tests.adapter.client import Client

PARENT = """\
import subprocess, sys

orders = ["tea", "cake"]  # @orders
child = subprocess.Popen([sys.executable, "child.py", *orders], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # @start
said = child.stdout.readline()  # @said
print(said)  # @print
child.communicate("go")
"""
CHILD = """\
import sys


class Bill:
    total = 0


def charge(bill, name):
    price = 2 * len(name)  # @price
    bill.total += price  # @add
    return bill.total  # @charged


def main(names):
    bill = Bill()  # @bill
    for name in names:
        charge(bill, name)  # @charge
    print(bill.total, flush=True)  # @total
    sys.stdin.readline()  # @wait


main(sys.argv[1:])  # @main
"""
POOL = """\
import multiprocessing


def work(n):
    doubled = n * 2  # @double
    return doubled  # @back


if __name__ == "__main__":
    with multiprocessing.get_context("fork").Pool(1) as pool:
        print(pool.apply(work, (21,)))  # @apply
"""
ANEW = """\
import multiprocessing


def work(pipe, n):
    doubled = n * 2  # @double
    pipe.send(doubled)  # @send


if __name__ == "__main__":
    context = multiprocessing.get_context("METHOD")
    ours, theirs = context.Pipe()
    child = context.Process(target=work, args=(theirs, 21))
    child.start()  # @start
    print(ours.recv())  # @print
    child.join()
"""
GRANDPARENT = """\
import subprocess, sys

subprocess.run([sys.executable, "program.py"], check=True)  # @run
"""


@contextmanager
def session_of(configuration, *before):
    """The session that a client opens for a child process; `before` set breakpoints."""
    with Client() as client:
        client.request("initialize", adapterID="causeway", linesStartAt1=True, columnsStartAt1=True, pathFormat="path")
        attached = client.begin("attach", **configuration)
        client.event("initialized")
        for one in before:
            one(client)
        client.request("configurationDone")
        assert client.response(attached)["success"]
        yield client


@pytest.fixture
def shop(program):
    """A parent and its child."""
    return program(PARENT), program(CHILD, "child.py")


def command_of(configuration):
    """What of multiprocessing the process of a session runs: `spawn`, `forkserver` or `resource_tracker`."""
    words = Path(f"/proc/{configuration['subProcessId']}/cmdline").read_text()
    return re.search(r"from multiprocessing\.(\w+) import", words)[1]


def services(client):
    """The processes whose actors are shown."""
    return {one["name"].split(" / ")[0] for one in client.request("threads")["threads"]}


def runs_out(client, stopped):
    """The child goes on to its end."""
    client.request("continue", threadId=stopped["threadId"])
    client.event("terminated")


def test_step_back_in_a_child_leads_through_its_past_to_what_started_it(shop):
    parent, child = shop
    with Client() as client:
        client.launch(**parent.configuration(), before=parent.at("print"))
        with session_of(client.event("debugpyAttach"), child.at("wait")) as other:
            now = other.event("stopped")
            assert child.stops_at(other, now, "wait")
            stopped = other.move("stepBack", now)
            assert child.stops_at(other, stopped, "total") and "In the past: " in stopped["text"]
            assert other.locals(stopped)["name"] == "'cake'"
            assert services(other) == {"program", "child"}
            places = [other.place(stopped)[1:]]
            while places[-1][0] == "child.py":
                stopped = other.move("stepBack", stopped)
                places.append(other.place(stopped)[1:])
            assert ("child.py", child.line("main")) in places and places[-1] == ("program.py", parent.line("start"))
            assert other.locals(stopped)["orders"] == "['tea', 'cake']"
            other.request("causeway/travel", now=True)
            assert other.event("stopped")["description"] == "Back to now"
            assert child.stops_at(other, now, "wait")
            other.request("continue", threadId=now["threadId"])
            stopped = client.event("stopped")
            assert parent.stops_at(client, stopped, "print")
            client.request("continue", threadId=stopped["threadId"])
            other.event("terminated")
        client.event("terminated")


def test_the_child_s_data_breakpoints_views_and_verbs_answer_while_the_parent_runs(shop):
    parent, child = shop
    with Client() as client:
        client.launch(**parent.configuration())
        with session_of(client.event("debugpyAttach"), child.at("total")) as other:
            now = other.event("stopped")
            thread, frame = now["threadId"], other.top(now)["id"]
            info = other.request("dataBreakpointInfo", name="bill.total", frameId=frame)
            [kept] = other.request("setDataBreakpoints", breakpoints=[{"dataId": info["dataId"], "accessType": "write"}])["breakpoints"]
            assert kept["verified"]
            assert "charge" in other.request("evaluate", expression="history bill.total", frameId=frame, context="repl")["result"]
            assert other.request("causeway/causality", threadId=thread)["nodes"]
            assert other.request("causeway/cost")["events"] > 0
            stopped = other.move("reverseContinue", now)
            assert child.stops_at(other, stopped, "add") and other.locals(stopped)["name"] == "'cake'"
            refused = other.ask("setVariable", variablesReference=1, name="price", value="0")
            assert "the past cannot be changed" in refused["body"]["error"]["format"]
            assert other.move("continue", stopped)["description"] == "Back to now"
            runs_out(other, now)
        client.event("terminated")


def test_parent_and_child_are_in_the_past_at_the_same_time(shop):
    parent, child = shop
    with Client() as client:
        client.launch(**parent.configuration(), before=parent.at("print"))
        with session_of(client.event("debugpyAttach"), child.at("wait")) as other:
            held = other.event("stopped")
            now = client.event("stopped")
            theirs = other.move("stepBack", held)
            assert child.stops_at(other, theirs, "total") and other.request("causeway/causality", threadId=theirs["threadId"])["nodes"]
            ours = client.move("stepBack", now)
            assert parent.stops_at(client, ours, "said") and client.request("causeway/causality", threadId=ours["threadId"])["nodes"]
            # What the one has had derived anew the other reads on.
            assert other.request("causeway/causality", threadId=theirs["threadId"])["nodes"]
            assert child.stops_at(other, other.move("stepBack", theirs), "charge")
            client.request("causeway/travel", now=True)
            assert client.event("stopped")["description"] == "Back to now"
            other.request("causeway/travel", now=True)
            assert other.event("stopped")["description"] == "Back to now"
            client.request("continue", threadId=now["threadId"])
            other.request("continue", threadId=held["threadId"])
            other.event("terminated")
        client.event("terminated")


def test_a_worker_of_a_pool_steps_back_too(program):
    script = program(POOL)
    with Client() as client:
        client.launch(**script.configuration())
        with session_of(client.event("debugpyAttach"), script.at("back")) as other:
            now = other.event("stopped")
            stopped = other.move("stepBack", now)
            assert script.stops_at(other, stopped, "double") and other.locals(stopped)["n"] == "21"
            assert other.move("next", stopped)["description"] == "Back to now"
            runs_out(other, now)
        client.event("terminated")


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_a_child_that_multiprocessing_starts_anew_steps_back_too(program, method):
    """debugpy opens a session for multiprocessing's resource tracker, too, and the child of a fork server is the server's to announce."""
    script = program(ANEW.replace("METHOD", method))
    with Client() as client, ExitStack() as helpers:
        client.launch(**script.configuration(), before=script.at("print"))
        found = {command_of(one): one for one in (client.event("debugpyAttach"), client.event("debugpyAttach"))}
        helpers.enter_context(session_of(found.pop("resource_tracker")))
        [(kind, one)] = found.items()
        if kind == "forkserver":
            one = helpers.enter_context(session_of(one)).event("debugpyAttach")
        with session_of(one, script.at("send")) as other:
            held, now = other.event("stopped"), client.event("stopped")
            assert other.locals(held)["n"] == "21"
            stopped = other.move("stepBack", held)
            assert script.stops_at(other, stopped, "double") and "In the past: 1 step before now" in stopped["text"]
            names = [thread["name"] for thread in other.request("threads")["threads"]]
            assert not [name for name in names if "-c" in name], "each is called by its program"
            while not script.stops_at(other, stopped, "start"):
                stopped = other.move("stepBack", stopped)
            other.request("causeway/travel", now=True)
            assert other.event("stopped")["description"] == "Back to now"
            runs_out(other, held)
        runs_out(client, now)


def test_a_grandchild_shares_the_recording(program, shop):
    _, child = shop
    first = program(GRANDPARENT, "first.py")
    with Client() as client:
        client.launch(**first.configuration())
        with session_of(client.event("debugpyAttach")) as between, session_of(between.event("debugpyAttach"), child.at("wait")) as other:
            now = other.event("stopped")
            stopped = other.move("stepBack", now)
            assert child.stops_at(other, stopped, "total")
            assert services(other) == {"first", "program", "child"}
            other.request("causeway/travel", now=True)
            assert other.event("stopped")["description"] == "Back to now"
            runs_out(other, now)
            between.event("terminated")
        client.event("terminated")


def test_a_child_keeps_its_past_when_its_parent_has_ended(program):
    script = program("""\
import subprocess, sys

subprocess.Popen([sys.executable, "child.py", "tea"], stdin=subprocess.DEVNULL)
""")
    child = program(CHILD, "child.py")
    with Client() as client:
        client.launch(**script.configuration())
        with session_of(client.event("debugpyAttach"), child.at("charged")) as other:
            now = other.event("stopped")
            while client.event("thread")["reason"] != "exited":
                pass
            stopped = other.move("stepBack", now)
            assert child.stops_at(other, stopped, "add") and other.locals(stopped)["price"] == "6"
            assert other.move("next", stopped)["description"] == "Back to now"
            runs_out(other, now)
        client.event("terminated")


def test_a_recording_whose_keeper_is_gone_is_not_shared(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(RecordingError, match="has ended with the session that kept it"):
        RemoteRecorder({"port": port, "token": "", "path": str(tmp_path / "gone.causeway")})


def test_who_does_not_know_the_token_is_shown_nothing(shop):
    parent, _ = shop
    with Client() as client:
        client.launch(**parent.configuration())
        child = client.event("debugpyAttach")
        with pytest.raises(RecordingError):
            RemoteRecorder({**child["sharedRecording"], "token": "guessed"})


def test_where_a_loop_has_just_ended_step_back_stays_in_its_function(program):
    script = program("def add(n):\n    return n + 1\n\n\nfor one in (1, 2):\n    add(one)  # @add\nprint(one)  # @print\n")
    with Client() as client:
        client.launch(**script.configuration(), before=script.at("print"))
        now = client.event("stopped")
        assert script.stops_at(client, client.move("stepBack", now), "add")
        client.request("causeway/travel", now=True)
        client.event("stopped")
        runs_out(client, now)
