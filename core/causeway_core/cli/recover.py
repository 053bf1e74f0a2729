"""`causeway recover`: finish what a crash left."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import click

from causeway_core.cli.summary import print_summary
from causeway_core.errors import DamagedRecording, RecordingError
from causeway_core.ingest.recover import recover
from causeway_core.storage.connection import damaged

_NOTHING_LEFT = "nothing was left to mend it from; record again"


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
def command(file: Path) -> None:
    """Finish the recording FILE (or its FILE.spool folder) after the recorder or the machine was killed.

    Everything that reached the spool is ingested; what is missing is named.
    """
    path = file.with_name(file.name.removesuffix(".spool"))
    try:
        recover(path)
        print_summary(path, analyze_now=True)
    except DamagedRecording as error:
        raise DamagedRecording(error.message, _NOTHING_LEFT) from error
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
            raise RecordingError(f"cannot finish {path}: {error}", "make room on its disk and run this again") from error
        raise DamagedRecording(damaged(path, error).message, _NOTHING_LEFT) from error
