"""Cancellations that the program itself makes are forced; what it does after them belongs to the outcome. None is invented."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.test_proof_templates import proved

MOVES = """\
import asyncio

class Shelves:
    def __init__(self):
        self.opened, self.front, self.back = False, 5, 0

    async def carry(self):
        await asyncio.sleep(0)

    async def move(self, count):
        self.opened = True
        await self.carry()
        self.front -= count
        await self.carry()
        self.back += count

async def check(labels):
    for label in labels:
        await asyncio.sleep(0.01)
        if not label.isalpha():
            raise ValueError(label)

async def main():
    shelves = Shelves()
    BODY
    print(shelves.opened, shelves.front, shelves.back)

asyncio.run(main())
"""
CLOSING = """\
moving = asyncio.create_task(shelves.move(2))
    await asyncio.sleep(0.01)
    moving.cancel()
    await asyncio.gather(moving, return_exceptions=True)
    AFTER"""
NOT_DONE = """\
moving = asyncio.create_task(shelves.move(2))
    await asyncio.sleep(0.01)
    if not moving.done():
        moving.cancel()
        await asyncio.wait([moving])
        shelves.front += 2"""
GROUP = """\
try:
        async with asyncio.TaskGroup() as group:
            group.create_task(shelves.move(2))
            group.create_task(check(LABELS))
    except* ValueError:
        AFTER"""
SHIELD = """\
async def client():
        await asyncio.shield(shelves.move(2))
    moving = asyncio.create_task(client())
    await asyncio.sleep(0.01)
    moving.cancel()
    await asyncio.gather(moving, return_exceptions=True)"""
RESTORES = "shelves.front = 5 - shelves.back"


def tiers(tmp_path: Path, body: str) -> list[str]:
    """The tiers above `hint`."""
    return [each.tier for each in proved(tmp_path, MOVES.replace("BODY", body))]


@pytest.mark.parametrize(("after", "wrong"), [("pass", True), (RESTORES, False)])
def test_the_recorded_cancel_comes_inside_the_window(tmp_path: Path, after: str, wrong: bool) -> None:
    assert tiers(tmp_path, CLOSING.replace("AFTER", after)) == (["confirmed"] if wrong else [])


@pytest.mark.parametrize(("after", "wrong"), [("pass", True), (RESTORES, False)])
def test_a_recorded_failure_in_the_group_comes_inside_the_window(tmp_path: Path, after: str, wrong: bool) -> None:
    body = GROUP.replace("LABELS", '["tea", "r1ce"]').replace("AFTER", after)
    assert tiers(tmp_path, body) == (["confirmed"] if wrong else [])


@pytest.mark.parametrize("body", [NOT_DONE, SHIELD, GROUP.replace("LABELS", '["tea"]').replace("AFTER", RESTORES)])
def test_a_cancellation_that_did_not_happen_is_not_invented(tmp_path: Path, body: str) -> None:
    assert tiers(tmp_path, body) == []
