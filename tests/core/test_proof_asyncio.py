"""Bugs of asyncio programs that an ordinary run does not show, confirmed by re-runs; beside each, the same code mended, which is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from causeway_core.analysis import examine
from causeway_core.model import Finding
from causeway_core.proof import plan, verify
from causeway_core.storage import Recording

from tests.corpus.record import record

DISPATCHER = """\
import asyncio

class Dispatcher:
    def __init__(self):
        self.inbox, self.handled, self.signal = [], [], asyncio.Event()

    def post(self, message):
        self.inbox.append(message)
        self.signal.set()

    async def handle(self, message):
        await asyncio.sleep(0.001)
        self.handled.append(message)

    async def run(self, count):
        while len(self.handled) < count:
            EARLY
            batch, self.inbox = self.inbox, []
            for message in batch:
                await self.handle(message)
            LATE
            await self.signal.wait()

async def main():
    dispatcher = Dispatcher()
    running = asyncio.create_task(dispatcher.run(2))
    for number in range(2):
        await asyncio.sleep(0.02)
        dispatcher.post(number)
    await asyncio.sleep(0.02)
    dispatcher.signal.set()
    await running

asyncio.run(main())
"""

COMMANDS = """\
import asyncio

class Device:
    def __init__(self):
        self.pending = {}

    def command(self, name):
        self.pending[name] = asyncio.get_running_loop().create_future()
        return self.pending[name]

    async def on_answer(self, name, text):
        future = self.pending.FIND
        LOOK
        await asyncio.sleep(0.001)
        LATE
        future.set_result(text)

    def on_lost(self):
        for future in self.pending.values():
            if not future.done():
                future.set_result("lost")

async def main():
    device = Device()
    waiting = device.command("status")

    async def lost():
        await asyncio.sleep(0.05)
        device.on_lost()

    await asyncio.gather(device.on_answer("status", "ok"), lost())
    await waiting

asyncio.run(main())
"""
ASKS = "if future is None or future.done(): return"


def proved(tmp_path: Path, source: str) -> list[Finding]:
    (tmp_path / "app.py").write_text(source)
    (tmp_path / "run.causeway").unlink(missing_ok=True)
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    with Recording.open(tmp_path / "run.causeway") as recording:
        return [each for each in verify(recording, plan(recording, examine(recording)))[0] if each.tier != "hint"]


@pytest.mark.parametrize("reset", ["self.signal.clear()", "self.signal = asyncio.Event()"])
@pytest.mark.parametrize("late", [True, False])
def test_an_event_is_reset_after_the_look_at_what_it_is_set_for(tmp_path: Path, reset: str, late: bool) -> None:
    source = DISPATCHER.replace("LATE" if late else "EARLY", reset).replace("EARLY" if late else "LATE", "pass")
    found = [each for each in proved(tmp_path, source) if each.kind == "lost_wakeup"]
    assert [each.tier for each in found] == (["confirmed"] if late else [])


@pytest.mark.parametrize(("find", "look", "late", "wrong"), [
    ("get(name)", ASKS, "pass", True), ("get(name)", "pass", "pass", True), ("get(name)", "pass", ASKS, False), ("pop(name)", ASKS, "pass", False),
])  # fmt: skip
def test_a_future_that_two_may_settle(tmp_path: Path, find: str, look: str, late: str, wrong: bool) -> None:
    found = proved(tmp_path, COMMANDS.replace("FIND", find).replace("LOOK", look).replace("LATE", late))
    assert [(each.resource, each.tier) for each in found] == ([("Device.pending['status']", "confirmed")] if wrong else [])
