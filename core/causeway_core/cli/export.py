"""`causeway export`: a recording or a finding for other tools."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from causeway_core.cli import recordings
from causeway_core.cli.progress import progress_on_terminal
from causeway_core.errors import CommandError
from causeway_core.export import generate
from causeway_core.model import Finding
from causeway_core.proof.chosen import check_safety, known_findings, named
from causeway_core.storage import Recording

FORMATS = ("test",)


@click.command(
    epilog="""\b
Examples:
  causeway export --finding F1 --format test -o test_race.py
  causeway export run.causeway --finding F2 --format test"""
)
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--format", "format_", type=click.Choice(FORMATS), required=True, help="What to write.")
@click.option("--finding", metavar="ID", help="The finding that is meant, such as F1 of `causeway analyze`.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Where to write it (default: standard output).")
@click.option("--verify", "wanted", is_flag=True, help="Run the program again even where that may not be safe (see docs/findings.md).")
@click.option("--force", is_flag=True, help="Overwrite the output.")
def command(file: Path | None, format_: str, finding: str | None, output: Path | None, wanted: bool, force: bool) -> None:
    """Write a recording, or one of its findings, in the form another tool wants.

    `--format test` writes a pytest file that forces the order of a finding and asserts what every serial order gives: it fails until the
    bug is fixed. It needs nothing but causeway-sdk. The program is run a few times to see what the test can see.
    """
    del format_
    path = recordings.existing(file)
    if output is not None:
        _check_output(output, force)
    with Recording.open(path) as recording, progress_on_terminal("exporting") as progress:
        chosen = _finding(recording, finding)
        check_safety(recording, "a test is made by running the program again", wanted=wanted)
        made = generate(recording, chosen, (output or Path("test_it.py")).absolute().parent, progress=progress)
    if output is None:
        sys.stdout.write(made.text)
        return
    try:
        output.write_text(made.text)
    except OSError as error:
        raise CommandError(f"cannot write {output}: {error.strerror}", "name another place with -o FILE") from error
    print(f"{output}: fails now, because {made.fails}. Run it: pytest {output}")


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
    return named(known, wanted, recording.path)
