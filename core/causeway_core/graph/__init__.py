"""Happens-before over a recording: order, predecessors, past, slice and chain.

May import: errors, model, wire, storage, ingest. Imported by: analysis, session, reports and faces.
"""

from causeway_core.graph.causal import CausalGraph
from causeway_core.graph.clock import VectorClock
from causeway_core.graph.held import HeldLock
from causeway_core.graph.link import Link
from causeway_core.graph.past import Past
from causeway_core.graph.place import SourcePlace

__all__ = ["CausalGraph", "HeldLock", "Link", "Past", "SourcePlace", "VectorClock"]
