"""Detectors that need no race: deadlocks, lost wake-ups, blocking calls, exceptions nobody saw."""

from __future__ import annotations

from causeway_core.analysis.detectors.blocking import blocking_waits, locks_across_awaits
from causeway_core.analysis.detectors.deadlock import deadlocks
from causeway_core.analysis.detectors.lock_order import lock_orders
from causeway_core.analysis.detectors.rows import row_windows
from causeway_core.analysis.detectors.unretrieved import unretrieved
from causeway_core.analysis.detectors.wakeup import lost_wakeups
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.telling.scene import Scene
from causeway_core.analysis.waits import Waits
from causeway_core.model import Finding


def certainties(scene: Scene, evidence: Evidence) -> list[Finding]:
    """Findings that are told as they are found."""
    events = evidence.facts.operations
    waits = Waits(evidence, events)
    woken = lost_wakeups(scene, waits, events)
    # A lost wake-up explains why everything stands still; saying that too would be noise.
    stuck = [each for each in deadlocks(scene, waits) if not (woken and each.rank > -1.0)]
    struck = frozenset(wait.object for wait in waits.all) if stuck else frozenset()
    return [
        *stuck,
        *woken,
        *lock_orders(scene, evidence, struck),
        *locks_across_awaits(scene, evidence),
        *blocking_waits(scene, evidence, events),
        *unretrieved(scene, evidence),
        *row_windows(scene, evidence),
    ]
