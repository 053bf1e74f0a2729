"""Detectors that report finished findings: deadlocks, wake-ups, blocking calls, files, rows, cancellation, unretrieved exceptions."""

from __future__ import annotations

from dataclasses import replace

from causeway_core.analysis.detectors.atomicity.double_removal import double_removals
from causeway_core.analysis.detectors.atomicity.duplicate_computation import duplicate_computations
from causeway_core.analysis.detectors.atomicity.skipped_use import skipped_uses
from causeway_core.analysis.detectors.cancellation.conditional_cleanup import conditional_cleanups
from causeway_core.analysis.detectors.cancellation.lost_batch import lost_batches
from causeway_core.analysis.detectors.cancellation.lost_handover import lost_handovers
from causeway_core.analysis.detectors.cancellation.orphaned_acquisition import orphaned_acquisitions
from causeway_core.analysis.detectors.cancellation.partial_update import partial_updates
from causeway_core.analysis.detectors.cancellation.self_cancellation import self_cancellations
from causeway_core.analysis.detectors.cancellation.unreleased_resource import unreleased_resources
from causeway_core.analysis.detectors.database.predicate_reads import predicate_windows
from causeway_core.analysis.detectors.database.row_updates import row_windows
from causeway_core.analysis.detectors.event_loop.blocking import blocking_waits, locks_across_awaits
from causeway_core.analysis.detectors.event_loop.join_deadlock import join_deadlocks
from causeway_core.analysis.detectors.event_loop.synchronous_callback import synchronous_callbacks
from causeway_core.analysis.detectors.event_loop.wrong_thread import wrong_threads
from causeway_core.analysis.detectors.files.check_then_use import file_checks
from causeway_core.analysis.detectors.files.in_place_update import file_updates
from causeway_core.analysis.detectors.files.late_stamp import late_stamps
from causeway_core.analysis.detectors.files.listed_name import listed_names
from causeway_core.analysis.detectors.files.listing import file_entries
from causeway_core.analysis.detectors.files.lock_takeover import lock_takeovers
from causeway_core.analysis.detectors.files.partial_publication import partial_publications
from causeway_core.analysis.detectors.files.removed_folder import removed_folders
from causeway_core.analysis.detectors.files.replacement_gap import file_gaps
from causeway_core.analysis.detectors.files.stale_lock import stale_locks
from causeway_core.analysis.detectors.files.windows import file_windows, unseen_temporaries
from causeway_core.analysis.detectors.futures.resolved_after_cancel import resolved_after_cancel
from causeway_core.analysis.detectors.futures.resolved_in_callback import resolved_in_callback
from causeway_core.analysis.detectors.futures.resolved_twice import resolved_twice
from causeway_core.analysis.detectors.futures.unretrieved_exception import unretrieved
from causeway_core.analysis.detectors.locks.deadlock import deadlocks
from causeway_core.analysis.detectors.locks.forked_lock import forked_locks
from causeway_core.analysis.detectors.locks.lock_order import lock_orders
from causeway_core.analysis.detectors.locks.self_deadlock import self_deadlocks
from causeway_core.analysis.detectors.locks.wait_under_lock import waits_under_lock
from causeway_core.analysis.detectors.ordering.closed_after_check import closed_after_checks
from causeway_core.analysis.detectors.queues.check_then_get import queue_checks
from causeway_core.analysis.detectors.queues.joined_before_read import joins_before_reading
from causeway_core.analysis.detectors.queues.put_after_sentinel import puts_after_sentinel
from causeway_core.analysis.detectors.queues.split_message import split_messages
from causeway_core.analysis.detectors.settings.overlapping_settings import overlapping_settings
from causeway_core.analysis.detectors.wakeups.cleared_after_check import cleared_after_check
from causeway_core.analysis.detectors.wakeups.deferred_set import deferred_sets
from causeway_core.analysis.detectors.wakeups.early_set import early_sets
from causeway_core.analysis.detectors.wakeups.late_registration import late_registrations
from causeway_core.analysis.detectors.wakeups.lost_notification import lost_wakeups
from causeway_core.analysis.detectors.wakeups.notify_before_wait import early_notifications
from causeway_core.analysis.detectors.wakeups.reset_request import reset_requests
from causeway_core.analysis.detectors.wakeups.stale_decision import stale_decisions
from causeway_core.analysis.detectors.wakeups.stale_event import stale_events
from causeway_core.analysis.detectors.wakeups.unlocked_state import unlocked_states
from causeway_core.analysis.detectors.wakeups.unreached_set import unreached_sets
from causeway_core.analysis.detectors.wakeups.unreached_wait import unreached_waits
from causeway_core.analysis.detectors.wakeups.unrechecked_wait import unrechecked_waits
from causeway_core.analysis.detectors.wakeups.wrong_waiter import wrong_waiters
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.waits import Waits
from causeway_core.analysis.files.uses import FileUses
from causeway_core.analysis.weights import FOREIGN_RANK
from causeway_core.analysis.wording.scene import Scene
from causeway_core.model import Finding


