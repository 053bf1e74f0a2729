"""Which reads can decide which writes: dependence over the recorded source text.

A window from a read to a write of one actor is only a finding if the write *depends* on the read. Recording data flow at run time would
cost too much, but the recording holds the source as it ran with the exact position of every read and write, so the question is answered
statically: an abstract interpretation of each function (data flow through locals, control through guards and early exits), joined over
calls by name.

May import: model. Imported by: analysis. Nothing is executed.
"""

from causeway_core.analysis.flow.graph import FlowGraph, Role, Usage
from causeway_core.analysis.flow.program import ProgramFlow

__all__ = ["FlowGraph", "ProgramFlow", "Role", "Usage"]
