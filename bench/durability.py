"""kill -9 on the program and on the recorder at random moments: every recording must open, name the gap, and miss at most 100 ms.

python -m bench.durability [--program N] [--recorder N]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from causeway_core.ingest.recover import recover
from causeway_core.storage import Recording

WORKLOADS = Path(__file__).parent / "workloads"
CAUSEWAY = Path(sys.executable).with_name("causeway")
ALLOWED_MS = 100.0


def child_of(pid: int) -> int | None:
    """The first child of a process, once there is one."""
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(text[0]) if text else None


def start(folder: Path) -> tuple[subprocess.Popen[bytes], int, Path, Path]:
    """Start a recorded ticker; the recorder, the program's pid, the tick file and the recording's path. Returns once it ticks."""
    ticks, recording = folder / "ticks", folder / "run.causeway"
    recorder = subprocess.Popen(
        [str(CAUSEWAY), "record", "-q", "--no-analyze", "-o", str(recording), str(WORKLOADS / "h_ticker.py"), str(ticks)], cwd=WORKLOADS, start_new_session=True
    )
    deadline = time.monotonic() + 20
    while not (ticks.exists() and ticks.stat().st_size) and time.monotonic() < deadline:
        time.sleep(0.01)
    pid = child_of(recorder.pid)
    assert pid is not None, "the program did not start"
    return recorder, pid, ticks, recording


def missing_ms(ticks: Path, recording: Path) -> tuple[float, bool]:
    """Milliseconds of ticks that the file has and the recording has not, and whether a gap names the kill."""
    _number, now = struct.unpack("qq", ticks.read_bytes())
    with Recording.open(recording) as opened:
        assert opened.complete
        logs = [row for row in opened.logs() if row.name == "tick"]
        text = json.loads(logs[-1].text)
        recorded = text.get("attributes", text)["now"]
        return (now - recorded) / 1e6, any(gap.kind == "lost" for gap in opened.gaps())


def kill_program(folder: Path, delay: float) -> tuple[float, bool]:
    """SIGKILL the program after `delay` seconds; the recorder finishes by itself."""
    recorder, pid, ticks, recording = start(folder)
    time.sleep(delay)
    os.kill(pid, signal.SIGKILL)
    recorder.wait(60)
    return missing_ms(ticks, recording)


def kill_recorder(folder: Path, delay: float) -> tuple[float, bool]:
    """SIGKILL the recorder, let the program run on for a moment, kill that too, then recover."""
    recorder, pid, ticks, recording = start(folder)
    time.sleep(delay)
    recorder.kill()
    recorder.wait()
    time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
    while Path(f"/proc/{pid}/stat").exists() and " Z " not in Path(f"/proc/{pid}/stat").read_text():
        time.sleep(0.005)
    recover(recording)
    return missing_ms(ticks, recording)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=int, default=200)
    parser.add_argument("--recorder", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    moments = random.Random(arguments.seed)
    failed = 0
    for name, kill, runs in (("program", kill_program, arguments.program), ("recorder", kill_recorder, arguments.recorder)):
        worst, unnamed = 0.0, 0
        for number in range(runs):
            with tempfile.TemporaryDirectory() as folder:
                delay = moments.uniform(0.0, 0.4)
                try:
                    lost, named = kill(Path(folder), delay)
                except Exception as error:
                    failed += 1
                    print(f"  {name} run {number} (after {delay:.3f} s): {type(error).__name__}: {error}", file=sys.stderr)
                    continue
            worst = max(worst, lost)
            unnamed += not named
            failed += lost > ALLOWED_MS or not named
        print(f"kill -9 of the {name}: {runs} runs, at most {worst:.1f} ms missing, {unnamed} gaps not named")
    print(f"{'all recordings opened' if not failed else f'{failed} runs failed'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
