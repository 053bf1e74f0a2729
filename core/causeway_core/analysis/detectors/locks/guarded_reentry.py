"""Locks that their holder would acquire again, if a value that it set itself did not stop it; another actor can remove that value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from causeway_core.analysis.candidate import GOOD_ORDER, Candidate, Pattern
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.partners import Partners
from causeway_core.wire.kinds import SyncFlag

_PLAIN = ("_thread.lock", "threading.Lock")
SAMPLE = 24
ENOUGH = 3
NEAR = 12
"""Accesses after a look, and before it, among which those that belong to it are sought."""


def guarded_reentries(evidence: Evidence, partners: Partners) -> Iterator[Candidate]:
    """W[W]R candidates: a function checks a location and acquires a plain lock if it finds nothing there.

    Under that lock something is stored there, and the function is called again through others (a hook): it checks, and returns. Another actor removes
    the value without the lock: then the second call would wait for the lock that its own caller holds.
    """
    table = evidence.table
    plain = _plain_locks(evidence)
    for site, locks in sorted(_guarding_reads(evidence, plain).items()):
        given = 0
        for last in evidence.rows_at(site).tolist():
            for lock, found in locks.items() if given < ENOUGH else ():
                first = _stored_under(evidence, last, lock)
                if first is None:
                    continue
                for other in partners.near(first, last, writes=True):
                    same = int(table.vk[other]) == int(table.vk[found]) and evidence.value(other) == evidence.value(found)
                    free = lock not in evidence.locks_at(other) and evidence.can_run_between(first, last, other)
                    if same and free and evidence.concurrent(first, other) and evidence.concurrent(last, other):
                        given += 1
                        candidate = Candidate(Pattern.GUARDED_REENTRY, "atomicity_violation", first, last, (other,), "control")
                        yield candidate.lowered("latent", GOOD_ORDER)
                        break


def _plain_locks(evidence: Evidence) -> frozenset[int]:
    """Thread locks that deadlock when their holder acquires them again."""
    held = {hold.object for hold in evidence.holds.holds if not hold.flags & SyncFlag.ASYNC}
    return frozenset(each for each in held if (thing := evidence.facts.objects.get(each)) is not None and thing.type in _PLAIN)


def _guarding_reads(evidence: Evidence, plain: frozenset[int]) -> dict[int, dict[int, int]]:
    """Read sites that decide whether their function goes on to acquire a plain lock: the lock, and an access where it did."""
    table = evidence.table
    found: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for site in np.unique(table.site[~table.writes]).tolist() if plain else ():
        function = evidence.function_of(site)
        for row in evidence.rows_at(site).tolist()[:SAMPLE]:
            for after in evidence.rows_of(int(table.actor[row]), int(table.order[row]) + 1, 2**62, first=NEAR):
                if evidence.function_of(int(table.site[after])) != function:
                    break
                locks = (evidence.locks_at(after) - evidence.locks_at(row)) & plain
                if locks and evidence.decided_by(int(table.site[after]), site, writes=bool(table.writes[after])):
                    found[site].update(dict.fromkeys(locks, row))
                    break
    return found


def _stored_under(evidence: Evidence, look: int, lock: int) -> int | None:
    """The last write of a location before a check of it, if its actor has held the lock ever since."""
    table = evidence.table
    if lock not in evidence.locks_at(look):
        return None
    before = evidence.rows_of(int(table.actor[look]), 0, int(table.order[look]) - 1, last=NEAR)
    put = next((row for row in reversed(before) if int(table.location[row]) == int(table.location[look]) and table.writes[row]), None)
    return put if put is not None and lock in evidence.locks_through(put, look) else None
