"""Races between trio tasks that an ordinary run may not show, confirmed by re-runs; the same code with a lock is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.proofs import judged, record

SHOP = """\
import contextlib
import trio

class Shop:
    def __init__(self):
        self.stock, self.sold = 1, 0
        self.guard = GUARD

    async def sell(self, after):
        await trio.sleep(after)
        async with self.guard:
            if self.stock > 0:
                await trio.lowlevel.checkpoint()
                self.stock -= 1
                self.sold += 1

async def main():
    shop = Shop()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(shop.sell, 0)
        nursery.start_soon(shop.sell, 0.02)
    print(shop.stock, shop.sold)

trio.run(main)
"""


@pytest.mark.parametrize(("guard", "wrong"), [
    pytest.param("contextlib.nullcontext()", True, marks=pytest.mark.slow), ("trio.Lock()", False), ("trio.CapacityLimiter(1)", False),
])  # fmt: skip
def test_a_check_that_is_stale_when_it_is_acted_upon(tmp_path: Path, guard: str, wrong: bool) -> None:
    (tmp_path / "app.py").write_text(SHOP.replace("GUARD", guard))
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    found = [each for each in judged(tmp_path / "run.causeway") if each.tier != "hint"]
    assert [(each.resource, each.tier) for each in found] == ([("Shop.stock", "confirmed")] if wrong else [])
