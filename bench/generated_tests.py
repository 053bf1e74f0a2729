"""Generated tests before and after the fix: python -m bench.generated_tests [--programs DIR] [--only NAME …] [--fix] [--runs N] [--python X.Y …] [--write]

For every buggy program of tests/corpus (or another folder) that has a mended twin (with `--fix` also for the others, which `causeway fix` then mends): it is recorded once, its findings are proved, and for the
first confirmed one a test is exported. The test runs N times against the program, where it has to fail each time, and N times against the twin in the program's place, where it has to pass each time; each in a
pytest of its own (a forked process), on every interpreter asked for, which has nothing but causeway-sdk, pytest and what the programs need. An interpreter whose standard library mends the bug (`until` in labels.json) is left out, and a twin whose `main()` returns something else in an ordinary run is told: its tests are not held against
it. `--write` puts the table into docs/generated-tests.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from causeway_core.analysis import examine
from causeway_core.errors import CausewayError
from causeway_core.export import generate
from causeway_core.fix.search import seek
from causeway_core.model import Finding
from causeway_core.proof import plan, verify
from causeway_core.storage import Recording

from bench.corpus import PROGRAMS
from docs.tools import interpreters
from tests.corpus.record import record_main

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "generated-tests.md"
NEEDS = ("pytest>=8", "aiohttp>=3.9")
REPEATED = Path(__file__).with_name("repeated_pytest.py")
LIMIT = 120.0
VERDICT = re.compile(r"(\d+) (passed|failed|error)")


@dataclass
class Tried:
    """What came of one program. `before` and `after`: by interpreter, how many of the runs failed and passed; `slowest`: seconds of the slowest pytest."""

    name: str
    kind: str = ""
    how: str = ""
    skipped: str = ""
    before: dict[str, int] = field(default_factory=dict)
    after: dict[str, int] = field(default_factory=dict)
    impossible: bool = False
    slowest: float = 0.0
    odd: str = ""
    differs: bool = False
    """The twin returns something else when it runs by itself: a test of what is returned cannot pass."""
    endless: bool = False
    """A run did not end: the others are not made."""
    fix: str = ""
    """The patch that stands for a twin that there is not."""


def pairs(folder: Path, only: Sequence[str], *, untwinned: bool = False) -> list[tuple[str, str]]:
    """Buggy programs of a folder and their twins, by name; with `untwinned` also those that have none (an empty name)."""
    labels = json.loads((folder / "labels.json").read_text())
    bugs = {name: entry.get("twin") or f"{name}_fixed" for name, entry in sorted(labels.items()) if entry["bug"] and (not only or name in only)}
    known = {name: twin if (folder / f"{twin}.py").exists() else "" for name, twin in bugs.items()}
    return [(name, twin) for name, twin in known.items() if twin or untwinned]


def concerned(folder: Path, name: str, pythons: dict[str, Path]) -> dict[str, Path]:
    """The interpreters on which a program has its bug: the standard library may have been what was wrong."""
    until = json.loads((folder / "labels.json").read_text())[name].get("until")
    return {version: python for version, python in pythons.items() if until is None or _numbers(version) <= _numbers(until)}


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def returned(program: Path) -> str:
    """What `main()` returns in an ordinary run; how it ended, where it does not."""
    code = f"import asyncio, inspect, {program.stem} as it; r = it.main(); print(chr(0), asyncio.run(r) if inspect.iscoroutine(r) else r)"
    try:
        done = subprocess.run([sys.executable, "-c", code], cwd=program.parent, capture_output=True, text=True, timeout=LIMIT, check=False)
    except subprocess.TimeoutExpired:
        return "no end"
    return done.stdout.rpartition("\0")[2] or f"exit code {done.returncode}"


def python_of(version: str) -> Path:
    """An interpreter with the SDK as it is now, and no host."""
    here = f"{sys.version_info[0]}.{sys.version_info[1]}"
    folder = ROOT / ".venvs" / f"sdk-{version}"
    python = folder / "bin" / "python"
    if not python.exists():
        base = interpreters.found().get(version) or (Path(sys.executable) if version == here else None)
        if base is None:
            raise SystemExit(f"there is no Python {version} here")
        subprocess.run([str(base), "-m", "venv", str(folder)], check=True)
    source, stamp, digest = folder / "source", folder / "installed", _digest(ROOT / "sdk" / "python")
    if stamp.exists() and stamp.read_text() == digest:
        return python
    shutil.rmtree(source, ignore_errors=True)
    shutil.copytree(ROOT / "sdk" / "python", source, ignore=interpreters.BUILT)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    subprocess.run([*pip, *NEEDS], check=True)
    subprocess.run([*pip, "--force-reinstall", "--no-deps", str(source)], check=True)
    stamp.write_text(digest)
    return python


def _digest(folder: Path) -> str:
    """Of the sources of the SDK: where they are as they were, nothing is built again."""
    files = sorted(path for path in folder.rglob("*") if path.suffix in (".py", ".c", ".h", ".toml"))
    return hashlib.sha256(b"\0".join(part for path in files for part in (str(path).encode(), path.read_bytes()))).hexdigest()


def tried(folder: Path, name: str, twin: str, pythons: dict[str, Path], runs: int, keep: Path | None) -> Tried:
    """The whole way for one program. Without a twin, what `causeway fix` makes of it is the program after the fix."""
    found = Tried(name)
    with tempfile.TemporaryDirectory(prefix="causeway-generated-") as temporary:
        project = Path(temporary).resolve() / "project"
        project.mkdir()
        program = project / f"{name}.py"
        shutil.copy2(folder / program.name, program)
        path = Path(temporary) / f"{name}.causeway"
        test = project / f"test_{name}.py"
        try:
            record_main(program, path)
            finding = _export(path, test, found)
        except (CausewayError, subprocess.TimeoutExpired) as error:
            found.skipped = str(error)
        if found.skipped or finding is None:
            return found
        fixed = folder / f"{twin}.py" if twin else _patched(path, finding, Path(temporary), found)
        if keep is not None:
            keep.mkdir(parents=True, exist_ok=True)
            shutil.copy2(test, keep)
        for version, python in pythons.items():
            found.before[version] = _count(python, test, runs, "failed", found)
        if fixed is None:
            return found
        if keep is not None and not twin:
            shutil.copy2(fixed, keep / f"{name}_fixed.py")
        found.differs = returned(folder / program.name) != returned(fixed)
        shutil.copyfile(fixed, program)  # with a time of its own: compiled files of the program before are no longer used
        for version, python in pythons.items():
            found.after[version] = _count(python, test, runs, "passed", found)
    return found


def _patched(path: Path, finding: Finding, temporary: Path, found: Tried) -> Path | None:
    """The program with the patch of `causeway fix`; None if no patch is proved."""
    with Recording.open(path) as recording:
        sought = seek(recording, finding, known=examine(recording).findings)
    found.fix = sought.proved.patch.kind if sought.proved is not None else f"none: {sought.why_not}"
    if sought.proved is None:
        return None
    fixed = temporary / "fixed" / f"{path.stem}.py"
    fixed.parent.mkdir()
    fixed.write_text(sought.proved.patch.files[0][2])
    return fixed


def _export(path: Path, test: Path, found: Tried) -> Finding | None:
    with Recording.open(path) as recording:
        findings, _ = verify(recording, plan(recording, examine(recording)))
        confirmed = [each for each in findings if each.tier == "confirmed"]
        if not confirmed:
            found.skipped = "not confirmed: " + "; ".join(dict.fromkeys(each.proof.verdict if each.proof else each.tier for each in findings) or ["no finding"])
            return None
        found.kind = confirmed[0].kind
        text = generate(recording, confirmed[0], test.parent).text
        found.how = "command" if "order.run(" in text else "function"
        test.write_text(text)
        return confirmed[0]


def _count(python: Path, test: Path, runs: int, wanted: str, found: Tried) -> int:
    """How many of some runs end as wanted."""
    if found.endless:
        return 0
    words = [str(python), str(REPEATED), str(runs), str(LIMIT), test.name]
    # As users have it: pytest rewrites the SDK, which has a plugin for it, once and not in each run.
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(words, cwd=test.parent, env=variables, stdout=subprocess.PIPE, text=True, check=True)
    right = 0
    for said, seconds in json.loads(done.stdout):
        if seconds is None:
            found.odd = found.odd or f"{wanted} wanted: no end within {LIMIT:.0f} s"
            found.endless = True
            continue
        found.slowest = max(found.slowest, seconds)
        counts = {word: int(number) for number, word in VERDICT.findall(said)}
        if counts != {wanted: 1}:
            found.odd = found.odd or f"{wanted} wanted: {' '.join(said.split())[-300:]}"
        found.impossible |= "no longer possible" in said
        right += counts == {wanted: 1}
    return right


def held(each: Tried, runs: int) -> bool:
    """Whether a test did what it is for. After the fix a twin that returns something else is no measure."""
    return all(count == runs for count in each.before.values()) and (each.differs or all(count == runs for count in each.after.values()))


def report(results: Sequence[Tried], versions: Sequence[str], runs: int) -> Iterable[str]:
    """The table, in Markdown."""
    tests = [each for each in results if not each.skipped]
    whole = [each for each in tests if each.after and held(each, runs)]
    yield (
        f"{len(results)} buggy programs, {len(tests)} with a confirmed finding and a test; {len(whole)} of these tests fail {runs} of {runs} before the fix and pass {runs} of {runs} after it on {', '.join(versions)}.\n"
    )
    if unfixed := [each for each in tests if not each.after]:
        yield f"{len(unfixed)} have neither a twin nor a patch; the tests of {sum(held(each, runs) for each in unfixed)} of them fail {runs} of {runs} before the fix.\n"
    yield "| program | kind | driven by | " + " | ".join(f"fails before, {v} | passes after, {v}" for v in versions) + " | after the fix |"
    yield "|---|---|---|" + "---|---|" * len(versions) + "---|"
    for each in tests:
        after_of = {version: f"{count}/{runs}" for version, count in each.after.items()}
        cells = " | ".join(f"{each.before[v]}/{runs} | {after_of.get(v, '–')}" if v in each.before else "no bug | no bug" for v in versions)
        after = "no patch" if not each.after else "the twin returns something else" if each.differs else "the order is impossible" if each.impossible else "the order is harmless"
        yield f"| {each.name} | {each.kind} | {each.how} | {cells} | {after} |"
    left_out = [each for each in results if each.skipped]
    if left_out:
        yield "\nWithout a test:\n"
        yield from (f"- {each.name}: {each.skipped}" for each in left_out)


def main() -> int:
    """Command line; 1 if a test did not do what it is for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", type=Path, default=PROGRAMS, help="the folder of the corpus, with its labels.json")
    parser.add_argument("--only", nargs="*", default=[], help="only these programs")
    parser.add_argument("--fix", action="store_true", help="also programs without a twin: patched by `causeway fix`")
    parser.add_argument("--runs", type=int, default=5, help="runs of each test before and after the fix")
    parser.add_argument("--python", nargs="*", default=["3.11", "3.12", "3.13"], help="interpreters")
    parser.add_argument("--keep", type=Path, help="keep the tests in this folder")
    parser.add_argument("--write", action="store_true", help="put the table into docs/generated-tests.md")
    options = parser.parse_args()
    pythons = {version: python_of(version) for version in options.python}
    folder, results = options.programs.resolve(), []
    for name, twin in pairs(folder, options.only, untwinned=options.fix):
        results.append(tried(folder, name, twin, concerned(folder, name, pythons), options.runs, options.keep))
        last = results[-1]
        print(f"{name:24} {last.skipped or f'{last.kind} before {last.before} after {last.after} slowest {last.slowest:.1f} s {last.fix} {last.odd}'}", file=sys.stderr, flush=True)
    text = "\n".join(report(results, options.python, options.runs))
    print(text)
    if options.write:
        page = PAGE.read_text()
        PAGE.write_text(page[: page.index("<!-- table -->")] + f"<!-- table -->\n\n{text}\n")
    return 0 if all(each.skipped or held(each, options.runs) for each in results) else 1


if __name__ == "__main__":
    sys.exit(main())
