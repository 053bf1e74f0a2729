"""`causeway ls`: the recordings of this project."""

from __future__ import annotations

import json
import time
from pathlib import Path

import click

from causeway_core.cli import recordings
from causeway_core.errors import CausewayError
from causeway_core.storage import Recording


def describe(path: Path) -> dict[str, object]:
    """What `ls` says of one recording; a broken one is described by its error."""
    entry: dict[str, object] = {
        "path": str(path),
        "bytes": path.stat().st_size,
        "modified": time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(path.stat().st_mtime)),
    }
    try:
        with Recording.open(path) as recording:
            entry["state"] = "complete" if recording.complete else "incomplete"
            entry["events"] = recording.meta.events
            entry["command"] = " ".join(recording.meta.command)
            entry["findings"] = len(recording.findings())
    except CausewayError as error:
        entry["state"] = "unreadable"
        entry["error"] = str(error)
    return entry


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a recording.")
def command(as_json: bool) -> None:
    """List the recordings in .causeway/, newest first."""
    for path in recordings.all_recordings():
        entry = describe(path)
        if as_json:
            print(json.dumps(entry))
        elif "error" in entry:
            print(f"{entry['path']}  {entry['error']}")
        else:
            counts = f"{entry['events']:,} events  {entry['findings']} finding{'' if entry['findings'] == 1 else 's'}"
            print(f"{entry['path']}  {entry['modified']}  {entry['state']}  {counts}  {entry['command']}")
