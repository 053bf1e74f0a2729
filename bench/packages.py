"""Record the test suites of real packages at full detail and compare every test's outcome with an ordinary run.

python -m bench.packages [NAME …] [--python PATH] [--keep]

Each package comes as its sdist from PyPI, unpacked so that its code counts as the user's. A test that is not deterministic without Causeway (two plain runs differ) is left out of the comparison and counted as flaky.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tarfile
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

from causeway_core.storage import Recording

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build" / "packages"
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Package:
    """A pinned package: what its tests need, where they are, and which cannot run on any machine without a network."""

    name: str
    version: str
    needs: tuple[str, ...] = ()
    tests: tuple[str, ...] = ("tests",)
    options: tuple[str, ...] = ()


SHOWN = 20
NO_ASYNCIO_PLUGIN = ("-p", "no:asyncio")
PACKAGES = (
    Package("janus", "2.0.0", ("pytest-asyncio",), options=("-o", "addopts=", "--ignore", "tests/test_benchmarks.py")),
    Package("cachetools", "6.2.4", options=NO_ASYNCIO_PLUGIN),
    Package("apscheduler", "3.11.3", ("pytest-asyncio", "pytz", "anyio", "tzlocal", "tornado", "sqlalchemy", "twisted", "gevent")),
    Package("tornado", "6.6.1", (), ("tornado/test",), (*NO_ASYNCIO_PLUGIN, "-p", "no:anyio")),
    Package(
        "starlette",
        "0.46.2",
        ("httpx", "anyio", "itsdangerous", "jinja2", "python-multipart", "pyyaml", "trio", "typing-extensions"),
        options=(*NO_ASYNCIO_PLUGIN, "-o", "filterwarnings="),
    ),
    Package(
        "httpx",
        "0.28.1",
        (
            "anyio",
            "httpcore",
            "certifi",
            "idna",
            "trio",
            "trustme",
            "uvicorn",
            "chardet",
            "click",
            "rich",
            "pygments",
            "h2",
            "socksio",
            "brotli",
            "zstandard",
        ),
        options=NO_ASYNCIO_PLUGIN,
    ),
    Package(
        "anyio",
        "4.16.0",
        ("trustme", "psutil", "exceptiongroup", "idna", "sniffio", "trio", "truststore", "pytest-mock", "hypothesis"),
        options=NO_ASYNCIO_PLUGIN,
    ),
    Package("tenacity", "9.2.1", ("tornado", "typeguard", "trio")),
    Package("asyncstdlib", "3.14.0", (), ("unittests",)),
    Package("async_lru", "2.4.0", ("pytest-asyncio",), options=("-o", "addopts=", "-o", "filterwarnings=")),
    Package(
        "httpcore", "1.0.9", ("anyio", "trio", "h11", "h2", "certifi", "hpack", "pytest-httpbin", "pytest-trio", "socksio"), options=NO_ASYNCIO_PLUGIN
    ),
)


@dataclass(frozen=True)
class Outcome:
    """One run of a suite: each test's outcome, CPU seconds of the whole process tree, the exit code, and what it printed at the end."""

    tests: dict[str, str]
    cpu_s: float
    code: int
    summary: str


def interpreter(python: str) -> Path:
    """A virtual environment with the recorder in it, made once."""
    folder = ROOT / ".venvs" / f"packages-{Path(python).resolve().parent.parent.name}"
    binary = folder / "bin" / "python"
    if not binary.exists():
        subprocess.run([python, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(binary), "-m", "pip", "install", "-q", "pytest", "pytest-timeout", str(ROOT / "sdk" / "python")], check=True)
    return binary


def unpack(package: Package, python: Path) -> Path:
    """The unpacked sdist, with the package's requirements installed."""
    folder = BUILD / package.name
    BUILD.mkdir(parents=True, exist_ok=True)
    # Else pytest takes Causeway's own settings for those of a suite that has none.
    (BUILD / "pytest.ini").write_text("[pytest]\n")
    if not folder.exists():
        folder.mkdir(parents=True)
        subprocess.run(
            [
                str(python),
                "-m",
                "pip",
                "download",
                "-q",
                "--no-deps",
                "--no-binary",
                ":all:",
                "-d",
                str(folder),
                f"{package.name}=={package.version}",
            ],
            check=True,
        )
        with tarfile.open(next(folder.glob("*.tar.gz"))) as archive:
            archive.extractall(folder, filter="data")
    if package.needs:
        subprocess.run([str(python), "-m", "pip", "install", "-q", *package.needs], check=True)
    return next(path for path in folder.iterdir() if path.is_dir())


