"""Record a small program over a real package with a known race, at the buggy version and at the fixed one, and see what is found.

python -m bench.realraces [NAME …] [--show]

Every folder beside this file has a `driver.py`, which uses the package as the reporter did and mostly ends well, and a `case.toml`: package, versions, the issue, and what must be found. Each version is installed
from PyPI into a folder of its own below build/realraces, pinned, with what it needs. `silent` means that nothing firmer than a hint is said of the place where the bug was.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
BUILD = HERE.parents[1] / "build" / "realraces"
FIRM = ("confirmed", "likely", "latent")
LIMIT = 240.0
"""Seconds that a recording or an analysis may take."""


@dataclass(frozen=True)
class Case:
    """A package with a known race: where the bug is, and in which version it is gone."""

    name: str
    package: str
    module: str
    buggy: str
    fixed: str
    issue: str
    needs: tuple[str, ...]
    kinds: tuple[str, ...]
    file: str
    functions: tuple[str, ...]

    @classmethod
    def load(cls, folder: Path) -> Case:
        """Reads a folder's case.toml."""
        data = tomllib.loads((folder / "case.toml").read_text())
        find = data["find"]
        return cls(
            folder.name,
            *(data[key] for key in ("package", "module", "buggy", "fixed", "issue")),
            needs=tuple(data["needs"]),
            kinds=tuple(find["kinds"]),
            file=find["file"],
            functions=tuple(find["functions"]),
        )

    def is_it(self, finding: dict[str, Any]) -> bool:
        """Whether a finding is of the right kind and about the right place."""
        return finding["kind"] in self.kinds and any(
            access["file"].endswith(self.file) and access["function"].rsplit(".", 1)[-1] in self.functions for access in finding["accesses"]
        )


@dataclass(frozen=True)
class Outcome:
    """What was found in one version: the firmest tier about the place of the bug, and about anything else."""

    tier: str | None
    elsewhere: str | None
    findings: tuple[str, ...]
    failure: str | None = None

    def says(self) -> str:
        """The outcome as a cell of the table."""
        if self.failure:
            return self.failure
        return (self.tier or "nothing") + (f" (elsewhere {self.elsewhere})" if self.elsewhere else "")


def installed(case: Case, version: str) -> Path:
    """The folder with that version and what it needs, filled once."""
    target = BUILD / f"{case.name}-{version}"
    if not (target / ".complete").exists():
        shutil.rmtree(target, ignore_errors=True)
        wanted = [f"{case.package}=={version}", *case.needs]
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--target", str(target), *wanted],
            check=True,
            stderr=subprocess.DEVNULL,
        )
        (target / ".complete").touch()
    return target


def judge(case: Case, version: str) -> Outcome:
    """Records the driver with that version in scope, and analyses the recording."""
    folder = installed(case, version)
    recording = BUILD / f"{case.name}-{version}.causeway"
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    causeway = [str(Path(sys.executable).parent / "causeway")]
    record = [*causeway, "record", "--force", "--quiet", "--no-analyze", "-o", str(recording), "--include", case.module, "driver.py"]
    try:
        ran = subprocess.run(record, cwd=HERE / case.name, env=environment, capture_output=True, text=True, timeout=LIMIT, check=False)
        if not recording.exists():
            return Outcome(None, None, (), "not recorded: " + ran.stderr.strip().rsplit("\n", 1)[-1])
        said = subprocess.run(
            [*causeway, "analyze", str(recording), "--format", "json", "--verify"], cwd=HERE / case.name, env=environment, capture_output=True, text=True, timeout=LIMIT, check=False
        )
        findings = json.loads(said.stdout)["findings"]
    except subprocess.TimeoutExpired:
        return Outcome(None, None, (), "did not end")
    except json.JSONDecodeError:
        return Outcome(None, None, (), "not analysed: " + said.stderr.strip().rsplit("\n", 1)[-1])
    lines = tuple(f"{'*' if case.is_it(each) else ' '} {each['tier']} {each['kind']}: {each['title']}" for each in findings)
    return Outcome(firmest(each for each in findings if case.is_it(each)), firmest(each for each in findings if not case.is_it(each) and each["tier"] in FIRM), lines)


def firmest(findings: Any) -> str | None:
    """The firmest tier among the findings."""
    order = (*FIRM, "hint")
    return min((each["tier"] for each in findings), key=order.index, default=None)


def cases(names: Sequence[str]) -> list[Case]:
    """The named cases, or all."""
    return [Case.load(path.parent) for path in sorted(HERE.glob("*/case.toml")) if not names or path.parent.name in names]


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these cases (folders of bench/realraces)")
    parser.add_argument("--show", action="store_true", help="print every finding; * marks those about the bug")
    options = parser.parse_args()
    chosen = cases(options.names)
    if not chosen:
        print(f"no such case; there are: {', '.join(each.name for each in cases(()))}", file=sys.stderr)
        return 2
    BUILD.mkdir(parents=True, exist_ok=True)
    found = silent = 0
    print("| package | buggy | found | fixed | found | bug |\n|---|---|---|---|---|---|")
    for case in chosen:
        before, after = judge(case, case.buggy), judge(case, case.fixed)
        found += before.tier in FIRM
        silent += after.tier not in FIRM and after.failure is None
        print(f"| {case.package} | {case.buggy} | {before.says()} | {case.fixed} | {after.says()} | {case.issue} |", flush=True)
        if options.show:
            for version, outcome in ((case.buggy, before), (case.fixed, after)):
                print(f"\n{case.package} {version}", *outcome.findings, "", sep="\n  ")
    print(f"\n{found} of {len(chosen)} found at the buggy version, {silent} silent at the fixed one")
    return 0


if __name__ == "__main__":
    sys.exit(main())
