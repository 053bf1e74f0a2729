"""A hung program: Ctrl-C ends it, the recording is whole, and the deadlock is named."""

import json
import os
import signal
import subprocess
import textwrap
from pathlib import Path

from tests.support.commands import CAUSEWAY, causeway

TUTORIAL = Path(__file__).parents[2] / "examples" / "tutorial"


def wait_for_line(stream, text):
    for line in stream:
        if text in line:
            return line
    raise AssertionError(f"the program never said {text!r}")


def wait_until_blocked(process):
    """Until all threads of a process that has said that it is about to wait are asleep."""
    while any(stat.read_text().rpartition(")")[2].split()[0] != "S" for stat in Path(f"/proc/{process}/task").glob("*/stat")):
        os.sched_yield()


def interrupted(folder, source, waiting):
    """The findings of a program that is interrupted, with its children, once `waiting` of them have said that they wait, and do."""
    script, recording = folder / "program.py", folder / "run.causeway"
    script.write_text(textwrap.dedent(source))
    words = [str(CAUSEWAY), "record", "-o", str(recording), str(script)]
    recorder = subprocess.Popen(words, cwd=folder, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        for line in [wait_for_line(recorder.stdout, "waiting") for _ in range(waiting)]:
            wait_until_blocked(int(line.split()[1]))
        os.killpg(recorder.pid, signal.SIGINT)
        recorder.communicate(timeout=240)
    finally:
        recorder.kill()
    return json.loads(causeway("analyze", recording, "--no-verify", "--format", "json").stdout)["findings"]


def test_ctrl_c_on_processes_that_wait_for_each_others_locks(tmp_path):
    source = """
        import multiprocessing, os
        context = multiprocessing.get_context("fork")

        def cross(mine, other, both):
            with mine:
                both.wait()
                os.write(1, b"waiting %d\\n" % os.getpid())
                with other:
                    pass

        left, right, both = context.Lock(), context.Lock(), context.Barrier(2)
        children = [context.Process(target=cross, args=(*locks, both)) for locks in ((left, right), (right, left))]
        for child in children:
            child.start()
        for child in children:
            child.join()
        """
    [deadlock] = [each for each in interrupted(tmp_path, source, 2) if each["tier"] == "likely"]
    assert deadlock["kind"] == "deadlock"
    assert {access["actor"] for access in deadlock["accesses"]} == {"process main/process", "process main/process#2"}


def test_ctrl_c_on_a_process_joined_before_its_queue_is_read(tmp_path):
    source = """
        import multiprocessing, os
        from multiprocessing.util import Finalize
        context = multiprocessing.get_context("fork")

        def work(results):
            for _ in range(4):
                results.put("x" * 60_000)
            Finalize(None, os.write, args=(1, b"waiting %d\\n" % os.getpid()), exitpriority=-4)  # just before the queue's own

        results = context.Queue()
        child = context.Process(target=work, args=(results,))
        child.start()
        child.join()
        """
    [deadlock] = [each for each in interrupted(tmp_path, source, 1) if each["tier"] == "likely"]
    assert deadlock["kind"] == "deadlock" and "before it reads what process main/process put into results" in deadlock["title"]


def test_ctrl_c_on_a_deadlock_leaves_a_whole_recording_that_names_it(tmp_path):
    script = tmp_path / "dinner.py"
    # Both forks are taken when both have said that they wait, and the main thread has started them when it says so: an interrupt that comes while
    # `start` is recorded can be lost.
    source = (TUTORIAL / "dinner.py").read_text()
    said = "        import os; os.write(1, b'waiting %d\\n' % os.getpid())\n"
    for line in ("        with right:", "        philosopher.join()"):
        source = source.replace(line, said + line)
    script.write_text(source)
    recording = tmp_path / "run.causeway"
    words = [str(CAUSEWAY), "record", "-o", str(recording), str(script)]
    recorder = subprocess.Popen(words, cwd=tmp_path, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        for line in [wait_for_line(recorder.stdout, "waiting") for _ in range(3)]:
            wait_until_blocked(int(line.split()[1]))
        os.killpg(recorder.pid, signal.SIGINT)
        wait_for_line(recorder.stderr, "KeyboardInterrupt")
        os.killpg(recorder.pid, signal.SIGINT)
        _, errors = recorder.communicate(timeout=240)
    finally:
        recorder.kill()
    assert "likely deadlock" in errors
    document = json.loads(causeway("analyze", recording, "--format", "json").stdout)
    deadlock = next(finding for finding in document["findings"] if finding["kind"] == "deadlock")
    assert {access["actor"] for access in deadlock["accesses"]} == {"thread kant", "thread hume"}
    assert "fork_1" in deadlock["title"] and "fork_2" in deadlock["title"]
