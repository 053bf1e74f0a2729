"""Futures that a thread has the event loop resolve, proved by re-runs; beside them, the same code mended."""

from __future__ import annotations

from pathlib import Path

import pytest
from causeway_core.proof.planning.templates.futures import next_path

from tests.core.test_proof_templates import proved

RELAY = """\
import asyncio
import queue
import threading
import time

async def wait_for(future):
    return await future

def deliver(future, value):
    if not future.done():
        future.set_result(value)

class Relay:
    def __init__(self, loop):
        self.loop, self.questions, self.errors = loop, queue.Queue(), []
        loop.set_exception_handler(lambda loop, context: self.errors.append(type(context["exception"]).__name__))

    def ask(self):
        future = self.loop.create_future()
        self.questions.put(future)
        return future

    def compute(self):
        while (future := self.questions.get()) is not None:
            time.sleep(0.1)
            if not future.cancelled():
                self.loop.call_soon_threadsafe(CALLBACK 7)

async def main():
    relay = Relay(asyncio.get_running_loop())
    thread = threading.Thread(target=relay.compute)
    thread.start()
    first = await relay.ask()
    second = relay.ask()
    await asyncio.sleep(0)
    GIVES_UP
    relay.questions.put(None)
    await asyncio.to_thread(thread.join)
    await asyncio.sleep(0)
    print(first, relay.errors)

asyncio.run(main())
"""
DIRECT, CHECKED = "future.set_result,", "deliver, future,"
TOO_LATE = """waiter = asyncio.create_task(wait_for(second))
    await asyncio.sleep(0.2)
    waiter.cancel()"""


@pytest.mark.parametrize(
    ("callback", "gives_up", "wrong"),
    [
        (DIRECT, "second.cancel()", True),
        (CHECKED, "second.cancel()", False),
        (DIRECT, "await second", False),
        (DIRECT, TOO_LATE, True),
        (CHECKED, TOO_LATE, False),
    ],
)
def test_a_future_that_is_cancelled_before_the_loop_resolves_it(tmp_path: Path, callback: str, gives_up: str, wrong: bool) -> None:
    found = proved(tmp_path, RELAY.replace("CALLBACK", callback).replace("GIVES_UP", gives_up))
    assert [(each.kind, each.tier) for each in found] == ([("atomicity_violation", "confirmed")] if wrong else [])
    if wrong:
        assert found[0].proof is not None and "InvalidStateError" in found[0].proof.outcome


def test_the_next_actor_of_a_name() -> None:
    assert next_path("main/set_result") == "main/set_result#2"
    assert next_path("main/a#2/set_result#3") == "main/a#2/set_result#4"
    assert next_path("main/a#2/set_result") == "main/a#2/set_result#2"
