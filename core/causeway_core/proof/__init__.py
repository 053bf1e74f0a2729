"""Proof: re-runs of the recorded program under forced orders, and the verdict on each finding.

- `planning` builds orders from findings: bad orders that would show the bug, and serial orders to compare with.
- `running` runs the recorded command again under an order, and decides whether that is safe without asking.
- `outcome` describes what a run did and compares the outcomes of two runs.
- `judge` compares the bad orders of one finding with its `baseline`; `verify` does so for all findings of a recording.
- `explore` searches for failures that no finding predicts.

May import: errors, model, wire, storage, ingest, launch, graph, analysis, session. Imported by: reports and faces.
"""

from causeway_core.proof.running.safety import doubts, obstacles
from causeway_core.proof.verify import Budget, plan, remembered, renumbered, verify, with_explored

__all__ = ["Budget", "doubts", "obstacles", "plan", "remembered", "renumbered", "verify", "with_explored"]
