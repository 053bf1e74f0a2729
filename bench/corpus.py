"""Precision and recall on labelled programs: one ordinary run of each is recorded and analysed, and what is found is proved by re-runs.

python -m bench.corpus [--set SET …] [--only NAME …] [--no-verify] [--keep DIR] [--show]

The programs are in tests/corpus/programs; `labels.json` says of each: `bug`; `set`, the batch it was written in (`first`, `second` …); `kinds`, the bugs or idioms it shows; `twin`, its counterpart with the bug
mended; `source`, the repository and issue it is modelled on; `strikes`, whether an ordinary run shows the bug. A program counts as found at a tier if it has a finding of that tier or a firmer one. Sets that were scored before
any detector had seen them have that score in tests/corpus/first_scores.json; it is printed beside.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.corpus.score import run

PROGRAMS = Path(__file__).parents[1] / "tests" / "corpus" / "programs"
FIRST_SCORES = PROGRAMS.with_name("first_scores.json")
TIERS = ("confirmed", "likely", "latent")
HEADINGS = {"confirmed": "confirmed", "likely": "confirmed + likely", "latent": "confirmed + likely + latent"}


@dataclass(frozen=True, slots=True)
class Label:
    """What labels.json says of a program."""

    name: str
    bug: bool
    set: str
    kinds: tuple[str, ...]
    strikes: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found in a program: the firmest tier, if any, and the time from its start to the verdict in seconds. `ended` is false if the run did not end."""

    label: Label
    tier: str | None
    findings: tuple[str, ...]
    seconds: float
    ended: bool = True

    def found(self, tier: str) -> bool:
        """Whether there is a finding of this tier or a firmer one."""
        return self.tier is not None and TIERS.index(self.tier) <= TIERS.index(tier)


def labels() -> tuple[Label, ...]:
    """All labelled programs, by name."""
    data = json.loads((PROGRAMS / "labels.json").read_text())
    return tuple(
        Label(name, entry["bug"], entry["set"], tuple(entry.get("kinds", ("unlabelled",))), entry.get("strikes", False)) for name, entry in sorted(data.items())
    )


def judge(label: Label, keep: Path, *, proving: bool = False) -> Verdict:
    """Records a program once, analyses it and proves what is found; the recording stays in `keep`."""
    started = time.perf_counter()
    try:
        (scored,) = run(PROGRAMS, [label.name], keep, proving=proving)
    except subprocess.TimeoutExpired:
        return Verdict(label, None, (), time.perf_counter() - started, ended=False)
    tiers = [each.tier for each in scored.findings if each.tier in TIERS]
    said = tuple(f"{each.tier} {each.kind}: {each.title}" for each in scored.findings)
    return Verdict(label, min(tiers, key=TIERS.index) if tiers else None, said, time.perf_counter() - started)


def ratio(part: int, whole: int) -> str:
    """A share with its numbers; nothing of nothing is a dash."""
    return f"{part / whole:.2f} ({part}/{whole})" if whole else "–"


def by_tier(verdicts: Sequence[Verdict]) -> Iterable[str]:
    """Precision and recall at each tier, as a table, and the names behind the gaps."""
    bugs = [each for each in verdicts if each.label.bug]
    yield "| tier | precision | recall |"
    yield "|---|---|---|"
    for tier in TIERS:
        found = [each for each in verdicts if each.found(tier)]
        true = sum(each.label.bug for each in found)
        yield f"| {HEADINGS[tier]} | {ratio(true, len(found))} | {ratio(true, len(bugs))} |"
    yield ""
    for tier in TIERS:
        yield f"- missed at {HEADINGS[tier]}: {names(each for each in bugs if not each.found(tier))}"
    for tier in TIERS:
        yield f"- wrong at {HEADINGS[tier]}: {names(each for each in verdicts if each.found(tier) and not each.label.bug)}"
    if stuck := [each for each in verdicts if not each.ended]:
        yield f"- did not end: {names(stuck)}"
    yield ""


def first_score(name: str) -> Iterable[str]:
    """What a set scored before any detector was changed because of it."""
    score = json.loads(FIRST_SCORES.read_text()).get(name)
    if score is None:
        return
    yield f"First score, {score['date']}, analysis as of {score['commit']}, {'proved by' if score['verified'] else 'without'} re-runs:\n"
    yield "| tier | precision | recall |"
    yield "|---|---|---|"
    for tier in TIERS:
        true, found = score[tier]
        yield f"| {HEADINGS[tier]} | {ratio(true, found)} | {ratio(true, score['buggy'])} |"
    yield ""


def by_kind(verdicts: Sequence[Verdict]) -> Iterable[str]:
    """Of each kind: how many buggy programs are found at which tier, and on how many correct ones something is."""
    yield "| kind | buggy | confirmed | likely | latent | correct | wrong at likely | wrong at latent |"
    yield "|---|---|---|---|---|---|---|---|"
    for kind in sorted({kind for each in verdicts for kind in each.label.kinds}):
        of_kind = [each for each in verdicts if kind in each.label.kinds]
        bugs = [each for each in of_kind if each.label.bug]
        correct = [each for each in of_kind if not each.label.bug]
        recall = " | ".join(str(sum(each.found(tier) for each in bugs)) for tier in TIERS)
        wrong = " | ".join(str(sum(each.found(tier) for each in correct)) for tier in TIERS[1:])
        yield f"| {kind} | {len(bugs)} | {recall} | {len(correct)} | {wrong} |"
    yield ""


def names(verdicts: Iterable[Verdict]) -> str:
    """The programs' names in a row."""
    return ", ".join(each.label.name for each in verdicts) or "none"


def report(verdicts: Sequence[Verdict]) -> Iterable[str]:
    """The tables of every set, in Markdown."""
    for name in sorted({each.label.set for each in verdicts}):
        chosen = [each for each in verdicts if each.label.set == name]
        bugs = sum(each.label.bug for each in chosen)
        yield f"## Set `{name}`: {len(chosen)} programs, {bugs} buggy, {len(chosen) - bugs} correct\n"
        yield from by_tier(chosen)
        yield from first_score(name)
        if any(each.label.kinds != ("unlabelled",) for each in chosen):
            yield from by_kind(chosen)
    yield f"Median {statistics.median(each.seconds for each in verdicts):.2f} s a program, from its start to the verdict; slowest {max(each.seconds for each in verdicts):.1f} s."


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", nargs="*", default=[], help="only programs of these sets")
    parser.add_argument("--only", nargs="*", default=[], help="only these programs")
    parser.add_argument("--no-verify", action="store_true", help="without re-runs: what the detectors say of the recorded run")
    parser.add_argument("--keep", type=Path, help="keep the recordings in this folder, and use those that are there")
    parser.add_argument("--show", action="store_true", help="print every finding")
    options = parser.parse_args()
    chosen = [each for each in labels() if (not options.set or each.set in options.set) and (not options.only or each.name in options.only)]
    if not chosen:
        print(f"no such programs; sets: {', '.join(sorted({each.set for each in labels()}))}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as temporary:
        keep = options.keep or Path(temporary)
        keep.mkdir(parents=True, exist_ok=True)
        verdicts = []
        for number, label in enumerate(chosen, 1):
            if sys.stderr.isatty():
                print(f"\r{number}/{len(chosen)} {label.name:<30}", end="", file=sys.stderr, flush=True)
            verdicts.append(judge(label, keep, proving=not options.no_verify))
    if options.show:
        for each in verdicts:
            print(f"{each.label.name} ({'bug' if each.label.bug else 'correct'}, {each.seconds:.1f} s)", *each.findings, sep="\n  ")
    print(*report(verdicts), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
