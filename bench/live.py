"""Live debugging: from launch to the first stop beside plain debugpy; what a program costs while no breakpoint is hit; Step Back after a stop of a
running program, and in recordings, of several sizes.

    python -m bench.live [--events 10000 1000000 10000000] [--stops 15] [--launches 5] [--steps 200] [--rounds 5]
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from causeway_adapter.dap.connection import Connection, encode

PROGRAM = """\
def burn(n):
    total = 0
    for i in range(n):
        total += i
        total -= 1
    return total


burn({loops})
for stop in range({stops}):
    burn(10)
    print(stop)  # line 11
"""
LINE = 11
EVENTS_A_LOOP = 5

WORK = """\
import time


def double(n):
    return n * 2


def work(rounds):
    total = 0
    for number in range(rounds):
        total += double(number)
    return total


work(1000)
began = time.process_time()
work(200000)
print("took", time.process_time() - began, flush=True)
"""


class Client:
    """A client without checks, that measures."""

    def __init__(self, command: list[str]) -> None:
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.process.stdin is not None and self.process.stdout is not None
        self.sink = self.process.stdin
        self.connection = Connection(self.process.stdout, self.process.stdin)
        self.seq = itertools.count(1)

    def send(self, command: str, **arguments: Any) -> int:
        seq = next(self.seq)
        self.sink.write(encode({"seq": seq, "type": "request", "command": command, "arguments": arguments}))
        self.sink.flush()
        return seq

    def until(self, kind: str, name: str) -> dict[str, Any]:
        while True:
            message = self.connection.receive()
            assert message is not None
            if message["type"] == kind and message.get("event", message.get("command")) == name:
                return message

    def launch(self, script: Path, line: int = LINE) -> None:
        """With a breakpoint."""
        self.send("initialize", adapterID="bench", linesStartAt1=True, columnsStartAt1=True, pathFormat="path")
        self.until("response", "initialize")
        self.send("launch", program=str(script), cwd=str(script.parent), console="internalConsole", python=[sys.executable])
        self.until("event", "initialized")
        self.send("setBreakpoints", source={"path": str(script)}, breakpoints=[{"line": line}] if line else [])
        self.send("configurationDone")

    def close(self) -> None:
        self.send("disconnect", terminateDebuggee=True)
        self.until("response", "disconnect")
        self.process.kill()
        self.process.wait()


CAUSEWAY = [str(Path(sys.executable).with_name("causeway")), "dap"]
DEBUGPY = [sys.executable, "-m", "debugpy.adapter"]


def first_stop(command: list[str], script: Path) -> float:
    """Milliseconds from the adapter's start to the first stop."""
    began = time.perf_counter()
    client = Client(command)
    client.launch(script)
    client.until("event", "stopped")
    took = time.perf_counter() - began
    client.close()
    return took * 1000


def cost(command: list[str], script: Path) -> float:
    """The program's own milliseconds of CPU time for its work, under an adapter without a breakpoint or as a command of its own."""
    if command in (CAUSEWAY, DEBUGPY):
        client = Client(command)
        client.launch(script, 0)
        said = ""
        while "took" not in said or not said.endswith("\n"):
            output = client.until("event", "output")["body"]
            said += output["output"] if output.get("category") == "stdout" else ""
        client.close()
    else:
        said = subprocess.run([*command, str(script)], cwd=script.parent, check=True, capture_output=True, text=True).stdout
    return float(said.split("took")[1].split()[0]) * 1000


def costs(rounds: int, folder: Path) -> dict[str, float]:
    """Medians, by how the program was run."""
    script = folder / "work.py"
    script.write_text(WORK)
    ways = {"alone": [sys.executable], "debugpy": DEBUGPY, "causeway record": [CAUSEWAY[0], "record", "--no-analyze"], "causeway dap": CAUSEWAY}
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, command in ways.items():
            taken[name].append(cost(command, script))
    return {name: statistics.median(found) for name, found in taken.items()}


