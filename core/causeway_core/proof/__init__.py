"""Proof: orders that would show a finding, forced in re-runs of the recorded program, and the verdict.

`plan` turns findings into orders over named places, `Reruns` runs the command again under one, `Outcome` is what came of it, `Judge` compares
the bad order with the serial ones, `verify` does all that. `safety` says whether the command may be run again without being asked.

May import: errors, model, wire, storage, ingest, launch, graph, analysis, session. Imported by: reports and faces.
"""

from causeway_core.proof.safety import doubts, obstacles
from causeway_core.proof.verify import Budget, explored, plan, remembered, renumbered, verify

__all__ = ["Budget", "doubts", "explored", "obstacles", "plan", "remembered", "renumbered", "verify"]
