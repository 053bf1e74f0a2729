"""Runs the mocha suite in `node/`: a client nobody here wrote."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.recordings import CAUSEWAY

NODE = Path(__file__).parent / "node"


@pytest.mark.npm
def test_vscode_s_own_test_client_is_content(lost_update):
    assert shutil.which("node") and (NODE / "node_modules").is_dir(), "run: make test (it installs the node packages)"
    lines = {mark: lost_update.line(mark) for mark in ("read", "await", "write", "after", "print")}
    environment = {
        **os.environ, "CAUSEWAY_TEST_COMMAND": str(CAUSEWAY), "CAUSEWAY_TEST_RECORDING": str(lost_update.path),
        "CAUSEWAY_TEST_SCRIPT": str(lost_update.script), "CAUSEWAY_TEST_LINES": json.dumps(lines),
    }  # fmt: skip
    done = subprocess.run(["npm", "test", "--silent"], cwd=NODE, env=environment, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