def step_backs(events: int, stops: int, folder: Path) -> tuple[float, list[float]]:
    """Milliseconds of the first Step Back after the events, and of the first one after each following stop."""
    script = folder / f"burn_{events}.py"
    script.write_text(PROGRAM.format(loops=events // EVENTS_A_LOOP, stops=stops))
    client = Client(CAUSEWAY)
    client.launch(script)
    stopped = client.until("event", "stopped")["body"]
    taken = []
    for number in range(stops):
        began = time.perf_counter()
        client.send("stepBack", threadId=stopped["threadId"])
        past = client.until("event", "stopped")["body"]
        taken.append((time.perf_counter() - began) * 1000)
        client.send("continue", threadId=past["threadId"])
        stopped = client.until("event", "stopped")["body"]
        while "Back to now" not in stopped.get("description", ""):
            client.send("continue", threadId=stopped["threadId"])
            stopped = client.until("event", "stopped")["body"]
        if number < stops - 1:
            client.send("continue", threadId=stopped["threadId"])
            stopped = client.until("event", "stopped")["body"]
    client.close()
    return taken[0], taken[1:]


def steps_in_recording(events: int, steps: int, folder: Path) -> list[float]:
    """Milliseconds of each Step Back from the end of a recording on."""
    script = folder / f"recorded_{events}.py"
    script.write_text(PROGRAM.format(loops=events // EVENTS_A_LOOP, stops=max(steps // 10, 3)))
    recording = folder / f"recorded_{events}.causeway"
    subprocess.run([CAUSEWAY[0], "record", "--no-analyze", "-o", recording, script], cwd=folder, check=True, capture_output=True)
    client = Client(CAUSEWAY)
    client.send("initialize", adapterID="bench", linesStartAt1=True, columnsStartAt1=True, pathFormat="path")
    client.until("response", "initialize")
    client.send("attach", recording=str(recording), at="end")
    client.until("event", "initialized")
    client.send("configurationDone")
    stopped = client.until("event", "stopped")["body"]
    taken = []
    for _ in range(steps):
        began = time.perf_counter()
        client.send("stepBack", threadId=stopped["threadId"])
        stopped = client.until("event", "stopped")["body"]
        taken.append((time.perf_counter() - began) * 1000)
    client.close()
    return taken


def told(taken: list[float]) -> str:
    """Median and 99th percentile in words."""
    taken = sorted(taken)
    return f"median {statistics.median(taken):,.1f} ms, 99th percentile {taken[min(len(taken) - 1, int(len(taken) * 0.99))]:,.1f} ms"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, nargs="*", default=[10_000, 1_000_000, 10_000_000])
    parser.add_argument("--stops", type=int, default=15)
    parser.add_argument("--launches", type=int, default=5)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        script = folder / "small.py"
        script.write_text(PROGRAM.format(loops=10, stops=3))
        pairs = [(first_stop(DEBUGPY, script), first_stop(CAUSEWAY, script)) for _ in range(given.launches)]
        if pairs:
            plain, ours = (statistics.median(side) for side in zip(*pairs, strict=True))
            print(f"launch to first stop: debugpy {plain:,.0f} ms, causeway {ours:,.0f} ms (medians of {len(pairs)})", flush=True)
        if given.rounds:
            found = costs(given.rounds, folder)
            words = ", ".join(f"{name} {taken:,.0f} ms ({taken / found['alone']:.1f})" for name, taken in found.items())
            print(f"400,000 calls and lines, no breakpoint hit, CPU time: {words}", flush=True)
        for events in given.events:
            first, rest = step_backs(events, given.stops, folder)
            print(f"step back after {events:,} events: first {first:,.0f} ms, later {told(rest)}", flush=True)
            print(f"step back in a recording of {events:,} events: {told(steps_in_recording(events, given.steps, folder))}", flush=True)


if __name__ == "__main__":
    main()
