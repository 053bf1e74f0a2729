"""`causeway explore`: orders that nobody planned."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import cast

import click

from causeway_core.analysis import examine, keep
from causeway_core.cli import recordings
from causeway_core.cli.analyze import reason_against
from causeway_core.cli.isolated import opened
from causeway_core.cli.progress import progress_on_terminal
from causeway_core.cli.rerun_options import isolated_option, project_option, reset_option
from causeway_core.errors import CommandError
from causeway_core.model.order import Strategy
from causeway_core.proof import plan, remembered, renumbered
from causeway_core.proof.explore import Effort, Explored, Explorer
from causeway_core.proof.judge import REPEATS
from causeway_core.proof.running.isolation import Isolation
from causeway_core.proof.running.requests import is_driven
from causeway_core.report import REPORTS
from causeway_core.storage.writer import keep_reset


@click.command(
    epilog="""\b
Examples:
  causeway explore
  causeway explore run.causeway --runs 500 --depth 2
  causeway explore --strategy random --seed 7 --budget 60"""
)
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--strategy", type=click.Choice(("pct", "random", "switch")), default="pct", show_default=True, help="How the next actor is chosen.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="The first seed; each run has one more.")
@click.option("--depth", type=click.IntRange(1, 16), default=3, show_default=True, help="Ordering decisions that a bug may need (pct).")
@click.option("--runs", type=click.IntRange(1, 100_000), default=100, show_default=True, help="Runs at most.")
@click.option("--budget", type=click.FloatRange(min=0), default=300.0, show_default=True, metavar="SECONDS", help="Time for the runs.")
@click.option("--repeat", type=click.IntRange(1, 1000), default=REPEATS, show_default=True, help="How often an order has to go wrong.")
@click.option("--keep", "keep_", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="Keep the recordings of the re-runs in DIR.")
@click.option("--format", "format_", type=click.Choice(sorted(REPORTS)), default="text", show_default=True, help="How to print what was found.")
@reset_option
@project_option
@isolated_option
@click.option("--verify", "wanted", is_flag=True, help="Run the program again even where that may not be safe (see docs/findings.md).")
def command(
    file: Path | None, strategy: str, seed: int, depth: int, runs: int, budget: float, repeat: int, keep_: Path | None, format_: str,
    reset: str | None, project: Path | None, isolated: bool, wanted: bool,
) -> int:  # fmt: skip
    """Look for orders in which the program fails, also where no detector expects any.

    Runs the recorded program again and again under seeded schedulers, at the places that actors share. An order in which it fails is reduced to
    what matters and becomes a finding, which `causeway export` turns into a test. Ctrl-C ends the search and keeps what was found.
    Exits with 1 if something was found.
    """
    path = recordings.existing(file)
    if reset is not None:
        keep_reset(path, reset)
    with opened(path, isolated=isolated, project=project) as recording:
        isolation = Isolation.of(recording) if isolated else None
        against = reason_against(recording, wanted or None, isolation)
        if is_driven(recording):
            raise CommandError(
                "orders of a service that requests drive cannot be explored: what happens in it depends on when they come",
                "explore its tests (causeway record pytest), or prove what was found: causeway analyze",
            )
        if against:
            raise CommandError(f"exploring runs the program again, but {against}", "record it again, or read docs/findings.md")
        with progress_on_terminal("exploring") as progress:
            analysis = examine(recording, progress=progress)
            effort = Effort(cast(Strategy, strategy), seed, depth, runs, budget, repeat)
            explored = Explorer(recording, analysis, effort, progress=progress, keep_recordings=keep_, isolation=isolation).explore()
        if explored.reason:
            raise CommandError(f"there is nothing to explore in {path}: {explored.reason}", "record a run in which they meet")
        known = remembered(recording, plan(recording, analysis))
        titles_known = {each.title for each in known}
        new = tuple(each for each in explored.findings if each.title not in titles_known)
        findings = renumbered((*known, *new))
        keep(recording, findings)
        titles = {each.title for each in explored.findings}
        shown = tuple(each for each in findings if each.title in titles)
        text = REPORTS[format_](recording, shown, everything=True, colour=sys.stdout.isatty())
    if shown or format_ != "text":
        sys.stdout.write(text)
    print(_summary(explored), file=sys.stderr)
    return 1 if shown else 0


def _summary(explored: Explored) -> str:
    count = len(explored.findings)
    what = f"{count} order{'s' if count != 1 else ''} found in which it fails" if count else "none failed"
    early = "" if explored.whole else "; not all runs were made"
    return f"causeway: {explored.runs} runs explored, {explored.points} points a run: {what}{early}"
