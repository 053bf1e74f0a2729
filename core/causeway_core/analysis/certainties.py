"""Detectors that tell what they find themselves: deadlocks, wake-ups, blocking calls, files, rows, cancellation, exceptions nobody saw."""

from __future__ import annotations

from dataclasses import replace

from causeway_core.analysis.detectors.answered_early import answered_early
from causeway_core.analysis.detectors.blocking import blocking_waits, locks_across_awaits
from causeway_core.analysis.detectors.called_at_once import called_at_once
from causeway_core.analysis.detectors.cancellation import cancellations
from causeway_core.analysis.detectors.computed_twice import computed_twice
from causeway_core.analysis.detectors.deadlock import deadlocks
from causeway_core.analysis.detectors.file_checks import file_checks
from causeway_core.analysis.detectors.file_entries import file_entries
from causeway_core.analysis.detectors.file_gaps import file_gaps
from causeway_core.analysis.detectors.file_updates import file_updates
from causeway_core.analysis.detectors.files import file_windows, unseen_temporaries
from causeway_core.analysis.detectors.foreign_thread import foreign_threads
from causeway_core.analysis.detectors.handover import handovers
from causeway_core.analysis.detectors.late_put import late_puts
from causeway_core.analysis.detectors.late_set import late_sets
from causeway_core.analysis.detectors.lock_order import lock_orders
from causeway_core.analysis.detectors.lock_wait import lock_waits
from causeway_core.analysis.detectors.loop_wait import loop_waits
from causeway_core.analysis.detectors.predicates import predicate_windows
from causeway_core.analysis.detectors.queue_checks import queue_checks
from causeway_core.analysis.detectors.removed_twice import removed_twice
from causeway_core.analysis.detectors.rows import row_windows
from causeway_core.analysis.detectors.self_cancel import self_cancellations
from causeway_core.analysis.detectors.self_lock import self_locks
from causeway_core.analysis.detectors.settled_gone import settled_when_gone
from causeway_core.analysis.detectors.settled_twice import settled_twice
from causeway_core.analysis.detectors.swept import swept_away
from causeway_core.analysis.detectors.taken_over import never_handed_over
from causeway_core.analysis.detectors.unretrieved import unretrieved
from causeway_core.analysis.detectors.wakeup import lost_wakeups
from causeway_core.analysis.detectors.wakeup_latent import latent_wakeups
from causeway_core.analysis.detectors.wakeup_mistaken import wakeups_mistaken
from causeway_core.analysis.detectors.wakeup_round import wakeup_rounds
from causeway_core.analysis.detectors.wakeup_state import wakeup_gaps
from causeway_core.analysis.detectors.wakeup_undone import wakeups_undone
from causeway_core.analysis.detectors.wakeup_unseen import wakeups_unseen
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.file_uses import FileUses
from causeway_core.analysis.telling.scene import Scene
from causeway_core.analysis.waits import Waits
from causeway_core.model import Finding


def certainties(scene: Scene, evidence: Evidence) -> list[Finding]:
    """Findings that are told as they are found."""
    events, files = evidence.facts.operations, FileUses(scene, evidence)
    waits = Waits(evidence, events)
    woken = lost_wakeups(scene, waits, events)
    # A lost wake-up explains why everything stands still; saying that too would be noise.
    stuck = [each for each in deadlocks(scene, waits) if not (woken and each.rank > -1.0)]
    struck = frozenset(wait.object for wait in waits.all) if stuck else frozenset()
    latent = latent_wakeups(scene, evidence, events, struck | frozenset(wait.object for wait in waits.all))
    told = frozenset(each.resource for each in (*latent, *woken))
    found = [
        *stuck,
        *woken,
        *lock_orders(scene, evidence, struck),
        *lock_waits(scene, evidence, struck),
        *loop_waits(scene, evidence),
        *called_at_once(scene, evidence),
        *latent,
        *wakeup_gaps(scene, evidence, events, told),
        *wakeups_unseen(scene, evidence, events, told),
        *wakeups_undone(scene, evidence, events, told),
        *wakeups_mistaken(scene, evidence, events, told),
        *wakeup_rounds(scene, evidence, events, told),
        *answered_early(scene, evidence, events, told),
        *settled_twice(scene, evidence, events),
        *removed_twice(scene, evidence),
        *computed_twice(scene, evidence),
        *late_puts(scene, evidence, events),
        *self_locks(scene, evidence),
        *foreign_threads(scene, evidence, events),
        *locks_across_awaits(scene, evidence),
        *blocking_waits(scene, evidence, events),
        *unretrieved(scene, evidence),
        *row_windows(scene, evidence),
        *predicate_windows(scene, evidence),
        *queue_checks(scene, evidence),
        *file_windows(scene, files),
        *unseen_temporaries(scene, files),
        *file_checks(scene, files),
        *file_entries(scene, files),
        *file_gaps(scene, files),
        *file_updates(scene, files),
        *cancellations(scene, evidence, events),
        *never_handed_over(scene, evidence, events),
        *swept_away(scene, evidence, events),
        *handovers(scene, evidence, events),
        *settled_when_gone(scene, evidence, events),
        *self_cancellations(scene, evidence, events),
        *late_sets(scene, evidence, events),
    ]
    return [each if in_recorded_code(each) else replace(each, tier="hint", rank=max(each.rank, 9.0)) for each in found]


def in_recorded_code(finding: Finding) -> bool:
    """Whether any side of a finding lies in code that was recorded; idle workers inside a library wait for ever by design."""
    return any(access.line > 0 for access in finding.accesses) or not finding.accesses
