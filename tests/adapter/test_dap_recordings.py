"""Recordings of other shapes: many tasks, long values, odd names, exceptions that nobody fetched, deadlocks."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from causeway_core.storage import Recording

from tests.adapter.client import Shared
from tests.support.commands import CAUSEWAY
from tests.support.recordings import record

TUTORIAL = Path(__file__).parents[2] / "examples" / "tutorial"

MANY = """
import asyncio

async def work(number):
    await asyncio.sleep(0)
    return number

async def main():
    tasks = [asyncio.create_task(work(number)) for number in range(10_000)]
    await asyncio.sleep(0)
    print(len(tasks))  # @middle
    await asyncio.gather(*tasks)

asyncio.run(main())
"""

VALUES = """
def show():
    numbers = list(range(1000))
    grüße = "naïve 😀 text"
    emoji = "😀😀"; after = emoji + "x"
    return numbers, grüße, after  # @stop

show()
"""


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    folder = tmp_path_factory.mktemp("many")
    (folder / "many.py").write_text(MANY)
    return record(folder / "many.py", folder, "--no-analyze")


@pytest.fixture(scope="module")
def values(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mit Leerzeichen und Grüßen 😀")
    (folder / "größe 1.py").write_text(VALUES)
    return record(folder / "größe 1.py", folder)


def stop_at(client, recorded, mark):
    source = {"path": str(recorded.script)}
    breakpoints = [{"line": recorded.line(mark)}]
    stopped = client.attach(recorded.path, before=lambda client: client.request("setBreakpoints", source=source, breakpoints=breakpoints))
    stopped = client.move("continue", stopped)
    assert client.place(stopped)[2] == recorded.line(mark)
    return stopped


def test_ten_thousand_tasks_are_capped_with_a_note_and_keep_their_ids(many):
    with Shared() as client:
        stopped = stop_at(client, many, "middle")
        began = time.perf_counter()
        threads = client.request("threads")["threads"]
        print(f"threads of 10,000 tasks: {time.perf_counter() - began:.3f} s")
        assert threads[0]["id"] == stopped["threadId"] and len(threads) <= 1001
        assert any("more actors" in thread["name"] for thread in threads) or any("more actors" in e["body"]["output"] for e in client.events)
        again = client.request("threads")["threads"]
        assert again == threads and len({thread["id"] for thread in threads}) == len(threads)
        names = {thread["id"]: thread["name"].split(" · ")[0].split(" (")[0] for thread in threads}
        stopped = client.move("next", stopped)
        for thread in client.request("threads")["threads"]:
            if thread["id"] in names:
                assert thread["name"].startswith(names[thread["id"]])


def test_a_long_list_is_paged(values):
    with Shared() as client:
        stopped = stop_at(client, values, "stop")
        scope = client.request("scopes", frameId=client.top(stopped)["id"])["scopes"][0]
        found = {one["name"]: one for one in client.request("variables", variablesReference=scope["variablesReference"])["variables"]}
        numbers = found["numbers"]
        assert numbers["indexedVariables"] > 0
        page = client.request("variables", variablesReference=numbers["variablesReference"], filter="indexed", start=20, count=10)["variables"]
        assert [(one["name"], one["value"]) for one in page] == [(f"[{n}]", str(n)) for n in range(20, 30)]
        beyond = client.request("variables", variablesReference=numbers["variablesReference"], filter="indexed", start=5000, count=10)["variables"]
        assert beyond == []


def test_names_paths_and_columns_beyond_ascii(values):
    with Shared() as client:
        stopped = stop_at(client, values, "stop")
        frame = client.top(stopped)
        assert frame["source"]["name"] == "größe 1.py" and frame["source"]["path"] == str(values.script)
        assert client.locals(stopped)["grüße"] == "'naïve 😀 text'"
        assert client.request("evaluate", expression="grüße[6]", frameId=frame["id"])["result"] == "'😀'"
        line = next(number for number, text in enumerate(VALUES.splitlines(), 1) if "emoji" in text)
        text = VALUES.splitlines()[line - 1]
        places = client.request("breakpointLocations", source={"path": str(values.script)}, line=line)["breakpoints"]
        columns = {place["column"] for place in places}
        assert columns <= {5, 1 + len(text[: text.index("after")].encode("utf-16-le")) // 2}
        # Completion counts columns in UTF-16 units: behind the emoji the cursor is two further.
        targets = client.request("completions", text="'😀' + gr", column=10, frameId=frame["id"])["targets"]
        assert [target["label"] for target in targets] == ["grüße"]


def until_both_wait(path):
    """Returns when the recorder has stored what each of the two waits for (granted at once, a request is not recorded)."""
    end = time.monotonic() + 240
    while time.monotonic() < end:
        with Recording.open(path) as recording:
            if len({sync.actor for sync in recording.syncs() if sync.op == "acquire_request"}) == 2:
                return
    raise AssertionError("the threads never waited")


def test_an_exception_that_nobody_fetched(tmp_path):
    report = record(TUTORIAL / "report.py", tmp_path)
    with Shared() as client:
        stopped = client.attach(report.path, before=lambda client: client.request("setExceptionBreakpoints", filters=["unretrieved"]))
        stopped = client.move("continue", stopped)
        assert stopped["reason"] == "exception" and "ValueError" in stopped["text"]
        _, name, line = client.place(stopped)
        assert name == "report.py" and "raise ValueError" in report.script.read_text().splitlines()[line - 1]
        assert "upload-b" in client.thread_name(stopped)
        info = client.request("exceptionInfo", threadId=stopped["threadId"])
        assert (info["exceptionId"].rpartition(".")[2], info["description"], info["breakMode"]) == ("ValueError", "b is too large", "unhandled")


def test_a_deadlock_of_a_killed_program(tmp_path):
    script = tmp_path / "dinner.py"
    source = (TUTORIAL / "dinner.py").read_text()
    announce = "        import os; os.write(1, b'waiting %d\\n' % os.getpid())\n        with right:"
    script.write_text(source.replace("        with right:", announce))
    words = [str(CAUSEWAY), "record", "-o", str(tmp_path / "run.causeway"), str(script)]
    recorder = subprocess.Popen(words, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        lines = []
        while len(lines) < 2:
            line = recorder.stdout.readline()
            assert line, "the program ended"
            lines += [line] if "waiting" in line else []
        until_both_wait(tmp_path / "run.causeway")
        os.kill(int(lines[0].split()[1]), signal.SIGKILL)
        recorder.communicate(timeout=240)
    finally:
        recorder.kill()
    with Shared() as client:
        stopped = client.attach(tmp_path / "run.causeway", before=lambda client: client.request("setExceptionBreakpoints", filters=["deadlock"]))
        stopped = client.move("continue", stopped)
        assert stopped["reason"] == "exception" and "none of them can proceed" in stopped["text"]
        info = client.request("exceptionInfo", threadId=stopped["threadId"])
        assert info["exceptionId"] == "deadlock" and "fork" in info["description"]


def test_a_race_has_its_information_and_restart_returns(lost_update):
    with Shared() as client:
        stopped = client.attach(lost_update.path, at="F1")
        place = client.place(stopped)
        info = client.request("exceptionInfo", threadId=stopped["threadId"])
        assert info["exceptionId"] == "race" and "Account.balance" in info["description"]
        stopped = client.move("stepBack", stopped)
        assert client.place(stopped) != place
        client.request("restart")
        assert client.place(client.event("stopped")) == place


@pytest.mark.parametrize("command", ["stepBack", "reverseContinue", "next", "stepIn", "stepOut", "continue"])
def test_a_recording_without_events_refuses_to_move_in_words(tmp_path, command):
    script = tmp_path / "broken.py"
    script.write_text("x = (\n")
    with Shared() as client:
        stopped = client.attach(record(script, tmp_path).path)
        answer = client.ask(command, threadId=stopped["threadId"])
        assert answer["success"] or "the recording has no events" in answer["body"]["error"]["format"]
        client.events.clear()
