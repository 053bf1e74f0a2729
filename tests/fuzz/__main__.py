"""Runs every fuzzer in turn, ten minutes each: python -m tests.fuzz [--seconds N]."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("--seconds", type=float, default=600)
seconds = parser.parse_args().seconds
names = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if "attempt(" in path.read_text() and path.stem not in ("loop", "__main__"))
codes = []
for name in names:
    print(f"{name}: ", end="", flush=True)
    codes.append(subprocess.run([sys.executable, "-m", f"tests.fuzz.{name}", "--seconds", str(seconds)], check=False).returncode)
sys.exit(max(codes))
