"""`pytest --causeway`: the same pytest under the recorder, and what was found in its recording."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest

from causeway.pytest_plugin import RESULTS
from causeway.testing.report import print_report

TIERS = ("confirmed", "likely", "latent", "hint")


def run(config: pytest.Config) -> int:
    """Runs the tests recorded, prints the report, and gives the exit code. Raises UsageError where the host is missing."""
    causeway = _host()
    folder = config.rootpath / ".causeway"
    folder.mkdir(exist_ok=True)
    recording = folder / f"pytest-{time.strftime('%Y%m%d-%H%M%S')}.causeway"
    words = _arguments(config)
    with tempfile.TemporaryDirectory(prefix="causeway-pytest-") as temporary:
        results = Path(temporary) / "results"
        command = [causeway, "record", "--quiet", "--force", "-o", str(recording), "--python", sys.executable, "--", "-m", "pytest", *words]
        sys.stdout.flush()
        try:
            code = subprocess.run(command, cwd=config.invocation_params.dir, env={**os.environ, RESULTS: str(results)}, check=False).returncode
        except KeyboardInterrupt:
            code = int(pytest.ExitCode.INTERRUPTED)
        outcomes = _outcomes(results)
    if not recording.exists():
        return code
    findings, note = _analysed(causeway, recording, config.rootpath)
    firm = [each for each in findings if each["tier"] in TIERS[:2]]
    failed = [nodeid for nodeid, outcome in outcomes.items() if outcome == "failed"]
    kept = bool(firm or failed)
    if not kept:
        recording.unlink()
    print_report(config, findings, outcomes, recording if kept else None, note)
    threshold = config.getoption("causeway_fail_on")
    if code == 0 and threshold and any(TIERS.index(each["tier"]) <= TIERS.index(threshold) for each in findings):
        return int(pytest.ExitCode.TESTS_FAILED)
    return code


def _host() -> str:
    """The `causeway` command: of this environment, else on PATH."""
    import shutil

    beside = Path(sys.executable).with_name("causeway.exe" if os.name == "nt" else "causeway")
    found = str(beside) if beside.exists() else shutil.which("causeway")
    if found is None:
        raise pytest.UsageError("--causeway records with the `causeway` command, and only causeway-sdk is here: pip install causeway-debugger")
    return found


def _arguments(config: pytest.Config) -> list[str]:
    """pytest's own arguments, without this plugin's and without worker processes."""
    words, given = [], iter(map(os.fspath, config.invocation_params.args))
    for word in given:
        if word == "--causeway-fail-on":
            next(given, None)
        elif word != "--causeway" and not word.startswith("--causeway-fail-on="):
            words.append(word)
    if config.getoption("numprocesses", None):
        print("causeway: without -n: tests are recorded in one process, so that what is seen between them is theirs", flush=True)
        words += ["-n", "0"]
    return words


def _outcomes(path: Path) -> dict[str, str]:
    """How each test ended; a failure in setup or teardown counts."""
    found: dict[str, str] = {}
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            nodeid, outcome = json.loads(line)
            if found.get(nodeid) != "failed":
                found[nodeid] = outcome
    return found


def _analysed(causeway: str, recording: Path, root: Path) -> tuple[list[dict[str, Any]], str]:
    """The findings (schema causeway.findings/1), and what the analysis said beside them."""
    print("causeway: looking for races …", file=sys.stderr, flush=True)
    done = subprocess.run([causeway, "analyze", str(recording), "--format", "json"], cwd=root, capture_output=True, text=True, check=False)
    note = " ".join(line.removeprefix("causeway: ").strip() for line in done.stderr.splitlines())
    try:
        return list(json.loads(done.stdout)["findings"]), note
    except (ValueError, KeyError):
        return [], note or f"the analysis ended with exit code {done.returncode}"
