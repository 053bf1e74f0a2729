"""How reliable proofs are, and how long they take: python -m bench.proofs [--programs DIR] [--only NAME …] [--sample N] [--repeat N] [--keep DIR] [--show]

Each buggy program of a corpus (tests/corpus/programs, or the folder given) is recorded once, analysed, proved and explored, as `causeway analyze --verify --repeat N` does. Printed are how many findings above `hint`
are confirmed, that is, went wrong in all N runs of their order; those that went wrong in some of the runs only; and the seconds a candidate takes from the beginning of its first re-run to the verdict. The times of
users are those with `--repeat 3`, the default of `causeway analyze`.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from causeway_core.analysis import examine
from causeway_core.launch.zygote import ZygotePool
from causeway_core.model import Finding
from causeway_core.proof import plan, verify
from causeway_core.proof.explore import explore_briefly
from causeway_core.proof.verify import Budget
from causeway_core.storage import Recording

from bench.corpus import PROGRAMS
from tests.corpus.record import record_main

SECONDS = 3600.0
"""Of all proofs of one program: twenty runs of an order take longer than what a user waits for."""


@dataclass(slots=True)
class Proved:
    """What came of one program. `candidates`: seconds of each proof; `seconds` of all, with the exploration."""

    name: str
    findings: tuple[Finding, ...] = ()
    candidates: list[float] = field(default_factory=list)
    seconds: float = 0.0
    odd: str = ""

    @property
    def confirmed(self) -> list[Finding]:
        """The findings whose order went wrong in all runs."""
        return [each for each in self.findings if each.tier == "confirmed"]

    @property
    def unsteady(self) -> list[Finding]:
        """The findings whose order went wrong in some of the runs."""
        return [each for each in self.findings if each.reproduced is not None and each.reproduced[0] != each.reproduced[1]]


class _Candidates:
    """Takes the time of each proof: as the progress of `verify`, which is told when one begins."""

    def __init__(self) -> None:
        self.began: list[float] = []

    def __call__(self, what: str, done: float) -> None:
        self.began.append(time.monotonic())

    def ended(self) -> list[float]:
        """Seconds of each, where the last one ends now; empty if there was nothing to prove."""
        ends = [*self.began, time.monotonic()][1:]
        return [end - begin for begin, end in zip(self.began, ends, strict=True)]


def proved(program: Path, recording: Path, repeat: int) -> Proved:
    """Records a program, unless that is done, and proves what is found."""
    it, candidates = Proved(program.stem), _Candidates()
    try:
        if not recording.exists():
            record_main(program, recording)
    except subprocess.TimeoutExpired:
        it.odd = "the recorded run did not end"
        return it
    began = time.monotonic()
    with Recording.open(recording) as opened:
        analysis, zygotes = examine(opened), ZygotePool()
        budget = Budget(seconds=SECONDS, repeat=repeat)
        findings, _ = verify(opened, plan(opened, analysis), budget=budget, progress=candidates, store=False, zygotes=zygotes)
        it.candidates = candidates.ended()
        it.findings = explore_briefly(opened, analysis, findings, store=False, zygotes=zygotes, repeat=repeat)
    it.seconds = time.monotonic() - began
    return it


def chosen(folder: Path, only: Sequence[str], sample: int | None) -> list[str]:
    """The buggy programs of a folder; `sample` of them, always the same ones."""
    labels = json.loads((folder / "labels.json").read_text())
    names = [name for name in sorted(labels) if labels[name]["bug"] and (not only or name in only)]
    return sorted(random.Random(sample).sample(names, sample)) if sample is not None and sample < len(names) else names


def report(results: Sequence[Proved], repeat: int) -> Iterable[str]:
    """The figures, in Markdown."""
    above = [each for it in results for each in it.findings if each.tier != "hint"]
    confirmed = [each for each in above if each.tier == "confirmed"]
    yield f"{len(results)} buggy programs, {sum(bool(it.confirmed) for it in results)} with a confirmed finding."
    yield f"{len(above)} findings above a hint, {len(confirmed)} confirmed: wrong in {repeat} of {repeat} runs.\n"
    yield f"- not confirmed: {', '.join(it.name for it in results if not it.confirmed) or 'none'}"
    unsteady = [(it.name, each) for it in results for each in it.unsteady]
    yield f"- wrong in some of the runs only: {'none' if not unsteady else ''}"
    yield from (f"  - {name}, {each.tier}, {each.reproduced[1]} of {each.reproduced[0]}: {each.title}" for name, each in unsteady if each.reproduced)
    times = sorted(seconds for it in results for seconds in it.candidates)
    if times:
        ninth = times[int(len(times) * 0.9)]
        yield f"- seconds a candidate: median {statistics.median(times):.2f}, 90th percentile {ninth:.1f}, longest {times[-1]:.1f} ({len(times)} candidates)"
    yield f"- seconds a program, with the exploration: median {statistics.median(it.seconds for it in results):.2f}, longest {max(it.seconds for it in results):.1f}"


def _line(it: Proved) -> str:
    best = [f"{each.tier} {'/'.join(map(str, reversed(each.reproduced))) if each.reproduced else '-'}" for each in it.findings if each.tier != "hint"]
    return f"{it.name:28} {it.seconds:6.1f} s  {', '.join(best) or '-'} {it.odd}"


def main() -> int:
    """Command line; 1 if an order went wrong in some of its runs only, or a program has no confirmed finding."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", type=Path, default=PROGRAMS, help="the folder of the corpus, with its labels.json")
    parser.add_argument("--only", nargs="*", default=[], help="only these programs")
    parser.add_argument("--sample", type=int, help="only so many, drawn by lot")
    parser.add_argument("--repeat", type=int, default=20, help="runs of each order that goes wrong")
    parser.add_argument("--keep", type=Path, help="keep the recordings in this folder, and use those that are there")
    parser.add_argument("--show", action="store_true", help="print every finding above a hint")
    options = parser.parse_args()
    results = []
    with tempfile.TemporaryDirectory() as temporary:
        keep = options.keep or Path(temporary)
        keep.mkdir(parents=True, exist_ok=True)
        for name in chosen(options.programs, options.only, options.sample):
            results.append(proved(options.programs.resolve() / f"{name}.py", keep / f"{name}.causeway", options.repeat))
            print(_line(results[-1]), file=sys.stderr, flush=True)
            for each in results[-1].findings if options.show else ():
                if each.tier != "hint":
                    print(f"  {each.tier} {each.kind}: {each.title}\n    {each.proof.verdict if each.proof else '-'}: {each.proof.outcome if each.proof else ''}", file=sys.stderr)
    print(*report(results, options.repeat), sep="\n")
    return 1 if any(it.unsteady or not it.confirmed for it in results) else 0


if __name__ == "__main__":
    sys.exit(main())
