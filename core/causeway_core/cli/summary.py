"""The one line that `causeway record` ends with."""

from __future__ import annotations

import sys
from pathlib import Path

from causeway_core.analysis import analyze
from causeway_core.analysis.wording.headline import headline
from causeway_core.report.gaps import gap_sentences
from causeway_core.storage import Recording


def shown_path(path: Path) -> str:
    """`path` relative to the working directory where that is shorter."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def print_summary(path: Path, *, analyze_now: bool) -> None:
    """Print the summary of the recording at `path` to stderr; with `analyze_now` look for findings and store them first."""
    with Recording.open(path) as recording:
        events = recording.meta.events
        actors = len(recording.actors())
        gaps = gap_sentences(recording)
        findings = analyze(recording) if analyze_now else ()
    line = f"causeway: {events:,} events of {actors:,} actor{'' if actors == 1 else 's'} in {shown_path(path)}"
    if analyze_now:
        line += f" · {headline(findings)}"
        if findings:
            line += " · details: causeway analyze"
    print(line, file=sys.stderr)
    for gap in gaps:
        print(f"causeway: not recorded: {gap}", file=sys.stderr)