def direct_findings(scene: Scene, evidence: Evidence) -> list[Finding]:
    """The findings of all these detectors. Findings whose accesses are all outside the recorded code become hints."""
    events, files = evidence.facts.operations, FileUses(scene, evidence)
    waits = Waits(evidence, events)
    woken = lost_wakeups(scene, waits, events)
    # A lost wake-up explains why everything stands still; saying that too would be noise.
    stuck = [each for each in deadlocks(scene, waits) if not (woken and each.rank > -1.0)]
    struck = frozenset(wait.object for wait in waits.all) if stuck else frozenset()
    latent = early_notifications(scene, evidence, events, struck | frozenset(wait.object for wait in waits.all))
    reported = frozenset(each.resource for each in (*latent, *woken))
    found = [
        *stuck,
        *woken,
        *joins_before_reading(scene, evidence, waits),
        *lock_orders(scene, evidence, struck),
        *forked_locks(scene, evidence),
        *waits_under_lock(scene, evidence, struck),
        *join_deadlocks(scene, evidence),
        *synchronous_callbacks(scene, evidence),
        *latent,
        *unlocked_states(scene, evidence, events, reported),
        *unreached_waits(scene, evidence, events, reported),
        *unrechecked_waits(scene, evidence, events, reported),
        *wrong_waiters(scene, evidence, events, reported),
        *cleared_after_check(scene, evidence, events, reported),
        *late_registrations(scene, evidence, events, reported),
        *stale_decisions(scene, evidence, events, reported),
        *reset_requests(scene, evidence),
        *early_sets(scene, evidence, events),
        *stale_events(scene, evidence, events),
        *unreached_sets(scene, evidence, events),
        *resolved_twice(scene, evidence, events),
        *double_removals(scene, evidence),
        *duplicate_computations(scene, evidence),
        *skipped_uses(scene, evidence),
        *closed_after_checks(scene, evidence),
        *puts_after_sentinel(scene, evidence, events),
        *self_deadlocks(scene, evidence),
        *wrong_threads(scene, evidence, events),
        *locks_across_awaits(scene, evidence),
        *blocking_waits(scene, evidence, events),
        *unretrieved(scene, evidence),
        *row_windows(scene, evidence),
        *predicate_windows(scene, evidence),
        *queue_checks(scene, evidence),
        *split_messages(scene, evidence),
        *file_windows(scene, files),
        *unseen_temporaries(scene, files),
        *file_checks(scene, files),
        *file_entries(scene, files),
        *file_gaps(scene, files),
        *partial_publications(scene, files),
        *file_updates(scene, files),
        *lock_takeovers(scene, files),
        *stale_locks(scene, files),
        *listed_names(scene, files),
        *removed_folders(scene, files),
        *late_stamps(scene, files),
        *overlapping_settings(scene, files),
        *partial_updates(scene, evidence, events),
        *unreleased_resources(scene, evidence, events),
        *orphaned_acquisitions(scene, evidence, events),
        *conditional_cleanups(scene, evidence, events),
        *lost_batches(scene, evidence, events),
        *lost_handovers(scene, evidence, events),
        *resolved_after_cancel(scene, evidence, events),
        *resolved_in_callback(scene, evidence, events),
        *self_cancellations(scene, evidence, events),
        *deferred_sets(scene, evidence, events),
    ]
    return [each if in_recorded_code(each) else replace(each, tier="hint", rank=max(each.rank, FOREIGN_RANK)) for each in found]


def in_recorded_code(finding: Finding) -> bool:
    """Whether any access of a finding is in recorded code. Idle workers inside a library wait for ever by design."""
    return any(access.line > 0 for access in finding.accesses) or not finding.accesses
