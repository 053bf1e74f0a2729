"""The recorded command, as something to run again, and whether two runs of it can interfere."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

from causeway_core.launch.environment import environment
from causeway_core.launch.target import Target
from causeway_core.proof.outcome.databases import servers
from causeway_core.proof.outcome.outcome import databases, written_paths
from causeway_core.proof.running.isolation import Isolation
from causeway_core.proof.running.requests import drive_of
from causeway_core.storage import Recording

FIRST_EPHEMERAL_PORT = 32_768
"""The lowest ephemeral port (Linux: 32768, other systems higher)."""


def can_run_concurrently(recording: Recording) -> bool:
    """Whether two concurrent runs cannot interfere: they share no server address, no database, and no files outside their copies."""
    if servers(recording) or recording.meta.reset:
        return False
    root = Path(recording.meta.root)
    serves = any(row.op == "http.server" for row in recording.io()) or any(
        span.attributes.get("span.kind") == "server" for span in recording.spans()
    )
    if (serves or local_ports(recording)) and not _ports_are_ephemeral(recording):
        return False
    return all(path.is_relative_to(root) for path in written_paths(recording) | databases(recording))


def local_ports(recording: Recording) -> set[int]:
    """The ports of this machine that the run connected to; 0 stands for a socket without one."""
    found: set[int] = set()
    for row in recording.io():
        if row.op == "socket" and row.attributes.get("action") == "connect":
            found.add(int(str(row.attributes.get("server.port") or 0)))
        elif row.op == "http.client" and row.attributes.get("url.full"):
            found.add(urlsplit(str(row.attributes["url.full"])).port or 0)
    return found


def _ports_are_ephemeral(recording: Recording) -> bool:
    """Whether all ports are ephemeral, and nothing in the program names them."""
    ports = local_ports(recording)
    if not ports or min(ports) < FIRST_EPHEMERAL_PORT:
        return False
    texts = [*recording.meta.command, *(recording.source_text(source.id) for source in recording.sources())]
    return not any(str(port) in text for port in ports for text in texts)


def variables_of(recording: Recording, target: Target, place: Path, isolation: Isolation | None) -> dict[str, str]:
    """The environment in which the recorded program runs again, its spool and answers in `place`."""
    base = {name: value for name, value in os.environ.items() if not name.startswith("CAUSEWAY_")}
    # Sets iterate in the same order in every re-run, so that outcomes differ by the schedule alone.
    base.setdefault("PYTHONHASHSEED", "0")
    if isolation is not None:
        isolation.put(base, place / "answers.json")
    meta = recording.meta
    how = meta.launch
    return environment(
        target, place / "spool", detail=meta.detail, include=how.include, exclude=how.exclude, drive=drive_of(recording, place), base=base
    )


def target_of(recording: Recording) -> Target:
    """What was recorded, as something to run: the same interpreter, flags, arguments, folder and project."""
    meta = recording.meta
    return Target(meta.launch.python or sys.executable, meta.launch.flags, meta.command, Path(meta.cwd), Path(meta.root))
