"""Two places of which one decides about the other."""

from __future__ import annotations

import pytest
from causeway_core.analysis.candidate import Candidate, Pattern
from causeway_core.analysis.pipeline import judged

from tests.support.trace import Trace


def crossed(trace: Trace) -> list[Candidate]:
    return [each for each in judged(trace.evidence()) if each.pattern is Pattern.MULTI_VARIABLE and each.tier in ("likely", "latent")]


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


STOPPED = """
async def run(scheduler):
    {look} scheduler.stopped:
        await pause()
        scheduler.jobs.pop()

async def stop(scheduler, value):
    scheduler.stopped = {value}
    scheduler.jobs.append(1)
"""


@pytest.mark.parametrize(("look", "value", "bad"), [("while not", "True", False), ("if not", "True", True), ("while not", "value", True)])
def test_a_loop_sees_the_flag_that_ends_it_a_round_later(look: str, value: str, bad: bool) -> None:
    trace = Trace(STOPPED.format(look=look, value=value))
    one, two = trace.task("one"), trace.task("two")
    trace.read(one, "scheduler.stopped:", "Scheduler.stopped", False)
    trace.step(one)
    trace.write(one, "scheduler.jobs.pop", "Scheduler.jobs[*]", 1, op="mutate", name="pop")
    trace.write(two, "scheduler.stopped =", "Scheduler.stopped", True)
    trace.write(two, "scheduler.jobs.append", "Scheduler.jobs[*]", 1, op="mutate", name="append")
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
def test_a_check_that_raises_guards_what_its_caller_does_next(refuse: str, look: str, bad: bool) -> None:
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


STREAMS = """
async def watch(operator, kind):
    {early}
    await pause()
    {late}
    streams[kind] = 1

async def reload(operator):
    len(operator.streams)
    operator.streams = {{}}
"""


@pytest.mark.parametrize("late", [False, True])
def test_a_container_that_was_fetched_before_an_await_may_have_been_replaced(late: bool) -> None:
    fetch = "streams = operator.streams"
    trace = Trace(STREAMS.format(early="pass" if late else fetch, late=fetch if late else "pass"))
    one, two = trace.task("one"), trace.task("two")
    old = f"<dict #{1 + sum(map(ord, 'Operator.streams'))}>"
    if late:
        trace.step(one)
    trace.read(one, fetch, "Operator.streams", old)
    if not late:
        trace.step(one)
    trace.write(one, "streams[kind] = 1", "Operator.streams[*]", 1, op="mutate")
    trace.read(two, "len(operator.streams)", "Operator.streams[*]", 1)
    trace.write(two, "operator.streams = {}", "Operator.streams", "<dict #9>")
    assert [each.pattern for each in judged(trace.evidence()) if each.tier == "latent"] == ([] if late else [Pattern.STALE_CONTAINER])


TURNS = """
async def use(turns, key):
    {look}
        turns.events[key] = Event()
        await pause()
        turns.events.pop(key{default})
"""


@pytest.mark.parametrize(("look", "default", "bad"), [
    ("if True:", "", True), ("if True:", ", None", False), ("if key not in turns.events:", "", False),
])  # fmt: skip
def test_what_another_put_there_may_be_taken_out(look: str, default: str, bad: bool) -> None:
    trace = Trace(TURNS.format(look=look, default=default))
    for actor, event in ((trace.task("one"), 4), (trace.task("two"), 5)):
        if "key" in look:
            trace.read(actor, look, "Turns.events['k']", False, op="test", name="key")
        trace.write(actor, "turns.events[key] = ", "Turns.events['k']", f"<app.Event #{event}>")
        trace.step(actor)
        trace.write(actor, "turns.events.pop", "Turns.events['k']", f"<app.Event #{event}>", op="delete")
    assert [each.pattern for each in judged(trace.evidence()) if each.pattern is Pattern.ENTRY_CLEANUP] == ([Pattern.ENTRY_CLEANUP] if bad else [])


@pytest.mark.parametrize("together", [True, False])
def test_who_was_turned_away_at_the_beginning_of_a_check_would_else_have_passed_it_too(together: bool) -> None:
    check = "if pool.free.empty() and pool.made < 1:" if together else "if pool.free.empty(): pass\n    if pool.made < 1:"
    trace = Trace(f"""
async def take(pool):
    {check}
        await pause()
        pool.made += 1
""")
    one, two = trace.task("one"), trace.task("two")
    trace.read(one, "if pool.free", "Pool.free", "<app.Queue #3>")
    trace.read(one, "pool.made <", "Pool.made", 0)
    trace.step(one)
    trace.read(one, "pool.made += 1", "Pool.made", 0)
    trace.write(one, "pool.made += 1", "Pool.made", 1)
    trace.read(two, "if pool.free", "Pool.free", "<app.Queue #3>")
    assert bool([each for each in judged(trace.evidence()) if each.pattern is Pattern.CLONE]) is together


SESSIONS = """
async def tell(hub):
    if hub.open:
        await pause()
        hub.sessions.pop('b'{default})

async def leave(hub):
    hub.open = False
    left = hub.sessions.pop('b', None)
"""


@pytest.mark.parametrize(("default", "bad"), [("", True), (", None", False)])
def test_what_both_take_out_is_gone_either_way(default: str, bad: bool) -> None:
    trace = Trace(SESSIONS.format(default=default))
    one, two = trace.task("one"), trace.task("two")
    trace.read(one, "if hub.open", "Hub.open", True)
    trace.step(one)
    trace.write(two, "hub.open = False", "Hub.open", False)
    trace.write(two, "left = hub.sessions.pop", "Hub.sessions['b']", 1, op="delete", name="pop")
    trace.write(one, "    hub.sessions.pop", "Hub.sessions['b']", 1, op="delete", name="pop")
    assert bool(crossed(trace)) is bad
