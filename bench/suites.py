"""Analyse the whole test suites of real projects, prove what is found by forced re-runs, and list it for judging by hand.

python -m bench.suites [NAME …] [--budget SECONDS] [--show]

The suites are those of bench.packages and a few more, each run once under `causeway record -- python -m pytest`; its findings are then proved by running the whole suite again under their orders. Recordings and
findings stay in build/packages/NAME. docs/real-suites.md holds the judgements.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from bench.packages import BIN, NO_ASYNCIO_PLUGIN, PACKAGES, Package, interpreter, run, unpack

TIERS = ("confirmed", "likely", "latent", "hint")
MORE = (
    Package("aiosqlite", "0.22.1", (), ("aiosqlite/tests/smoke.py",), NO_ASYNCIO_PLUGIN),
    Package("aiolimiter", "1.3.0", ("pytest-asyncio", "toolz", "dunamai"), options=("-o", "addopts=")),
    Package("aiojobs", "1.4.0", ("pytest-asyncio", "aiohttp", "pytest-aiohttp"), options=("-o", "addopts=", "-o", "filterwarnings=", "-o", "asyncio_mode=auto")),
    Package("aiofiles", "25.1.0", ("pytest-asyncio",)),
    Package("cacheout", "0.17.0", ("freezegun",), options=(*NO_ASYNCIO_PLUGIN,)),
    Package("fasteners", "0.20", ("diskcache", "eventlet", "more-itertools"), options=(*NO_ASYNCIO_PLUGIN, "-o", "addopts=")),
    Package("dogpile.cache", "1.5.0", ("decorator", "stevedore", "mako", "typing-extensions"), options=(*NO_ASYNCIO_PLUGIN, "-o", "addopts=", "-o", "filterwarnings=")),
    Package("watchdog", "7.1.0", ("eventlet", "flaky"), options=(*NO_ASYNCIO_PLUGIN, "-o", "addopts=")),
    Package("pyrate_limiter", "4.5.1", ("pytest-asyncio", "filelock"), options=("-o", "addopts=", "-k", "not redis and not postgres")),
    Package("persist-queue", "1.1.0", ("msgpack", "cbor2"), ("persistqueue/tests", "tests"), (*NO_ASYNCIO_PLUGIN,)),
    Package("aiocache", "0.12.3", ("pytest-asyncio", "pytest-mock", "msgpack"), ("tests/ut",), ("-o", "addopts=", "-k", "not redis and not memcached")),
    Package("diskcache", "5.6.3", (), options=(*NO_ASYNCIO_PLUGIN, "-o", "addopts=", "--ignore", "tests/test_djangocache.py")),
)


def analysed(recording: Path, budget: float) -> list[dict[str, Any]]:
    """The findings of a recording, proved."""
    command = [str(BIN / "causeway"), "analyze", str(recording), "--verify", "--budget", str(budget), "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=budget * 4 + 900, check=False)
    if not done.stdout:
        raise SystemExit(f"not analysed: {done.stderr.strip()[-2000:]}")
    found: list[dict[str, Any]] = json.loads(done.stdout)["findings"]
    return found


def row(package: Package, python: Path, budget: float, show: bool) -> str:
    """Runs, analyses and proves one suite; its row of the table."""
    root = unpack(package, python)
    plain = run(package, root, python, None)
    recording = root / "run.causeway"
    began = time.monotonic()
    recorded = run(package, root, python, recording)
    differ = sorted(name for name in plain.tests.keys() | recorded.tests.keys() if plain.tests.get(name) != recorded.tests.get(name))
    findings = analysed(recording, budget)
    minutes = (time.monotonic() - began) / 60
    (root / "findings.json").write_text(json.dumps(findings, indent=1))
    for name in differ:
        print(f"  {package.name}: {name}: {plain.tests.get(name)} plain, {recorded.tests.get(name)} recorded", file=sys.stderr)
    if show:
        for each in findings:
            print(f"  {each['id']} {each['tier']} {each['kind']}: {each['title']}", file=sys.stderr)
    tiers = Counter(each["tier"] for each in findings)
    passed = sum(outcome == "passed" for outcome in recorded.tests.values())
    counts = " | ".join(str(tiers[tier]) for tier in TIERS)
    return f"| {package.name} | {package.version} | {len(recorded.tests)} ({passed} pass, {len(differ)} differ) | {counts} | {minutes:.1f} |"


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--budget", type=float, default=600.0, help="seconds for the re-runs of one suite")
    parser.add_argument("--show", action="store_true", help="print every finding on stderr")
    parser.add_argument("--python", default=sys.executable)
    arguments = parser.parse_args()
    python = interpreter(arguments.python)
    print(f"| project | version | tests | {' | '.join(TIERS)} | minutes |\n|---|---|---|---|---|---|---|---|")
    for package in (*PACKAGES, *MORE):
        if not arguments.names or package.name in arguments.names:
            print(row(package, python, arguments.budget, arguments.show), flush=True)


if __name__ == "__main__":
    main()
