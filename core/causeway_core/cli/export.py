"""`causeway export`: a recording or a finding for other tools."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from causeway_core.analysis import examine
from causeway_core.cli import recordings
from causeway_core.cli.isolated import opened
from causeway_core.cli.progress import progress_on_terminal
from causeway_core.cli.rerun_options import project_option
from causeway_core.cli.trace import check_trace
from causeway_core.errors import CommandError
from causeway_core.export import EXPORTERS, Selection, generate, schedule
from causeway_core.model import Finding
from causeway_core.proof.running.isolation import Isolation
from causeway_core.proof.selected import check_safety, find_finding, known_findings
from causeway_core.storage import Recording

FORMATS = ("test", *EXPORTERS)


@click.command(
    epilog="""\b
Examples:
  causeway export --finding F1 --format test -o test_race.py
  causeway export run.causeway --finding F2 --format test
  causeway export --trace-id 4bf92f3577b34da6a3ce929d0e0e4736 --format test -o test_trace.py
  causeway export --format perfetto -o trace.json         (open it in ui.perfetto.dev)
  causeway export --format otlp | curl -H 'content-type: application/json' -d @- http://localhost:4318/v1/traces
  causeway export --finding F1 --format mermaid"""
)
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--format", "format_", type=click.Choice(FORMATS), required=True, help="What to write.")
@click.option("--finding", metavar="ID", help="The finding to export, such as F1 of `causeway analyze`.")
@click.option("--trace-id", metavar="ID", help="Only what happened in this distributed trace.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Where to write it (default: standard output).")
@click.option("--verify", "wanted", is_flag=True, help="Run the program again even where that may not be safe (see docs/findings.md).")
@project_option
@click.option("--isolated", is_flag=True, help="Put into a test what came from outside when it was recorded (causeway record --replayable).")
@click.option("--force", is_flag=True, help="Overwrite the output.")
def command(
    file: Path | None, format_: str, finding: str | None, trace_id: str | None, output: Path | None, wanted: bool, isolated: bool,
    project: Path | None, force: bool,
) -> None:
    """Write a recording, or one of its findings, in the form another tool wants.

    `--format test` writes a pytest file that forces the order of a finding and asserts what every serial order gives: it fails until the
    bug is fixed. With `--trace-id` it writes a characterisation test instead: what the trace did, in its recorded order. It needs nothing
    but causeway-sdk. The program is run a few times to see what the test can see. The other formats run
    nothing: `json` is the facts, `dot` and `mermaid` are pictures of causes, `perfetto` is a timeline, `otlp` the spans, `html` a page of findings.
    """
    path = recordings.existing(file)
    if output is not None:
        _check_output(output, force)
    if format_ != "test":
        _write(_exported(path, format_, finding, trace_id), output)
        return
    if trace_id is not None and finding is not None:
        raise CommandError("a test is written for a finding or for a trace", "name one of them")
    with opened(path, isolated=isolated, project=project) as recording, progress_on_terminal("exporting") as progress:
        isolation = Isolation.of(recording) if isolated else None
        folder = (output or Path("test_it.py")).absolute().parent
        if trace_id is not None:
            check_trace(recording, trace_id)
            check_safety(recording, "a test is made by running the program again", wanted=wanted, isolation=isolation)
            text, status = schedule.generate(recording, examine(recording), trace_id, folder, isolation=isolation), "passes now"
        else:
            chosen = _finding(recording, finding)
            check_safety(recording, "a test is made by running the program again", wanted=wanted, isolation=isolation)
            made = generate(recording, chosen, folder, progress=progress, isolation=isolation)
            text, status = made.text, f"fails now, because {made.fails}"
    _write(text, output)
    if output is not None:
        print(f"{output}: {status}. Run it: pytest {output}")


def _exported(path: Path, format_: str, finding: str | None, trace_id: str | None) -> str:
    with Recording.open(path) as recording:
        known = known_findings(recording) if finding is not None or format_ in ("html", "json") else ()
        chosen = find_finding(known, finding, recording.path) if finding is not None else None
        return EXPORTERS[format_](Selection(recording, known, chosen, trace_id))


def _write(text: str, output: Path | None) -> None:
    if output is None:
        sys.stdout.write(text)
        return
    try:
        output.write_text(text)
    except OSError as error:
        raise CommandError(f"cannot write {output}: {error.strerror}", "name another place with -o FILE") from error


def _check_output(output: Path, force: bool) -> None:
    if not output.absolute().parent.is_dir():
        raise CommandError(f"there is no folder {output.parent}", f"make it first: mkdir -p {output.parent}")
    if output.exists() and not force:
        raise CommandError(f"{output} already exists", "choose another -o, or add --force to overwrite it")


def _finding(recording: Recording, wanted: str | None) -> Finding:
    known = known_findings(recording)
    if wanted is None:
        ids = ", ".join(each.id for each in known) or "none"
        raise CommandError("a test is written for a finding", f"name it: --finding F1 (there: {ids})")
    return find_finding(known, wanted, recording.path)
