"""Vector clocks."""

from __future__ import annotations

from causeway_core.graph import VectorClock
from hypothesis import given
from hypothesis import strategies as st

clocks = st.dictionaries(st.sampled_from("abcd"), st.integers(0, 4)).map(VectorClock)
OPPOSITE = {"before": "after", "after": "before", "equal": "equal", "concurrent": "concurrent"}


@given(clocks, clocks)
def test_comparison_is_componentwise_and_antisymmetric(a: VectorClock, b: VectorClock) -> None:
    before = all(a[name] <= b[name] for name in "abcd")
    assert (a.compare(b) in ("before", "equal")) == before
    assert b.compare(a) == OPPOSITE[a.compare(b)]


@given(clocks, clocks, clocks)
def test_merge_is_the_least_upper_bound(a: VectorClock, b: VectorClock, c: VectorClock) -> None:
    merged = a.merge(b)
    assert a <= merged and b <= merged
    if a <= c and b <= c:
        assert merged <= c


@given(clocks)
def test_a_tick_comes_after_and_leaves_the_clock_as_it_was(a: VectorClock) -> None:
    before = str(a)
    assert a.compare(a.tick("b")) == "before"
    assert str(a) == before


def test_missing_components_are_zero_and_do_not_show() -> None:
    clock = VectorClock({"gateway": 2, "ledger": 0})
    assert clock == VectorClock({"gateway": 2})
    assert clock["ledger"] == 0
    assert str(clock) == "{gateway: 2}"
    assert clock.epoch("gateway") == "2@gateway"
