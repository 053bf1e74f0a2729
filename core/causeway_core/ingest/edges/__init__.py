"""From synchronization facts to edges of happens-before.

One file a family of operations; `derive_edges` runs them all over a recording. May import: model, wire, storage. Imported by:
ingest, graph (for `TotalOrder`).
"""

from causeway_core.ingest.edges.derive import derive_edges
from causeway_core.ingest.edges.order import TotalOrder

__all__ = ["TotalOrder", "derive_edges"]
