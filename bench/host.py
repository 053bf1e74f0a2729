"""How quick the host is on a large recording: ingest, open, step, reverse-continue, analysis.

python -m bench.host [--scale N]     (10 makes about ten million events)
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from causeway_core.analysis import analyze
from causeway_core.ingest.ingestor import Ingestor
from causeway_core.session import LineBreakpoint, Session
from causeway_core.storage import Recording

WORKLOADS = Path(__file__).parent / "workloads"
STEPS = 400


def milliseconds(action: Callable[[], object]) -> float:
    """Wall time of one call."""
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1000


def spread(samples: list[float]) -> str:
    """Median and 99th percentile in ms."""
    ordered = sorted(samples)
    return f"median {statistics.median(ordered):.2f} ms, 99th percentile {ordered[int(len(ordered) * 0.99) - 1]:.2f} ms"


def record(spool: Path, scale: int) -> None:
    """Run the workload with the guest alone, so that ingest can be timed by itself."""
    environment = {
        **os.environ, "CAUSEWAY_SPOOL": str(spool), "CAUSEWAY_DETAIL": "full", "CAUSEWAY_ROOT": str(WORKLOADS), "CAUSEWAY_INCLUDE": "", "CAUSEWAY_EXCLUDE": "",
    }
    subprocess.run([sys.executable, "-m", "causeway.launch", "g_big.py", str(scale)], cwd=WORKLOADS, env=environment, check=True)


def ingest(spool: Path, path: Path) -> None:
    """Time the ingest of a finished spool."""
    ingestor = Ingestor(spool, path, command=["g_big.py"], cwd=WORKLOADS, root=WORKLOADS, detail="full")
    started, cpu = time.perf_counter(), time.process_time()
    ingestor.finish(0)
    wall, cpu = time.perf_counter() - started, time.process_time() - cpu
    with Recording.open(path) as recording:
        events = recording.meta.events
    print(f"ingest: {events:,} events, {events / wall / 1e6:.2f} M events/s wall, {events / cpu / 1e6:.2f} M/s CPU; {path.stat().st_size / events:.2f} bytes an event")


def stepping(path: Path) -> None:
    """Time opening, stepping from random marks, and a reverse-continue over everything."""
    sessions: list[Session] = []
    print(f"open: {milliseconds(lambda: sessions.append(Session.open(path))):.0f} ms")
    session = sessions[0]
    choice = random.Random(7)
    chunks = session.recording.chunks()
    forward: list[float] = []
    back: list[float] = []
    for _ in range(STEPS // 4):
        chunk = choice.choice(chunks)
        session.goto(chunk.first_at)
        for _ in range(4):
            back.append(milliseconds(session.step_back))
        for _ in range(4):
            forward.append(milliseconds(session.step_over))
    print(f"step over: {spread(forward)}\nstep back: {spread(back)}")
    session.end()
    print(f"reverse continue over everything, no breakpoint: {milliseconds(session.reverse_continue):.0f} ms")
    session.end()
    rare = next(number for number, line in enumerate((WORKLOADS / "g_big.py").read_text().splitlines(), 1) if "shared.count = seen + 1" in line)
    session.set_line_breakpoints(str(WORKLOADS / "g_big.py"), [LineBreakpoint(str(WORKLOADS / "g_big.py"), rare, condition="seen < 0")])
    print(f"reverse continue over everything, a condition that never holds: {milliseconds(session.reverse_continue):.0f} ms")
    session.close()


def analysis(path: Path) -> None:
    """Time the analysis and take its memory."""
    with Recording.open(path) as recording:
        started = time.perf_counter()
        findings = analyze(recording)
        print(f"analysis: {time.perf_counter() - started:.1f} s, {len(findings)} findings, peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB of this process")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=int, default=10)
    scale = parser.parse_args().scale
    with tempfile.TemporaryDirectory() as name:
        spool, path = Path(name) / "big.causeway.spool", Path(name) / "big.causeway"
        spool.mkdir()
        record(spool, scale)
        ingest(spool, path)
        stepping(path)
        analysis(path)


if __name__ == "__main__":
    main()
