"""Templates of orders for findings without a candidate: the roles of their events say what to hold where."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from causeway_core.analysis.detectors.atomicity.double_removal import TAKES_TOO
from causeway_core.analysis.detectors.atomicity.duplicate_computation import BEGINS
from causeway_core.analysis.detectors.atomicity.skipped_use import SKIPPED
from causeway_core.analysis.detectors.event_loop.synchronous_callback import ADDS
from causeway_core.analysis.detectors.files.lock_takeover import TAKES_OVER
from causeway_core.analysis.detectors.files.stale_lock import MEETS_STALE
from causeway_core.analysis.detectors.futures.resolved_in_callback import CANCELS_WAITER, GIVES_UP
from causeway_core.analysis.detectors.futures.resolved_twice import SETTLE
from causeway_core.analysis.detectors.locks.forked_lock import FORKS
from causeway_core.analysis.detectors.ordering.closed_after_check import CLOSED
from causeway_core.analysis.detectors.queues.check_then_get import TAKES
from causeway_core.analysis.detectors.queues.put_after_sentinel import LATE
from causeway_core.analysis.detectors.queues.split_message import BETWEEN
from causeway_core.analysis.detectors.wakeups.early_set import ANNOUNCES
from causeway_core.analysis.detectors.wakeups.late_registration import ENTERS
from causeway_core.analysis.detectors.wakeups.reset_request import RESETS
from causeway_core.analysis.detectors.wakeups.stale_decision import REGISTERS
from causeway_core.analysis.detectors.wakeups.stale_event import CLEARS_LATE
from causeway_core.analysis.detectors.wakeups.unreached_set import GIVES_UP_FIRST
from causeway_core.analysis.detectors.wakeups.unreached_wait import UNREACHED
from causeway_core.analysis.detectors.wakeups.unrechecked_wait import UNDOES
from causeway_core.analysis.detectors.wakeups.wrong_waiter import OTHER_KIND
from causeway_core.analysis.evidence import Evidence
from causeway_core.model import Finding
from causeway_core.model.order import Order
from causeway_core.proof.planning.anchors import Anchors
from causeway_core.proof.planning.templates.computation import both_compute
from causeway_core.proof.planning.templates.containers import (
    iterate_before_removal,
    look_up_before_entry,
    put_after_last_item,
    take_all_items,
    take_in_between,
)
from causeway_core.proof.planning.templates.deadlock import each_its_first, forked_while_held, waits_under_lock
from causeway_core.proof.planning.templates.events import RoleEvents
from causeway_core.proof.planning.templates.futures import added_when_done, cancelled_before_it_is_resolved, resolved_by_the_other
from causeway_core.proof.planning.templates.loops import asks_when_joined, changed_from_outside, set_after_clear
from causeway_core.proof.planning.templates.reentrancy import REENTRANT_ROLES, reenters_under_lock
from causeway_core.proof.planning.templates.stale import both_take_over
from causeway_core.proof.planning.templates.takeover import taken_over_while_empty
from causeway_core.proof.planning.templates.unused import close_after_check, remove_after_check
from causeway_core.proof.planning.templates.wakeup import (
    both_wait,
    not_waited_for,
    notified_before,
    read_before_written,
    requested_before_reset,
    set_before_unreached_clear,
    set_between_look_and_reset,
    undo_before_reacquire,
    wake_wrong_kind,
    written_before_check,
)

__all__ = ["template_orders"]

_Maker = Callable[[RoleEvents], Iterator[Order]]

_BY_ROLES: tuple[tuple[frozenset[str], _Maker], ...] = (
    (frozenset({"asks loop"}), asks_when_joined),
    (frozenset({FORKS}), forked_while_held),
    (frozenset({ADDS}), added_when_done),
    (frozenset({TAKES}), take_all_items),
    (frozenset({BETWEEN}), take_in_between),
    (frozenset({"set late"}), set_after_clear),
    (frozenset({LATE}), put_after_last_item),
    (frozenset({TAKES_TOO}), iterate_before_removal),
    (frozenset({SETTLE}), resolved_by_the_other),
    (frozenset({GIVES_UP}), cancelled_before_it_is_resolved),
    (frozenset({CANCELS_WAITER}), cancelled_before_it_is_resolved),
    (frozenset({"look", "clear"}), set_between_look_and_reset),
    (frozenset({"look", REGISTERS}), set_between_look_and_reset),
    (frozenset({ENTERS}), look_up_before_entry),
    (frozenset({RESETS}), requested_before_reset),
    (frozenset({ANNOUNCES}), read_before_written),
    (frozenset({CLEARS_LATE}), not_waited_for),
    (frozenset({GIVES_UP_FIRST}), written_before_check),
    (frozenset({UNREACHED}), set_before_unreached_clear),
    (frozenset({UNDOES}), undo_before_reacquire),
    (frozenset({BEGINS}), both_compute),
    (frozenset({SKIPPED}), remove_after_check),
    (frozenset({CLOSED}), close_after_check),
    (frozenset({TAKES_OVER}), taken_over_while_empty),
    (frozenset({MEETS_STALE}), both_take_over),
    (frozenset(OTHER_KIND), wake_wrong_kind),
)
"""The template for findings that have all of these roles; the first match counts."""
_BY_KIND: dict[str, _Maker] = {"lost_wakeup": notified_before, "data_race": changed_from_outside}
_BY_OTHER_ROLES: tuple[tuple[frozenset[str], _Maker], ...] = (
    (frozenset({"also"}), both_wait),
    *((frozenset({role}), reenters_under_lock) for role in REENTRANT_ROLES),
    (frozenset({"ask"}), waits_under_lock),
)
"""The same for findings that neither the roles above nor the kind decide."""


def template_orders(finding: Finding, anchors: Anchors, evidence: Evidence) -> Iterator[Order]:
    """The orders of a finding; none if its events say too little. Raises Unplaced, also while it is iterated."""
    events = RoleEvents.of(finding, anchors, evidence)
    return _maker(events)(events)


def _maker(events: RoleEvents) -> _Maker:
    by_roles = next((maker for roles, maker in _BY_ROLES if roles <= events.roles), None)
    by_kind = by_roles or _BY_KIND.get(events.finding.kind)
    return by_kind or next((maker for roles, maker in _BY_OTHER_ROLES if roles <= events.roles), each_its_first)
