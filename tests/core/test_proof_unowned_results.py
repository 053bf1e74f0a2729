"""Results that a cancelled task never gets: an item that it was about to note, and what a thread does although its awaiter is gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.test_proof_templates import proved

POOL = """\
import asyncio

class Pool:
    def __init__(self):
        self.idle, self.taken = ["link"], 0

    async def take(self):
        await asyncio.sleep(0)
        self.taken += 1
        return self.idle.pop()

    def give(self, link):
        self.idle.append(link)

async def prepared(pool):
    link = await pool.take()
    PREPARE
    return link

async def visit(pool):
    link = await prepared(pool)
    try:
        await asyncio.sleep(0)
    finally:
        pool.give(link)

async def main():
    pool = Pool()
    visiting = asyncio.create_task(visit(pool))
    await asyncio.sleep(0.01)
    visiting.cancel()
    await asyncio.gather(visiting, return_exceptions=True)
    AFTER
    print(len(pool.idle), pool.taken)

asyncio.run(main())
"""
SLEEP = "await asyncio.sleep(0)"
SLEEP_OR_GIVE = """\
try:
        await asyncio.sleep(0)
    except BaseException:
        pool.give(link)
        raise"""
REFILLED = """\
if not pool.idle:
        pool.give("link")
    await visit(pool)"""

JOBS = """\
import asyncio

class Jobs:
    def __init__(self):
        self.state = "paused"

    def set(self, state):
        before, self.state = self.state, state
        return before

async def run(jobs):
    BODY

async def main():
    jobs = Jobs()
    running = asyncio.create_task(run(jobs))
    await asyncio.sleep(0.05)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    AFTER
    print(jobs.state in ("paused", "running"))

asyncio.run(main())
"""
IF_RETURNED = """\
before = None
    try:
        before = await asyncio.to_thread(jobs.set, "asked")
        await asyncio.sleep(0)
        jobs.state = "running"
    except asyncio.CancelledError:
        if before is not None:
            jobs.state = before
        raise"""
AFTER_ALL = """\
asking = asyncio.ensure_future(asyncio.to_thread(jobs.set, "asked"))
    try:
        await asyncio.shield(asking)
        await asyncio.sleep(0)
        jobs.state = "running"
    except asyncio.CancelledError:
        jobs.state = await asking
        raise"""
SETTLED = """\
if jobs.state == "asked":
        jobs.state = "paused\""""


def tiers(tmp_path: Path, source: str) -> list[str]:
    """The tiers above `hint`."""
    return [each.tier for each in proved(tmp_path, source)]


@pytest.mark.parametrize(("prepare", "after", "wrong"), [(SLEEP, "pass", True), (SLEEP_OR_GIVE, "pass", False), (SLEEP, REFILLED, False)])
def test_an_item_is_lost_before_it_is_passed_on(tmp_path: Path, prepare: str, after: str, wrong: bool) -> None:
    assert tiers(tmp_path, POOL.replace("PREPARE", prepare).replace("AFTER", after)) == (["confirmed"] if wrong else [])


@pytest.mark.parametrize(("body", "after", "wrong"), [(IF_RETURNED, "pass", True), (AFTER_ALL, "pass", False), (IF_RETURNED, SETTLED, False)])
def test_a_clean_up_is_skipped_since_the_await_has_not_returned(tmp_path: Path, body: str, after: str, wrong: bool) -> None:
    assert tiers(tmp_path, JOBS.replace("BODY", body).replace("AFTER", after)) == (["confirmed"] if wrong else [])
