"""A lock of the program's own, taken by a newcomer before the waiter to which it was released: proved by re-runs; beside it, the same code mended."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.test_proof_templates import proved

BOOK = """\
import asyncio
from collections import deque

class Turn:
    def __init__(self):
        self.taken, self.line = False, deque()

    async def acquire(self):
        if self.taken:
            ticket = asyncio.get_running_loop().create_future()
            self.line.append(ticket)
            await ticket
            WOKEN
        self.taken = True

    def release(self):
        RELEASE
        if self.line:
            self.line.popleft().set_result(None)
        else:
            self.taken = False

class Book:
    def __init__(self):
        self.sum, self.turn = 0, Turn()

    async def add(self, amount, after):
        await asyncio.sleep(after)
        await self.turn.acquire()
        before = self.sum
        await asyncio.sleep(0.005)
        self.sum = before + amount
        self.turn.release()

async def main():
    book = Book()
    await asyncio.gather(book.add(10, 0), book.add(20, 0.002), book.add(5, 0.03))
    print(book.sum)

asyncio.run(main())
"""


@pytest.mark.parametrize(("woken", "release", "wrong"), [("pass", "self.taken = False", True), ("return", "pass", False)])
def test_who_wakes_the_waiter_is_not_kept_out_of_its_window(tmp_path: Path, woken: str, release: str, wrong: bool) -> None:
    found = proved(tmp_path, BOOK.replace("WOKEN", woken).replace("RELEASE", release))
    assert [(each.kind, each.tier) for each in found] == ([("atomicity_violation", "confirmed")] if wrong else [])
    assert all("Turn.taken" in each.title for each in found)
