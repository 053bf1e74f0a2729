"""Files that are updated in place: opened once, read and then written."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace

from causeway_core.analysis import weights
from causeway_core.analysis.detectors.files.finding import SAMPLE, file_finding, file_name, use_sides
from causeway_core.analysis.files.uses import FileUse, FileUses
from causeway_core.analysis.source_text import FunctionNode, called, own_nodes
from causeway_core.analysis.wording.scene import Scene
from causeway_core.model import Finding

_READING = frozenset({"read", "readline", "readlines", "load", "safe_load"})
_WRITING = frozenset({"write", "writelines", "truncate", "dump", "safe_dump"})


def file_updates(scene: Scene, files: FileUses) -> list[Finding]:
    """Lost updates of a file that one function opens for reading and writing, while another actor changes it; one per file."""
    found = []
    for name, uses in files.shared:
        first = next(_windows(files, uses), None)
        if first is not None:
            update, line, other = first
            one, two = use_sides(scene, update, other)
            title = f"{one} reads {file_name(name)}, then writes it in place; {two} could change it in between: one update would be lost"
            advice = "hold a lock on the file (fcntl.flock) from before the read until after the write"
            sides = [(update, "read"), (replace(update, line=line), "write"), (other, "write")]
            found.append(file_finding(scene, "lost_update", "likely", weights.IN_PLACE_UPDATE, title, name, sides, advice))
    return found


def _windows(files: FileUses, uses: Sequence[FileUse]) -> Iterator[tuple[FileUse, int, FileUse]]:
    """The opening, the line of the later write, and the other actor's change."""
    for update in [use for use in uses if use.verb == "update"][:SAMPLE]:
        line = _written_at(files, update)
        if line is None or files.locked(update):
            continue
        for other in uses[: 4 * SAMPLE]:
            changes = other.verb in ("write", "replace") or (other.verb == "update" and _written_at(files, other) is not None)
            if other.actor != update.actor and changes and files.can_run_between(update, update, other) and not files.locked(other):
                yield update, line, other


def _written_at(files: FileUses, use: FileUse) -> int | None:
    """The line of the first write in the function after a line of its own that reads."""
    around = files.texts.around(use.path, use.line)
    if not around or not isinstance(around[0], FunctionNode):
        return None
    calls = [node for node in own_nodes(around[0]) if isinstance(node, ast.Call) and node.lineno >= use.line]
    read = min((call.lineno for call in calls if called(call) in _READING), default=None)
    return None if read is None else min((call.lineno for call in calls if called(call) in _WRITING and call.lineno > read), default=None)
