"""The tutorial's commands print what it says they print; numbers and times may differ."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)


def commands():
    """(command, expected lines) of every console block, in order."""
    found = []
    for block in BLOCK.findall((ROOT / "docs" / "tutorial.md").read_text()):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return found


def normalised(line):
    """The line without what changes from run to run: numbers, except line numbers of files, and the width of columns."""
    return re.sub(r"\s+", " ", re.sub(r"(?<![.\w]py:)\b\d[\d,.]*\b", "#", line)).strip()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    copy = tmp_path_factory.mktemp("tutorial") / "tutorial"
    shutil.copytree(ROOT / "examples" / "tutorial", copy, ignore=shutil.ignore_patterns(".causeway", "__pycache__"))
    return copy


def test_every_command_prints_what_the_page_says(folder):
    listed = commands()
    assert len(listed) >= 6
    environment = {**os.environ, "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])}
    for command, expected in listed:
        done = subprocess.run(shlex.split(command), cwd=folder, env=environment, capture_output=True, text=True, timeout=240, check=False)
        assert done.returncode == 0, (command, done.stderr)
        printed = {normalised(line) for line in (done.stdout + done.stderr).splitlines()}
        for line in expected:
            assert normalised(line) in printed, f"{command} did not print: {line}\n{done.stdout}{done.stderr}"
