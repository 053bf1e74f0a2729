"""The one line that `causeway record` ends with."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from causeway_core.analysis import analyze
from causeway_core.model import Finding
from causeway_core.storage import Recording


def shown_path(path: Path) -> str:
    """`path` relative to the working directory where that is shorter."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def findings_in_words(findings: tuple[Finding, ...]) -> str:
    """`1 likely lost_update: Account.balance (ledger.py:31)`, most pressing first; hints and latent ones only as a count."""
    pressing = [finding for finding in findings if finding.tier in ("confirmed", "likely")]
    rest = Counter(finding.tier for finding in findings if finding.tier not in ("confirmed", "likely"))
    parts = []
    for finding in pressing[:3]:
        place = finding.accesses[0]
        parts.append(f"{finding.tier} {finding.kind.replace('_', ' ')} of {finding.resource} ({place.file}:{place.line})")
    if len(pressing) > 3:
        parts.append(f"{len(pressing) - 3} more likely")
    parts += [f"{count} {tier}" for tier, count in sorted(rest.items())]
    return "; ".join(parts) or "no findings"


def print_summary(path: Path, *, analyze_now: bool) -> None:
    """Print the summary of the recording at `path` to stderr; with `analyze_now` look for findings and store them first."""
    with Recording.open(path) as recording:
        events = recording.meta.events
        actors = len(recording.actors())
        gaps = recording.gaps()
        findings = analyze(recording) if analyze_now else ()
    line = f"causeway: {events:,} events of {actors:,} actors in {shown_path(path)}"
    if analyze_now:
        line += f" · {findings_in_words(findings)}"
        if findings:
            line += " · details: causeway analyze"
    print(line, file=sys.stderr)
    for gap in gaps[:3]:
        print(f"causeway: not recorded: {gap.detail}", file=sys.stderr)
