"""Two places of which one decides about the other."""

from __future__ import annotations

import pytest
from causeway_core.analysis.candidate import Candidate, Pattern
from causeway_core.analysis.pipeline import judged

from tests.support.trace import Trace


def crossed(trace: Trace) -> list[Candidate]:
    return [each for each in judged(trace.evidence()) if each.pattern is Pattern.CROSSED and each.tier in ("likely", "latent")]


VOICE = """
async def leave(voice):
    if voice.users == 1:
        await {disconnect}(voice)
    voice.users -= 1

async def disconnect(voice):
    await pause()
    voice.open = False

async def join(voice):
    voice.users += 1
    connect(voice)

def connect(voice):
    voice.open = True
"""


@pytest.mark.parametrize(("disconnect", "gap", "bad"), [("disconnect", True, True), ("disconnect", False, False), ("other", True, False)])
def test_the_parts_of_each_side_may_stand_in_functions_that_are_called(disconnect: str, gap: bool, bad: bool) -> None:
    trace = Trace(VOICE.format(disconnect=disconnect))
    one, two = trace.task("one"), trace.task("two")
    trace.read(one, "if voice.users == 1", "Voice.users", 1)
    if gap:
        trace.step(one)
    trace.write(one, "voice.open = False", "Voice.open", False)
    trace.write(two, "voice.users += 1", "Voice.users", 1)
    trace.write(two, "voice.open = True", "Voice.open", True)
    assert bool(crossed(trace)) is bad


POOL = """
async def query(pool):
    connection = await acquire(pool)
    release(pool, connection)

async def acquire(pool):
    if pool.closed:
        {refuse}
    await pause()

def release(pool, connection):
    {look}
        pool.idle.append(connection)

async def close(pool):
    pool.closed = True
    pool.idle.pop()
"""


@pytest.mark.parametrize(("refuse", "look", "bad"), [
    ("raise RuntimeError", "if True:", True), ("print(pool)", "if True:", False), ("raise RuntimeError", "if not pool.closed:", False),
])  # fmt: skip
def test_a_look_that_raises_lets_through_what_its_caller_does_next(refuse: str, look: str, bad: bool) -> None:
    trace = Trace(POOL.format(refuse=refuse, look=look))
    one, two = trace.task("one"), trace.task("two")
    trace.read(one, "if pool.closed", "Pool.closed", False)
    trace.step(one)
    if "closed" in look:
        trace.read(one, "if not pool.closed", "Pool.closed", False)
    trace.write(one, "pool.idle.append", "Pool.idle[*]", "<app.Connection #7>", op="mutate", name="append")
    trace.write(two, "pool.closed = True", "Pool.closed", True)
    trace.write(two, "pool.idle.pop", "Pool.idle[*]", "<app.Connection #7>", op="mutate", name="pop")
    assert bool(crossed(trace)) is bad
