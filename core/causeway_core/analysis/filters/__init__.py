"""Filters: reasons in the recording why a candidate is harmless, one file per reason (research: races.md, section 3, P3). Each is a function
`(candidate, evidence) -> Verdict | None`; None means that it does not apply. Order (filter 1), common locks (2), confinement to one actor (3) and
initialization before sharing (4) are decided where candidates are made: the last two follow from must-happens-before.
"""

from collections.abc import Callable

from causeway_core.analysis.candidate import Candidate, Verdict
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.filters.commutative import commutative
from causeway_core.analysis.filters.feasible import feasible
from causeway_core.analysis.filters.flag import flag
from causeway_core.analysis.filters.foreign import foreign
from causeway_core.analysis.filters.generations import generations
from causeway_core.analysis.filters.idempotent import idempotent
from causeway_core.analysis.filters.inflight import inflight
from causeway_core.analysis.filters.initialization import initialization
from causeway_core.analysis.filters.publication import publication
from causeway_core.analysis.filters.recheck import recheck
from causeway_core.analysis.filters.suppressed import suppressed
from causeway_core.analysis.filters.taken_out import taken_out
from causeway_core.analysis.filters.unchanged import unchanged

Filter = Callable[[Candidate, Evidence], Verdict | None]

FILTERS: tuple[Filter, ...] = (
    suppressed, foreign, unchanged, recheck, taken_out, inflight, flag, commutative, initialization, publication, generations, idempotent, feasible,
)  # fmt: skip
"""In the order in which they are asked; cheap ones first."""

__all__ = ["FILTERS", "Filter"]
