"""What forced re-runs say about a finding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["confirmed", "harmless", "altered", "infeasible", "unreachable", "untried", "inconclusive"]


@dataclass(frozen=True, slots=True)
class Proof:
    """`confirmed`: the order of index `order` was forced and its outcome is that of no serial order. `harmless`: every order that could be
    forced ended like a serial one. `altered`: one of them did, but the place held in between what it holds in no
    serial order. `infeasible`: none could be forced. `unreachable`: only delays that the scheduler does not make lead there.
    `untried`: no order is known, or the budget was spent. `inconclusive`: an isolated re-run asked for what the
    recording has no answer to.

    `reason` is a sentence; `outcome` what happened against what serial orders give, where it was confirmed.
    """

    verdict: Verdict
    reason: str
    order: int | None = None
    outcome: str = ""
