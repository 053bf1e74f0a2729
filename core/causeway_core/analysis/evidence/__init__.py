"""The content of one recording: accesses as columns, two orders, synchronization, locks, transactions and work items, behind one `Evidence`.

`load` reads it from a recording. Nothing here proposes or judges a finding.
"""

from causeway_core.analysis.evidence.evidence import LOOK_BACK, Evidence, Order

__all__ = ["LOOK_BACK", "Evidence", "Order"]
