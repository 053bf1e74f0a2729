"""Waiters that are registered only after they have decided to wait; beside each, the same mended."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.test_proof_templates import proved

GATE = """\
import asyncio

class Gate:
    def __init__(self):
        self.state, self.queue = "shut", []

    async def enter(self, name):
        if self.state == "open":
            return f"{name} walks in"
        BEFORE
        turn = asyncio.Event()
        self.queue.append(turn)
        AFTER
        await turn.wait()
        return f"{name} was let in"

    def swing(self):
        self.state = "open"
        while self.queue:
            self.queue.pop().set()

async def ring():
    await asyncio.sleep(0)

async def guard(gate):
    await asyncio.sleep(0.02)
    gate.swing()

async def main():
    gate = Gate()
    watching = asyncio.create_task(guard(gate))
    print(await gate.enter("ada"))
    await watching

asyncio.run(main())
"""
CHECKS_AGAIN = 'if self.state == "open":\n            turn.set()'
TRIGGER = """\
import asyncio

class Trigger:
    def __init__(self, light):
        self.light = light

    def __await__(self):
        CHECK
        green = asyncio.get_running_loop().create_future()
        self.light.waiting.append(green)
        yield from green

class Light:
    def __init__(self):
        self.green, self.waiting = False, []

    def wait(self):
        return asyncio.sleep(0) if self.green else Trigger(self)

    def switch(self):
        self.green = True
        for each in self.waiting:
            each.set_result(None)

async def main():
    light = Light()
    FIRST
    turned = light.wait()
    SECOND
    await turned
    print(light.green)

asyncio.run(main())
"""
SWITCHES = "asyncio.get_running_loop().call_later(0.05, light.switch)"


@pytest.mark.parametrize(
    ("before", "after", "wrong"),
    [("await ring()", "pass", True), ("pass", "await ring()", False), ("await ring()", CHECKS_AGAIN, False)],
)
def test_a_waiter_that_is_registered_an_await_after_its_check(tmp_path: Path, before: str, after: str, wrong: bool) -> None:
    found = [(each.kind, each.tier) for each in proved(tmp_path, GATE.replace("BEFORE", before).replace("AFTER", after))]
    assert (("lost_wakeup", "confirmed") in found) == wrong and (wrong or not found)


@pytest.mark.parametrize(
    ("check", "first", "second", "wrong"),
    [
        ("pass", SWITCHES, "await asyncio.sleep(0.01)", True),
        ("if self.light.green:\n            return", SWITCHES, "await asyncio.sleep(0.01)", False),
        ("pass", SWITCHES, "pass", False),
    ],
)
def test_an_awaitable_that_is_made_before_an_await_and_awaited_after_it(tmp_path: Path, check: str, first: str, second: str, wrong: bool) -> None:
    program = TRIGGER.replace("CHECK", check).replace("FIRST", first).replace("SECOND", second)
    found = [(each.kind, each.tier, each.resource) for each in proved(tmp_path, program)]
    assert found == ([("lost_wakeup", "confirmed", "Light.waiting")] if wrong else [])
