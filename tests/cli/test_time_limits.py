"""What `make test` relies on: a test that hangs is stopped, also when it is run again."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
HANGS = """\
import threading

def test_hangs():
    threading.Event().wait()
"""


def test_a_test_that_hangs_in_its_second_run_is_stopped_too(tmp_path):
    (tmp_path / "test_hangs.py").write_text(HANGS)
    plugins = ("pytest_timeout", "pytest_rerunfailures", "tests.support.time_limits")
    words = [sys.executable, "-m", "pytest", *(f"-p{name}" for name in plugins), "--timeout=0.5", "--reruns=1", "--rootdir=.", "test_hangs.py"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=240, check=False)
    assert done.stdout.splitlines()[-1].strip("= ").startswith("1 failed, 1 rerun in "), done.stdout
