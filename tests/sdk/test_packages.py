"""What is installed: every package of the SDK that there is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SDK = Path(__file__).parents[2] / "sdk" / "python"
ASKS = "import setuptools; from distutils.core import run_setup; print(*sorted(run_setup('setup.py', stop_after='init').packages))"


def test_every_package_is_installed() -> None:
    pytest.importorskip("setuptools", reason="a virtual environment has none by itself from 3.12 on")
    done = subprocess.run([sys.executable, "-c", ASKS], cwd=SDK, capture_output=True, text=True, timeout=60, check=True)
    there = {".".join(path.parent.relative_to(SDK).parts) for path in (SDK / "causeway").rglob("*.py")}
    assert set(done.stdout.split()) == there
