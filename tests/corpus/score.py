"""Records every program of a labelled corpus once, analyses it, and prints precision and recall by tier.

python -m tests.corpus.score [--only NAME…] [--keep DIR] [--show] [--verify]

With `--verify` the findings are proved by re-runs, and the time of each program is told.

The corpus is a folder with `labels.json` ({name: {"bug": bool, …}}) and one module a program; CAUSEWAY_CORPUS names it (default
../shared/corpus beside the project). A program counts as found at a tier if it has a finding of that tier or a firmer one.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from causeway_core.analysis import analyze, examine
from causeway_core.model import Finding
from causeway_core.proof import plan, verify
from causeway_core.proof.explore import explore_briefly
from causeway_core.storage import Recording

from tests.corpus.record import record_main

TIERS = ("confirmed", "likely", "latent", "hint")
PROJECT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Scored:
    """One program: whether it is labelled buggy, and what was found."""

    name: str
    bug: bool
    findings: tuple[Finding, ...]
    seconds: float = 0.0

    def found(self, tier: str) -> bool:
        """Whether there is a finding of this tier or a firmer one."""
        return any(TIERS.index(each.tier) <= TIERS.index(tier) for each in self.findings if each.tier in TIERS)


@dataclass(frozen=True, slots=True)
class Score:
    """Program-level precision and recall at a tier."""

    tier: str
    precision: float
    recall: float
    missed: tuple[str, ...]
    false: tuple[str, ...]


def corpus_folder() -> Path:
    """Where the labelled programs are."""
    return Path(os.environ.get("CAUSEWAY_CORPUS", PROJECT.parent / "shared" / "corpus"))


def run(folder: Path, names: list[str], keep: Path, *, proving: bool = False) -> list[Scored]:
    """Records and analyses the named programs, and proves what is found; recordings stay in `keep`."""
    labels = json.loads((folder / "labels.json").read_text())
    results = []
    for name in names:
        recording = keep / f"{name}.causeway"
        if not recording.exists():
            record_main(folder / f"{name}.py", recording)
        began = time.monotonic()
        with Recording.open(recording) as opened:
            findings = _proved(opened) if proving else analyze(opened)
        results.append(Scored(name, labels[name]["bug"], findings, time.monotonic() - began))
        if proving:
            scored = results[-1]
            best = min((TIERS.index(each.tier) for each in findings), default=-1)
            line = f"{name:28} {'bug' if scored.bug else 'correct':8} {TIERS[best] if best >= 0 else '-':10} {scored.seconds:6.1f} s"
            print(line, file=sys.stderr, flush=True)
    return results


def _proved(recording: Recording) -> tuple[Finding, ...]:
    analysis = examine(recording)
    findings, _ = verify(recording, plan(recording, analysis))
    return explore_briefly(recording, analysis, findings)


def score(results: list[Scored], tier: str) -> Score:
    """Precision and recall of what is found at a tier or a firmer one."""
    found = [each for each in results if each.found(tier)]
    true = sum(each.bug for each in found)
    bugs = [each for each in results if each.bug]
    return Score(
        tier,
        true / len(found) if found else 1.0,
        true / len(bugs) if bugs else 1.0,
        tuple(each.name for each in bugs if not each.found(tier)),
        tuple(each.name for each in found if not each.bug),
    )


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", help="score only these programs")
    parser.add_argument("--keep", type=Path, help="keep (and use) the recordings in this folder")
    parser.add_argument("--show", action="store_true", help="print every finding")
    parser.add_argument("--verify", action="store_true", help="prove findings by re-runs")
    options = parser.parse_args()
    folder = corpus_folder()
    names = options.only or sorted(json.loads((folder / "labels.json").read_text()))
    with tempfile.TemporaryDirectory() as temporary:
        keep = options.keep or Path(temporary)
        keep.mkdir(parents=True, exist_ok=True)
        results = run(folder, names, keep, proving=options.verify)
    if options.show:
        for each in results:
            print(f"\n{each.name} ({'bug' if each.bug else 'correct'})")
            for finding in each.findings:
                print(f"  {finding.tier:9} {finding.kind}: {finding.title}")
                if finding.proof is not None:
                    print(f"            {finding.proof.verdict} {finding.reproduced or ''}: {finding.proof.reason}. {finding.proof.outcome}")
    print(f"\n{len(results)} programs, {sum(each.bug for each in results)} buggy")
    if options.verify:
        times = sorted(each.seconds for each in results)
        print(f"seconds a program: median {times[len(times) // 2]:.1f}, longest {times[-1]:.1f}")
    for tier in TIERS if options.verify else TIERS[1:]:
        result = score(results, tier)
        print(f"{tier:>8} or firmer: precision {result.precision:.2f}, recall {result.recall:.2f}")
        print(f"          missed: {', '.join(result.missed) or '-'}\n          wrong:  {', '.join(result.false) or '-'}")


if __name__ == "__main__":
    sys.exit(main())
