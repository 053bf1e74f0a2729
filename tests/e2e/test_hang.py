"""A hung program: Ctrl-C ends it, the recording is whole, and the deadlock is named."""

import json
import os
import signal
import subprocess
from pathlib import Path

from tests.support.recordings import CAUSEWAY

TUTORIAL = Path(__file__).parents[2] / "examples" / "tutorial"


def wait_for_line(stream, text):
    for line in stream:
        if text in line:
            return
    raise AssertionError(f"the program never said {text!r}")


def test_ctrl_c_on_a_deadlock_leaves_a_whole_recording_that_names_it(tmp_path):
    script = tmp_path / "dinner.py"
    # Both forks are taken when both have said that they wait, and the main thread has started them when it says so: an interrupt that comes while
    # `start` is recorded can be lost.
    source = (TUTORIAL / "dinner.py").read_text()
    source = source.replace("        with right:", "        import os; os.write(1, b'waiting\\n')\n        with right:")
    script.write_text(source.replace("        philosopher.join()", "        import os; os.write(1, b'waiting\\n')\n        philosopher.join()"))
    recording = tmp_path / "run.causeway"
    words = [str(CAUSEWAY), "record", "-o", str(recording), str(script)]
    recorder = subprocess.Popen(words, cwd=tmp_path, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        for _ in range(3):
            wait_for_line(recorder.stdout, "waiting")
        os.killpg(recorder.pid, signal.SIGINT)
        wait_for_line(recorder.stderr, "KeyboardInterrupt")
        os.killpg(recorder.pid, signal.SIGINT)
        _, errors = recorder.communicate(timeout=240)
    finally:
        recorder.kill()
    assert "likely deadlock" in errors
    found = subprocess.run([str(CAUSEWAY), "analyze", str(recording), "--format", "json"], capture_output=True, text=True, check=True)
    document = json.loads(found.stdout)
    deadlock = next(finding for finding in document["findings"] if finding["kind"] == "deadlock")
    assert {access["actor"] for access in deadlock["accesses"]} == {"thread kant", "thread hume"}
    assert "fork_1" in deadlock["title"] and "fork_2" in deadlock["title"]
