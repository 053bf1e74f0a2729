"""`causeway query`: SQL over a recording."""

from __future__ import annotations

import json
import sys

import click

from causeway_core.cli import recordings
from causeway_core.errors import CommandError
from causeway_core.storage import Recording


@click.command(
    epilog="""\b
Examples:
  causeway query "select name, state from actor"
  causeway query run.causeway "select * from edge limit 10" --json
The tables are described in docs/schema.md."""
)
@click.argument("words", nargs=-1, required=True, metavar="[FILE] SQL")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a row.")
def command(words: tuple[str, ...], as_json: bool) -> None:
    """Ask a recording in SQL (read only)."""
    if len(words) > 2:
        raise CommandError("one FILE and one SQL statement are wanted", 'put the statement in quotes: causeway query "select …"')
    if not words[-1].strip():
        raise CommandError("the SQL statement is empty", 'for example: causeway query "select name, state from actor"')
    path = recordings.existing(words[0] if len(words) == 2 else None)
    with Recording.open(path) as recording:
        result = recording.query(words[-1])
        columns = result.columns
        for row in result.rows:
            if as_json:
                print(json.dumps(dict(zip(columns, row, strict=True)), default=repr))
            else:
                print("\t".join("" if cell is None else str(cell) for cell in row))
    if not as_json and sys.stdout.isatty():
        print(f"({', '.join(columns)})", file=sys.stderr)
