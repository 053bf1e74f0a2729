"""What recording costs: paired ratios of the workload's CPU time with a tool over without it, medians over rounds.

python -m bench.overhead [--rounds N] [--workload a …] [--tool full …] [--markdown FILE]

Baseline and tools run alternately within one round, so that slow phases of a noisy machine hit all of them; the ratio is formed within the round.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
WORKLOADS = HERE / "workloads"
BIN = Path(sys.executable).parent
SUITE = "cachetools==6.2.4"


@dataclass(frozen=True)
class Workload:
    """A command line after the interpreter, and where it runs."""

    name: str
    words: tuple[str, ...]
    cwd: Path = WORKLOADS


@dataclass(frozen=True)
class Tool:
    """How a workload's words become a command line under the tool. `{out}` is a fresh path."""

    name: str
    prefix: tuple[str, ...]

    def command(self, workload: Workload, out: Path) -> list[str]:
        return [word.replace("{out}", str(out)) for word in self.prefix] + list(workload.words)


PLAIN = Tool("plain", (sys.executable,))
TOOLS = {
    "full": Tool(
        "full", (str(BIN / "causeway"), "record", "-q", "--no-analyze", "--detail", "full", "-o", "{out}.causeway", "--python", sys.executable, "--")
    ),
    "causal": Tool(
        "causal",
        (str(BIN / "causeway"), "record", "-q", "--no-analyze", "--detail", "causal", "-o", "{out}.causeway", "--python", sys.executable, "--"),
    ),
    "viztracer": Tool("viztracer", (str(BIN / "viztracer"), "--quiet", "-o", "{out}.json", "--")),
    "viztracer+values": Tool(
        "viztracer+values", (str(BIN / "viztracer"), "--quiet", "--log_func_args", "--log_func_retval", "-o", "{out}.json", "--")
    ),
    "opentelemetry": Tool(
        "opentelemetry",
        (str(BIN / "opentelemetry-instrument"), "--traces_exporter", "none", "--metrics_exporter", "none", "--logs_exporter", "none", sys.executable),
    ),
}


def suite(folder: Path) -> Workload:
    """(f): the test suite of a pure-Python package, unpacked outside site-packages so that its code counts as the user's."""
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", SUITE.partition("==")[0], "-d", str(folder), SUITE],
        check=True,
    )
    with tarfile.open(next(folder.glob("*.tar.gz"))) as archive:
        archive.extractall(folder, filter="data")
    root = next(path for path in folder.iterdir() if path.is_dir())
    return Workload("f", ("-m", "pytest", "-q", "-p", "timing_plugin", "-p", "no:cacheprovider", "tests"), root)


def workloads(folder: Path, wanted: list[str]) -> list[Workload]:
    """The workloads of the table, in its order."""
    known = {
        "a": Workload("a", ("a_calls.py",)),
        "b": Workload("b", ("b_loops.py",)),
        "c": Workload("c", ("c_tasks.py",)),
        "d": Workload("d", ("d_service.py",)),
        "d-io": Workload("d-io", ("d_service.py", "2")),
        "e": Workload("e", ("e_threads.py",)),
    }
    return [suite(folder) if name == "f" else known[name] for name in wanted]


def run_once(tool: Tool, workload: Workload, folder: Path) -> tuple[float, int] | None:
    """CPU seconds of the workload under the tool and the bytes the tool stored; None if it failed."""
    out = folder / "out"
    result = folder / "result.json"
    result.unlink(missing_ok=True)
    environment = dict(os.environ, BENCH_RESULT=str(result), PYTHONPATH=os.pathsep.join([str(WORKLOADS), "src"]), PYTHONHASHSEED="0")
    environment.pop("VIRTUAL_ENV", None)
    command = tool.command(workload, out)
    try:
        done = subprocess.run(command, cwd=workload.cwd, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=900, check=False)
    except subprocess.TimeoutExpired:
        return None
    stored = [path for path in folder.glob("out*") if path.is_file()]
    size = sum(path.stat().st_size for path in stored)
    for path in folder.glob("out*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    if not result.exists() or done.returncode not in (0, 1):
        print(f"  {tool.name} {workload.name}: exit {done.returncode}: {done.stderr.decode(errors='replace')[-300:]}", file=sys.stderr)
        return None
    return json.loads(result.read_text())["cpu_s"], size


def measure(workload: Workload, tools: list[Tool], rounds: int, folder: Path) -> dict[str, tuple[float, float] | None]:
    """Median ratio and median bytes a tool; the first round warms caches (weaving, .pyc) and is dropped."""
    ratios: dict[str, list[float]] = {tool.name: [] for tool in tools}
    sizes: dict[str, list[int]] = {tool.name: [] for tool in tools}
    broken: set[str] = set()
    for number in range(rounds + 1):
        plain = run_once(PLAIN, workload, folder)
        assert plain is not None, f"workload {workload.name} fails without any tool"
        for tool in tools:
            if tool.name in broken:
                continue
            outcome = run_once(tool, workload, folder)
            if outcome is None:
                broken.add(tool.name)
            elif number:
                ratios[tool.name].append(outcome[0] / plain[0])
                sizes[tool.name].append(outcome[1])
    return {tool.name: (statistics.median(ratios[tool.name]), statistics.median(sizes[tool.name])) if ratios[tool.name] else None for tool in tools}


def table(results: dict[str, dict[str, tuple[float, float] | None]]) -> str:
    """A Markdown table: a row a tool, a column a workload."""
    names = list(results)
    tools = list(next(iter(results.values())))
    lines = ["| tool | " + " | ".join(names) + " |", "|---|" + "---|" * len(names)]
    for tool in tools:
        cells = []
        for name in names:
            outcome = results[name][tool]
            cells.append(f"{outcome[0]:.2f}" if outcome else "failed")
        lines.append(f"| {tool} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--workload", nargs="+", default=["a", "b", "c", "d", "d-io", "e", "f"])
    parser.add_argument(
        "--tool",
        nargs="+",
        default=[
            name
            for name in TOOLS
            if (BIN / name.split("+")[0]).exists()
            or name in ("full", "causal")
            or (name == "opentelemetry" and (BIN / "opentelemetry-instrument").exists())
        ],
    )
    arguments = parser.parse_args()
    tools = [TOOLS[name] for name in arguments.tool]
    results = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        downloads = folder / "suite"
        downloads.mkdir()
        for workload in workloads(downloads, arguments.workload):
            results[workload.name] = measure(workload, tools, arguments.rounds, folder)
            row = ", ".join(
                f"{tool} {value[0]:.2f} ({value[1] / 1e6:.1f} MB)" if value else f"{tool} failed" for tool, value in results[workload.name].items()
            )
            print(f"{workload.name}: {row}", file=sys.stderr)
    print(table(results))


if __name__ == "__main__":
    main()
