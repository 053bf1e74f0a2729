"""Whether the recorded command can be run again, and whether it is safe to do so without asking."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from causeway_core.proof.outcome.databases import servers
from causeway_core.proof.running.isolation import Isolation, is_here
from causeway_core.proof.running.requests import Requests
from causeway_core.proof.running.workspace import Workspace, writes_outside
from causeway_core.storage.recording import Recording

_STDIN = re.compile(r"\binput\(|\bsys\.stdin\b")
_UNSENT = (
    "requests from outside the recording drove it; record it with --replayable, which keeps them, or with the command that sends them: "
    "--drive 'python client.py'"
)


def obstacles(recording: Recording) -> tuple[str, ...]:
    """Reasons why the command cannot be run again at all; empty if it can."""
    meta = recording.meta
    found = []
    if meta.merged_from:
        found.append("it was merged from several recordings")
    elif not meta.command or not meta.launch.python:
        found.append("it does not say how its program was started")
    elif not Path(meta.cwd).is_dir():
        found.append(f"the folder {meta.cwd} is gone")
    elif meta.command[0] == "-":
        found.append("its program was read from standard input")
    elif not Path(meta.launch.python).exists():
        found.append(f"the interpreter {meta.launch.python} is gone")
    elif not meta.launch.drive and _is_driven_from_outside(recording):
        requests = Requests.of(recording)
        if not requests.sent:
            found.append(requests.lacking or _UNSENT)
    return tuple(found)


def _is_driven_from_outside(recording: Recording) -> bool:
    """Whether it served requests at a socket that neither the recorded program nor its children can have sent."""
    spans = list(recording.spans())
    known = {span.span_id for span in spans}
    if not any(span.attributes.get("span.kind") == "server" and span.parent_id not in known for span in spans):
        return False
    actions = {str(row.attributes.get("action")) for row in recording.io() if row.op == "socket"}
    return "bind" in actions and "connect" not in actions and not any(row.op == "subprocess" for row in recording.io())


def doubts(recording: Recording, isolation: Isolation | None = None) -> tuple[str, ...]:
    """Reasons not to run the command again without asking; empty if it is safe.

    With `isolation`, re-runs cannot connect beyond this machine, so the recorded peers are no reason."""
    found = [*obstacles(recording)]
    root = Path(recording.meta.root)
    changed = _changed(recording)
    if changed:
        found.append(f"{_shown(changed[0], root)} has changed since")
    outside = sorted(path for path in writes_outside(recording, root) if isolation is None or not isolation.replaces(path, root))
    if outside:
        found.append(f"it wrote to {outside[0]}, outside the project and the temporary folders")
    peer = _foreign_peer(recording, isolation)
    if peer is not None:
        found.append(f"it connected to {peer}, which is not this machine")
    database = _database(recording)
    if database is not None:
        found.append(database)
    reader = _reads_stdin(recording)
    if reader is not None:
        found.append(f"it may read standard input ({reader})")
    workspace = Workspace.of(recording)
    if workspace.copied and workspace.too_large():
        found.append("it wrote into the project's folder, which is too large to copy")
    return tuple(found)


def _changed(recording: Recording) -> list[str]:
    """Sources that have changed since the recording."""
    found = []
    for source in recording.sources():
        path = Path(source.path)
        if not path.is_absolute():
            continue
        try:
            if hashlib.sha256(path.read_bytes()).hexdigest() != source.hash:
                found.append(source.path)
        except OSError:
            found.append(source.path)
    return found


def _foreign_peer(recording: Recording, isolation: Isolation | None) -> str | None:
    for attributes in (*(row.attributes for row in recording.io()), *(span.attributes for span in recording.spans())):
        address = str(attributes.get("server.address") or attributes.get("network.peer.address") or "")
        if attributes.get("span.kind") == "server" or attributes.get("op") == "http.server" or attributes.get("action") == "bind":
            continue
        if address and not is_here(address) and isolation is None:
            return address
    return None


def _database(recording: Recording) -> str | None:
    """Why a database that it used makes another run unsafe: it is on another machine, or nothing restores its content."""
    for name in servers(recording):
        host = name.partition("://")[2].rpartition(":")[0]
        if host and not is_here(host):
            return f"it used the database {name}, which is not on this machine"
        if not recording.meta.reset:
            return f"it used the database {name}: give the command that restores its content with --reset"
    return None


def _reads_stdin(recording: Recording) -> str | None:
    """Where the first process's code mentions standard input."""
    bases = recording.query("SELECT first, count FROM site_base WHERE process = 1").rows
    ids = {site for first, count in bases for site in range(first, first + count)}
    functions = {site.function for site in recording.sites() if site.id in ids}
    sources = {function.source for function in recording.functions() if function.id in functions}
    for source in recording.sources():
        if source.id in sources:
            for number, line in enumerate(recording.source_text(source.id).splitlines(), 1):
                if _STDIN.search(line.partition("#")[0]):
                    return f"{_shown(source.path, Path(recording.meta.root))}:{number}"
    return None


def _shown(path: str, root: Path) -> str:
    return str(Path(path).relative_to(root)) if Path(path).is_relative_to(root) else path
