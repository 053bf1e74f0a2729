"""A waiter that is cancelled while something is on the way to it: after it was given it, or while a task of its own acquires it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.proofs import judged, record

POOL = """\
import asyncio
from collections import deque

class Pool:
    def __init__(self):
        self.idle, self.waiting = [], deque()

    async def get(self):
        hand = asyncio.get_running_loop().create_future()
        self.waiting.append(hand)
        try:
            return await hand
        finally:
            if hand in self.waiting:
                self.waiting.remove(hand)

    def put(self, line):
        while self.waiting:
            hand = self.waiting.popleft()
            if not hand.done():
                hand.set_result(line)
                return
        self.idle.append(line)

async def bring(pool):
    await asyncio.sleep(0.02)
    pool.put("line")

async def call(pool):
    line = await pool.get()
    BACK

async def hang_up(caller):
    await asyncio.sleep(0.005)
    caller.cancel()

async def main():
    pool = Pool()
    caller = asyncio.create_task(call(pool))
    await asyncio.gather(caller, bring(pool), hang_up(caller), return_exceptions=True)
    print(pool.idle)

asyncio.run(main())
"""


@pytest.mark.parametrize(("back", "tier"), [("pool.put(line)", "confirmed"), ("del line", "hint")])
def test_a_cancel_between_the_handover_and_the_resumption(tmp_path: Path, back: str, tier: str) -> None:
    """A line that the caller does not give back is gone in a serial order, too."""
    (tmp_path / "app.py").write_text(POOL.replace("BACK", back))
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    found = judged(tmp_path / "run.causeway")
    assert [each.tier for each in found if "hands over to the waiter" in each.title] == [tier]


SLOTS = """\
import asyncio

async def admit(gate):
    acquiring = asyncio.create_task(gate.acquire())
    ADMIT

async def parse(gate, seconds):
    await admit(gate)
    try:
        await asyncio.sleep(seconds)
    finally:
        gate.release()

async def main():
    gate = asyncio.Semaphore(1)
    first = asyncio.create_task(parse(gate, 0.02))
    second = asyncio.create_task(parse(gate, 60))
    await first
    for _ in range(10):  # the second one is let in
        await asyncio.sleep(0)
    second.cancel()
    await asyncio.wait([second])
    await parse(gate, 0.001)
    print("parsed")

asyncio.run(main())
"""
WAITS = "await asyncio.wait([acquiring])"
CLEANS_UP = """\
try:
        await asyncio.wait([acquiring])
    except asyncio.CancelledError:
        if not acquiring.cancel():
            gate.release()
        raise"""


@pytest.mark.parametrize(("admit", "found"), [(WAITS, ["confirmed"]), ("await acquiring", []), (CLEANS_UP, [])])
def test_a_task_that_acquires_for_one_that_is_cancelled(tmp_path: Path, admit: str, found: list[str]) -> None:
    (tmp_path / "app.py").write_text(SLOTS.replace("ADMIT", admit))
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    findings = judged(tmp_path / "run.causeway")
    assert [each.tier for each in findings if each.tier != "hint"] == found
