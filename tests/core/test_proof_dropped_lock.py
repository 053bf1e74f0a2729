"""Locks by key that are dropped while somebody waits for them, so that who comes next gets another; beside it, the same code mended."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.proofs import judged, record

DEPOSITS = """\
import asyncio
from contextlib import asynccontextmanager

locks, users, balances = {}, {}, {"ann": 0}

@asynccontextmanager
async def alone(key):
    lock = locks.setdefault(key, asyncio.Lock())
    users[key] = users.get(key, 0) + 1
    async with lock:
        yield
    users[key] -= 1
    if UNUSED:
        del locks[key]

async def deposit(key, amount, delay):
    await asyncio.sleep(delay)
    async with alone(key):
        old = balances[key]
        await asyncio.sleep(0.001)
        balances[key] = old + amount

async def main():
    await asyncio.gather(*(deposit("ann", 10, 0.05 * number) for number in range(3)))

asyncio.run(main())
print(balances)
"""


HANDED_ON = (
    DEPOSITS.replace("old = balances[key]", "old = await storage(balances.get, key)")
    .replace("balances[key] = old + amount", "await storage(balances.__setitem__, key, old + amount)")
    .replace(
        "async def deposit",
        """\
async def storage(operation, *arguments):
    await asyncio.sleep(0.002)
    return operation(*arguments)

async def deposit""",
    )
    .replace("del locks[key]", "locks.pop(key, None)")
    .replace("0.05 * number", "(0, 0.001, 0.05)[number]")
)
"""The balances are reached by methods that are handed on, and the second waits for the lock of the first as it is."""


@pytest.mark.parametrize("program", [DEPOSITS, HANDED_ON], ids=["as it stands", "handed on"])
@pytest.mark.parametrize(("unused", "tier"), [("not lock.locked()", "confirmed"), ("not users[key]", "hint")])
def test_a_lock_that_is_dropped_while_one_waits_is_no_lock(tmp_path: Path, program: str, unused: str, tier: str) -> None:
    (tmp_path / "app.py").write_text(program.replace("UNUSED", unused))
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    findings = judged(tmp_path / "run.causeway")
    assert [each.tier for each in findings if "balances" in each.title] == [tier], [(each.tier, each.title) for each in findings]
    assert tier != "hint" or all(each.tier == "hint" for each in findings)
