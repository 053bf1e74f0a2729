"""A finding that is moved to another tier keeps its place among the others."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
from causeway_core.analysis.weights import FOREIGN_RANK, HUNG, LATE_ANSWER, TIER_RANK, rank_in
from causeway_core.model import Finding, Tier


@pytest.mark.parametrize("order", [HUNG.order, -0.6, 0.0, LATE_ANSWER.order, FOREIGN_RANK])
@pytest.mark.parametrize("tier", get_args(Tier))
def test_the_order_within_a_tier_is_the_same_in_every_tier(order: float, tier: Tier) -> None:
    finding = Finding("F1", "deadlock", "hint", order + TIER_RANK["hint"], 1.0, "", "", (), (), (), None, None, "", "", ())
    moved = rank_in(tier, finding)
    assert moved == pytest.approx(TIER_RANK[tier] + order)
    assert rank_in("hint", replace(finding, tier=tier, rank=moved)) == pytest.approx(finding.rank)
