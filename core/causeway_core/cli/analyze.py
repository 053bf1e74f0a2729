"""`causeway analyze`: findings of a recording."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from causeway_core.analysis import examine
from causeway_core.analysis import keep as store_findings
from causeway_core.cli import recordings
from causeway_core.cli.isolated import opened
from causeway_core.cli.progress import progress_on_terminal
from causeway_core.cli.rerun_options import isolated_option, project_option, reset_option
from causeway_core.cli.trace import check_trace
from causeway_core.launch.zygote import ZygotePool
from causeway_core.proof import Budget, doubts, plan, remembered, verify, with_explored
from causeway_core.proof.explore import explore_briefly, worth_exploring
from causeway_core.proof.judge import REPEATS
from causeway_core.proof.running.isolation import Isolation
from causeway_core.proof.running.safety import obstacles
from causeway_core.proof.selected import check_safety
from causeway_core.proof.verify import BUDGET_SECONDS
from causeway_core.report import REPORTS
from causeway_core.storage import Recording
from causeway_core.storage.writer import keep_reset

TIERS = ("confirmed", "likely", "latent", "hint")


@click.command(
    epilog="""\b
Examples:
  causeway analyze
  causeway analyze run.causeway --format json
  causeway analyze --verify --repeat 20
  causeway analyze --isolated run.causeway                (recorded elsewhere with --replayable)
  causeway analyze --fail-on likely --format github        (in CI)"""
)
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--trace-id", metavar="ID", help="Only what happened in this distributed trace.")
@click.option("--format", "format_", type=click.Choice(sorted(REPORTS)), default="text", show_default=True, help="How to print the findings.")
@click.option("--fail-on", type=click.Choice(TIERS), help="Exit with 1 if there is a finding of this tier or a firmer one.")
@click.option(
    "--verify/--no-verify", "wanted", default=None,
    help="Prove findings by running the program again (default: if that is safe, see docs/findings.md); --no-verify never runs it.",
)  # fmt: skip
@reset_option
@click.option("--repeat", type=click.IntRange(1, 1000), default=REPEATS, show_default=True, help="How often a bad order must go wrong.")
@click.option("--budget", type=click.FloatRange(min=0), default=BUDGET_SECONDS, show_default=True, metavar="SECONDS", help="Time for all re-runs.")
@click.option("--keep", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="Keep the recordings of the re-runs in DIR.")
@project_option
@isolated_option
@click.option("--explore/--no-explore", "explores", default=True, help="Where nothing is proved, try some orders that no detector expects (25 s).")
@click.option("--all", "everything", is_flag=True, help="Show latent findings and hints in full as well.")
def command(
    file: Path | None,
    trace_id: str | None,
    format_: str,
    fail_on: str | None,
    wanted: bool | None,
    reset: str | None,
    repeat: int,
    budget: float,
    keep: Path | None,
    isolated: bool,
    project: Path | None,
    explores: bool,
    everything: bool,
) -> int:
    """Find races, lost updates, atomicity and order violations and deadlocks, also those that did not strike, and prove them.

    A finding is proved by running the program again under the order that would make it go wrong; what was proved is kept in the recording.
    Without FILE, the newest recording in .causeway/ is meant.
    """
    path = recordings.existing(file)
    if reset is not None:
        keep_reset(path, reset)
    with opened(path, isolated=isolated, project=project) as recording, progress_on_terminal("analysing") as progress:
        if trace_id:
            check_trace(recording, trace_id)
        analysis = examine(recording, trace_id=trace_id, progress=progress)
        findings = plan(recording, analysis)
        store = trace_id is None
        findings = with_explored(recording, findings) if wanted else remembered(recording, findings)
        open_ = any(finding.orders and finding.proof is None for finding in findings)
        isolation = Isolation.of(recording) if isolated else None
        explores = explores and store and worth_exploring(recording, findings)
        why_not = reason_against(recording, wanted, isolation) if open_ or explores else ""
        if why_not is None:
            spent = Budget(seconds=budget, repeat=repeat)
            zygotes = ZygotePool()
            findings, _ = verify(
                recording, findings, budget=spent, progress=progress, keep_recordings=keep, store=store, isolation=isolation, zygotes=zygotes
            )
            if explores:
                kept = keep and keep / "explored"
                findings = explore_briefly(
                    recording, analysis, findings, progress=progress, keep_recordings=kept, isolation=isolation, zygotes=zygotes, repeat=repeat
                )
        elif store:
            store_findings(recording, findings)
        text = REPORTS[format_](recording, findings, everything=everything, colour=sys.stdout.isatty())
    sys.stdout.write(text)
    if why_not and open_:
        print(f"causeway: nothing was proved by a re-run: {why_not}", file=sys.stderr)
    if fail_on and any(TIERS.index(finding.tier) <= TIERS.index(fail_on) for finding in findings):
        return 1
    return 0


def reason_against(recording: Recording, wanted: bool | None, isolation: Isolation | None) -> str | None:
    """Why the program is not run again; None if it is. Raises CommandError when it was asked for and cannot be."""
    if wanted is False:
        return ""
    if wanted:
        check_safety(recording, "", wanted=True)
        return None
    impossible = obstacles(recording)
    if impossible:
        return impossible[0]
    found = doubts(recording, isolation)
    return f"{found[0]} (--verify runs it all the same)" if found else None