def outcomes(report: Path) -> dict[str, str]:
    """Each test's outcome from a JUnit file."""
    found = {}
    for case in ElementTree.parse(report).iter("testcase"):
        kinds = {child.tag for child in case} & {"failure", "error", "skipped"}
        found[f"{case.get('classname')}::{case.get('name')}"] = kinds.pop() if kinds else "passed"
    return found


def run(package: Package, root: Path, python: Path, recording: Path | None) -> Outcome:
    """Run the suite, recorded or not."""
    report = root / "junit.xml"
    report.unlink(missing_ok=True)
    pytest = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "--timeout", "120", f"--junitxml={report}", *package.options, *package.tests]
    command = [str(python), *pytest]
    if recording:
        command = [str(BIN / "causeway"), "record", "--force", "-q", "--no-analyze", "-o", str(recording), "--python", str(python), "--", *pytest]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(str(path) for path in (root / "src", root) if path.exists()), "PYTHONHASHSEED": "0"}
    environment.pop("VIRTUAL_ENV", None)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, timeout=1800, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    (root / ("recorded.log" if recording else "plain.log")).write_bytes(done.stdout + done.stderr)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Outcome(outcomes(report) if report.exists() else {}, cpu, done.returncode, without_times(done.stdout.decode(errors="replace")))


def without_times(output: str) -> str:
    """The last line of pytest's output, which counts everything, without how long it took."""
    return re.sub(r" in [\d.]+s.*", "", output.strip().rpartition("\n")[2])


def gaps(recording: Path) -> list[str]:
    """What the recording says is missing, each once."""
    with Recording.open(recording) as opened:
        return sorted({f"{gap.kind}: {gap.detail}" for gap in opened.gaps()})


def findings(recording: Path) -> dict[str, int]:
    """Number of findings by tier."""
    done = subprocess.run([str(BIN / "causeway"), "analyze", str(recording), "--format", "json"], capture_output=True, check=False)
    counts: dict[str, int] = {}
    for finding in json.loads(done.stdout or b'{"findings": []}')["findings"]:
        counts[finding["tier"]] = counts.get(finding["tier"], 0) + 1
    return counts


def row(package: Package, python: Path, keep: bool) -> str:
    """Run a package's suite twice plain and once recorded; its row of the table."""
    root = unpack(package, python)
    first, second = run(package, root, python, None), run(package, root, python, None)
    recording = root / "run.causeway"
    recorded = run(package, root, python, recording)
    flaky = {name for name in first.tests.keys() | second.tests.keys() if first.tests.get(name) != second.tests.get(name)}
    differ = sorted(
        name for name in first.tests.keys() | recorded.tests.keys() if name not in flaky and first.tests.get(name) != recorded.tests.get(name)
    )
    complaints = [f"{name}: {first.tests.get(name)} plain, {recorded.tests.get(name)} recorded" for name in differ[:SHOWN]]
    complaints += [f"… and {len(differ) - SHOWN} more"] if len(differ) > SHOWN else []
    if not flaky and (first.code, first.summary) != (recorded.code, recorded.summary):
        complaints.append(f"plain {first.code}, {first.summary!r}; recorded {recorded.code}, {recorded.summary!r}")
    complaints += [f"gap: {gap}" for gap in gaps(recording)] if recording.exists() else ["no recording"]
    for complaint in complaints:
        print(f"  {package.name}: {complaint}", file=sys.stderr)
    size = recording.stat().st_size / 1e6 if recording.exists() else 0
    tiers = ", ".join(f"{count} {tier}" for tier, count in sorted(findings(recording).items())) or "none"
    passed = sum(outcome == "passed" for outcome in first.tests.values())
    if not keep:
        recording.unlink(missing_ok=True)
    return f"| {package.name} {package.version} | {len(first.tests)} | {passed} | {len(differ)} | {len(flaky)} | {recorded.cpu_s / min(first.cpu_s, second.cpu_s):.2f} | {size:.1f} | {tiers} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--keep", action="store_true", help="keep the recordings")
    arguments = parser.parse_args()
    python = interpreter(arguments.python)
    print(
        "| package | tests | pass without Causeway | different outcome with it | flaky without it | CPU of program and recorder, ratio | MB | findings |\n|---|---|---|---|---|---|---|---|"
    )
    for package in PACKAGES:
        if not arguments.names or package.name in arguments.names:
            print(row(package, python, arguments.keep), flush=True)


if __name__ == "__main__":
    main()
