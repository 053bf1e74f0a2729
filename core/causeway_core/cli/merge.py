"""`causeway merge`: join two recordings."""

from __future__ import annotations

from pathlib import Path

import click

from causeway_core.cli import recordings
from causeway_core.cli.summary import print_summary
from causeway_core.errors import CommandError
from causeway_core.ingest.merge import merge


@click.command(epilog="Example: causeway merge gateway.causeway ledger.causeway -o both.causeway")
@click.argument("first", type=click.Path(path_type=Path))
@click.argument("second", type=click.Path(path_type=Path))
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Where to write the joined recording.")
def command(first: Path, second: Path, output: Path) -> None:
    """Join the recordings of two services that called each other; their messages become causal edges."""
    if output.exists():
        raise CommandError(f"{output} already exists", "choose another -o")
    recordings.check_output(output, force=False)
    merge(first, second, output)
    print_summary(output, analyze_now=True)
