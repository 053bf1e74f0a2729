"""`causeway recover`: finish what a crash left."""

from __future__ import annotations

from pathlib import Path

import click

from causeway_core.cli.summary import print_summary
from causeway_core.errors import DamagedRecording
from causeway_core.ingest.recover import recover


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
def command(file: Path) -> None:
    """Finish the recording FILE (or its FILE.spool folder) after the recorder or the machine was killed.

    Everything that reached the spool is ingested; what is missing is named.
    """
    path = file.with_name(file.name.removesuffix(".spool"))
    try:
        recover(path)
    except DamagedRecording as error:
        raise DamagedRecording(error.message, "nothing was left to mend it from; record again") from error
    print_summary(path, analyze_now=True)
