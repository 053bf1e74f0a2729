"""Runs the mocha suite in `node/`: a client nobody here wrote."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.commands import CAUSEWAY

NODE = Path(__file__).parent / "node"
PATIENCE_SECONDS = 590


@pytest.mark.npm
@pytest.mark.timeout(600)
@pytest.mark.parametrize("suite", ["recording.test.js", "live.test.js", "scenarios.test.js"])
def test_vscode_s_own_test_client_is_content(suite, lost_update, tmp_path):
    assert shutil.which("node") and (NODE / "node_modules").is_dir(), "run: make test (it installs the node packages)"
    lines = {mark: lost_update.line(mark) for mark in ("read", "await", "write", "after", "gather", "print")}
    program = shutil.copy(lost_update.script, tmp_path)
    environment = {
        **os.environ, "CAUSEWAY_TEST_COMMAND": str(CAUSEWAY), "CAUSEWAY_TEST_RECORDING": str(lost_update.path),
        "CAUSEWAY_TEST_SCRIPT": str(lost_update.script), "CAUSEWAY_TEST_LINES": json.dumps(lines),
        "CAUSEWAY_TEST_PROGRAM": str(program), "CAUSEWAY_TEST_PYTHON": sys.executable,
    }  # fmt: skip
    said = tmp_path / "said"
    with said.open("wb") as output:
        command = ["npm", "test", "--silent", "--", suite]
        running = subprocess.Popen(command, cwd=NODE, env=environment, stdout=output, stderr=output, start_new_session=True)
    try:
        code = running.wait(PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        code = f"still running after {PATIENCE_SECONDS} s"
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
    assert code == 0, f"{code}\n{said.read_text()}"
