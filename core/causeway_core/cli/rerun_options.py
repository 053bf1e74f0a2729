"""Options of the commands that run the recorded program again."""

from __future__ import annotations

from pathlib import Path

import click

project_option = click.option(
    "--project", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Where the project is, if it was recorded elsewhere."
)

isolated_option = click.option(
    "--isolated", is_flag=True, help="Give the re-runs what came from outside when it was recorded (causeway record --replayable)."
)

reset_option = click.option(
    "--reset", metavar="COMMAND",
    help="Shell command that restores the database to its state at the program's start. It runs before each re-run and is kept in the recording.",
)  # fmt: skip
