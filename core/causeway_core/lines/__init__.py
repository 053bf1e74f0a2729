"""What recordings say about the lines of source files as they are now: findings with places, runs, last values, last writers.

A recording is read once in a background thread into immutable facts; editors answer from those. Source text that changed since the recording is
matched line by line, and facts about deleted lines are dropped (docs/adr/0008-language-server.md).

May import: errors, model, wire, storage, ingest, graph, analysis, session. Imported by: the adapters and cli.
"""

from causeway_core.lines.carry import LineMap, split_lines
from causeway_core.lines.facts import FileFacts, FunctionFacts, History, LastValue, Written
from causeway_core.lines.finding import PlacedFinding, Spot, placed_findings
from causeway_core.lines.folder import Revision, chosen, recordings_in
from causeway_core.lines.reader import LineReader

__all__ = [
    "FileFacts", "FunctionFacts", "History", "LastValue", "LineMap", "LineReader", "PlacedFinding", "Revision", "Spot", "Written", "chosen",
    "placed_findings", "recordings_in", "split_lines",
]
