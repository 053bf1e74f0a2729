"""`causeway analyze`: findings of a recording."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from causeway_core.analysis import analyze
from causeway_core.analysis.trace_scope import actors_of_trace
from causeway_core.cli import recordings
from causeway_core.cli.progress import progress_on_terminal
from causeway_core.errors import CommandError
from causeway_core.report import REPORTS
from causeway_core.storage import Recording

TIERS = ("confirmed", "likely", "latent", "hint")


@click.command(
    epilog="""\b
Examples:
  causeway analyze
  causeway analyze run.causeway --format json
  causeway analyze --fail-on likely --format github        (in CI)"""
)
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--trace-id", metavar="ID", help="Only what happened in this distributed trace.")
@click.option("--format", "format_", type=click.Choice(sorted(REPORTS)), default="text", show_default=True, help="How to print the findings.")
@click.option("--fail-on", type=click.Choice(TIERS), help="Exit with 1 if there is a finding of this tier or a firmer one.")
@click.option("--all", "everything", is_flag=True, help="Show latent findings and hints in full as well.")
def command(file: Path | None, trace_id: str | None, format_: str, fail_on: str | None, everything: bool) -> int:
    """Find races, lost updates, atomicity and order violations and deadlocks, also those that did not strike.

    Without FILE, the newest recording in .causeway/ is meant.
    """
    path = recordings.existing(file)
    with Recording.open(path) as recording, progress_on_terminal("analysing") as progress:
        if trace_id and not actors_of_trace(recording, trace_id):
            raise CommandError(f"nothing in {path} belongs to the trace {trace_id}", "traces: causeway query \"select trace_id from span\"")
        findings = analyze(recording, trace_id=trace_id, progress=progress)
        text = REPORTS[format_](recording, findings, everything=everything, colour=sys.stdout.isatty())
    sys.stdout.write(text)
    if fail_on and any(TIERS.index(finding.tier) <= TIERS.index(fail_on) for finding in findings):
        return 1
    return 0
