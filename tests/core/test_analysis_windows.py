"""Candidates and filters over traces written by hand: each program once with the trouble and once with what prevents it."""

from __future__ import annotations

import pytest
from causeway_core.analysis.candidate import Candidate, Pattern
from causeway_core.analysis.pipeline import judged

from tests.support.trace import Trace

COUNTER = """
async def work(counter):
    value = counter.total
    await pause()
    counter.total = value + 1
"""


def increment(trace: Trace, actor: int, value: int, *, step: bool = True) -> None:
    trace.read(actor, "value = counter.total", "Counter.total", value)
    if step:
        trace.step(actor)
    trace.write(actor, "counter.total = value", "Counter.total", value + 1)


def found(trace: Trace) -> list[Candidate]:
    return judged(trace.evidence())


def firm(trace: Trace) -> list[Candidate]:
    return [each for each in found(trace) if each.tier in ("likely", "latent")]


def test_two_tasks_that_ran_one_after_the_other_can_lose_an_update() -> None:
    trace = Trace(COUNTER)
    one, two = trace.task("one"), trace.task("two")
    increment(trace, one, 0)
    increment(trace, two, 1)
    (candidate,) = firm(trace)
    assert (candidate.pattern, candidate.kind, candidate.tier, candidate.struck) == (Pattern.READ_WRITE_WRITE, "lost_update", "likely", False)


def test_an_update_that_was_lost_is_said_to_have_struck() -> None:
    trace = Trace(COUNTER)
    one, two = trace.task("one"), trace.task("two")
    trace.read(one, "value = counter.total", "Counter.total", 0)
    trace.step(one)
    increment(trace, two, 0)
    trace.write(one, "counter.total = value", "Counter.total", 1)
    (candidate,) = firm(trace)
    assert candidate.struck


def test_without_an_await_in_between_tasks_cannot_interfere() -> None:
    trace = Trace(COUNTER)
    one, two = trace.task("one"), trace.task("two")
    increment(trace, one, 0, step=False)
    increment(trace, two, 1, step=False)
    assert not firm(trace)


def test_threads_need_no_await() -> None:
    trace = Trace(COUNTER)
    one, two = trace.thread("one"), trace.thread("two")
    increment(trace, one, 0, step=False)
    increment(trace, two, 1, step=False)
    (candidate,) = firm(trace)
    assert candidate.kind == "lost_update"


def test_order_by_an_edge_is_no_race() -> None:
    trace = Trace(COUNTER)
    one, two = trace.task("one"), trace.task("two")
    increment(trace, one, 0)
    trace.edge(trace.event(one), trace.event(two))
    increment(trace, two, 1)
    assert not firm(trace)


@pytest.mark.parametrize("split", [False, True])
def test_a_lock_protects_only_if_held_through(split: bool) -> None:
    trace = Trace(COUNTER)
    one, two, lock = trace.task("one"), trace.task("two"), trace.lock("Counter.lock")
    for actor, value in ((one, 0), (two, 1)):
        trace.acquire(actor, lock)
        trace.read(actor, "value = counter.total", "Counter.total", value)
        if split:
            trace.release(actor, lock)
        trace.step(actor)
        if split:
            trace.acquire(actor, lock)
        trace.write(actor, "counter.total = value", "Counter.total", value + 1)
        trace.release(actor, lock)
    assert bool(firm(trace)) is split


def test_a_semaphore_of_several_units_protects_nothing() -> None:
    trace = Trace(COUNTER)
    one, two, semaphore = trace.task("one"), trace.task("two"), trace.lock("Counter.limit", "asyncio.locks.Semaphore")
    for actor, value in ((one, 0), (two, 1)):
        trace.acquire(actor, semaphore)
        increment(trace, actor, value)
        trace.release(actor, semaphore)
    assert not judged(trace.evidence())
    assert judged(trace.evidence(ignored=[semaphore]))


def test_a_read_that_the_write_does_not_use_opens_no_window() -> None:
    trace = Trace("""
    async def work(counter):
        seen = counter.total
        await pause()
        counter.total += 1
    """)
    for actor in (trace.task("one"), trace.task("two")):
        trace.read(actor, "seen = counter.total", "Counter.total", 0)
        trace.step(actor)
        trace.read(actor, "counter.total += 1", "Counter.total", 0)
        trace.write(actor, "counter.total += 1", "Counter.total", 1)
    assert not firm(trace)


CACHE = """
async def get(cache, key):
    if key not in cache.entries:
        await pause()
        {fill}
    return 1
"""


def fill_and_find(fill: str, value: object) -> Trace:
    trace = Trace(CACHE.format(fill=fill))
    one, two = trace.task("one"), trace.task("two")
    trace.read(one, "if key not in", "Cache.entries['k']", False, op="test", name="key")
    trace.step(one)
    trace.write(one, fill, "Cache.entries['k']", value)
    trace.read(two, "if key not in", "Cache.entries['k']", True, op="test", name="key")
    return trace


def test_the_second_actor_need_only_have_made_the_same_check() -> None:
    (candidate,) = firm(fill_and_find("cache.entries[key] = Connection(key)", "<app.Connection #9>"))
    assert (candidate.pattern, candidate.kind, candidate.tier) == (Pattern.CLONE, "atomicity_violation", "likely")


def test_filling_a_cache_twice_with_a_computed_value_is_only_a_hint() -> None:
    (candidate,) = found(fill_and_find("cache.entries[key] = key * 2", 4))
    assert candidate.tier == "hint"


def test_filling_it_twice_with_what_was_fetched_is_latent() -> None:
    (candidate,) = found(fill_and_find("cache.entries[key] = await fetch(key)", "page"))
    assert candidate.tier == "latent"


def test_looking_again_after_the_await_closes_the_window() -> None:
    trace = Trace("""
    async def get(cache):
        if cache.page is None:
            await pause()
            if cache.page is None:  # again
                cache.page = Page()
    """)
    one, two = trace.task("one"), trace.task("two")
    trace.read(one, "if cache.page is None:", "Cache.page", None)
    trace.step(one)
    trace.read(one, "# again", "Cache.page", None)
    trace.write(one, "cache.page = Page()", "Cache.page", "<app.Page #9>")
    trace.read(two, "if cache.page is None:", "Cache.page", "<app.Page #9>")
    assert not firm(trace)


def test_a_busy_flag_set_in_the_step_of_its_check_keeps_others_out() -> None:
    source = """
    async def work(job):
        if job.busy:
            return
        {early}
        value = job.done
        await pause()
        {late}
        job.done = value + 1
    """
    for early, late, bad in (("job.busy = True", "pass", False), ("pass", "job.busy = True", True)):
        trace = Trace(source.format(early=early, late=late))
        one, two = trace.task("one"), trace.task("two")
        for actor, value in ((one, 0), (two, 1)):
            trace.read(actor, "if job.busy", "Job.busy", False)
            if not bad:
                trace.write(actor, "job.busy = True", "Job.busy", True)
            trace.read(actor, "value = job.done", "Job.done", value)
            trace.step(actor)
            if bad:
                trace.write(actor, "job.busy = True", "Job.busy", True)
            trace.write(actor, "job.done = value", "Job.done", value + 1)
        assert any(trace.locations["Job.done"].id == int(trace.evidence().table.location[each.first]) for each in firm(trace)) is bad


@pytest.mark.parametrize(("back", "bad"), [("shop.stock = before", True), ("shop.stock += pieces", False)])
def test_a_number_that_is_taken_down_keeps_nobody_out_of_setting_it_back(back: str, bad: bool) -> None:
    trace = Trace(f"""
    async def order(shop, pieces):
        before = shop.stock
        if before < pieces:
            return
        shop.stock = before - pieces
        if not await paid():
            {back}
    """)
    one, two = trace.task("one"), trace.task("two")
    for actor in (one, two):
        trace.read(actor, "before = shop.stock", "Shop.stock", 9)
        trace.write(actor, "shop.stock = before - pieces", "Shop.stock", 7)
        trace.step(actor)
        if not bad:
            trace.read(actor, back, "Shop.stock", 7)
        trace.write(actor, back, "Shop.stock", 9)
    assert bool(firm(trace)) is bad


def test_a_stock_event_loop_orders_tasks_that_never_wait() -> None:
    trace = Trace(COUNTER)
    main = trace.task("main")
    created = trace.event(main)
    one, two = trace.task("one", created), trace.task("two", created)
    for actor in (one, two):
        trace.read(actor, "value = counter.total", "Counter.total", 0)
    # Both are resumed by nothing but their own request, so the first always writes before the second.
    for actor, value in ((one, 1), (two, 2)):
        trace.step(actor, hop=True)
        trace.write(actor, "counter.total = value", "Counter.total", value)
    assert any(each.struck for each in firm(trace))


def test_code_between_two_sleeps_of_nothing_is_latent() -> None:
    trace = Trace(COUNTER)
    main = trace.task("main")
    created = trace.event(main)
    one, two = trace.task("one", created), trace.task("two", created)
    for actor, value in ((one, 0), (two, 1)):
        trace.read(actor, "value = counter.total", "Counter.total", value)
        trace.step(actor, hop=True)
        trace.write(actor, "counter.total = value", "Counter.total", value + 1)
    assert {each.tier for each in firm(trace)} == {"latent"}


def test_a_comment_in_the_source_silences_a_finding() -> None:
    trace = Trace(COUNTER.replace("value = counter.total", "value = counter.total  # causeway: ignore[lost_update]"))
    one, two = trace.task("one"), trace.task("two")
    increment(trace, one, 0)
    increment(trace, two, 1)
    assert not found(trace)


def test_what_is_put_into_a_list_that_is_replaced_is_lost() -> None:
    trace = Trace("""
    async def flush(writer):
        if writer.buffer:
            await send(writer.buffer)
            writer.buffer = []

    async def write(writer, item):
        writer.buffer.append(item)
    """)
    one, two = trace.task("one"), trace.task("two")
    trace.read(one, "if writer.buffer:", "Writer.buffer", "<list #5>")
    trace.step(one)
    trace.write(one, "writer.buffer = []", "Writer.buffer", "<list #6>")
    trace.read(two, "writer.buffer.append", "Writer.buffer", "<list #6>")
    (candidate,) = firm(trace)
    assert candidate.kind == "atomicity_violation"


def test_what_is_put_into_a_list_that_the_looker_has_replaced_once_already_is_not_what_was_looked_at() -> None:
    trace = Trace("""
    async def check(clock):
        assert clock.steps == [1, 1]
        clock.steps = []
        await work()
        clock.steps = list()

    async def advance(clock, step):
        clock.steps.append(step)
    """)
    one, two = trace.task("one"), trace.task("two")
    trace.read(one, "assert clock.steps", "Clock.steps", "<list #5>")
    trace.write(one, "clock.steps = []", "Clock.steps", "<list #6>")
    trace.step(one)
    trace.read(two, "clock.steps.append", "Clock.steps", "<list #6>")
    trace.write(one, "clock.steps = list()", "Clock.steps", "<list #7>")
    assert not firm(trace)


@pytest.mark.parametrize(("lock", "firm_"), [("with pool.lock:", False), ("if pool.open:", True)])
def test_who_only_asks_a_reader_that_a_writer_asks_under_its_lock_is_no_second_writer(lock: str, firm_: bool) -> None:
    trace = Trace(f"""
    def status(pool):
        return pool.state

    def start(pool, state):
        {lock}
            if status(pool) is not state:
                pool.state = state
    """)
    one, two = trace.thread("one"), trace.thread("two")
    held = trace.lock("Pool.lock", "_thread.lock")
    trace.acquire(one, held)
    trace.read(one, "return pool.state", "Pool.state", "<State #5>")
    trace.write(one, "pool.state = state", "Pool.state", "<State #6>")
    trace.release(one, held)
    trace.read(two, "return pool.state", "Pool.state", "<State #6>")
    assert [each.pattern for each in firm(trace)] == ([Pattern.CLONE] if firm_ else [])


@pytest.mark.parametrize(("between", "struck"), [(0, False), (5, True)])
def test_a_write_of_the_value_that_was_read_invalidates_nothing(between: int, struck: bool) -> None:
    trace = Trace("""
    async def work(counter):
        value = counter.total
        await pause()
        counter.total = value + 1

    async def reset(counter, value):
        counter.total = value
    """)
    one, two = trace.task("one"), trace.task("two")
    trace.read(one, "value = counter.total", "Counter.total", 0)
    trace.step(one)
    trace.write(two, "counter.total = value", "Counter.total", between)
    trace.write(one, "counter.total = value + 1", "Counter.total", 1)
    assert [each.struck for each in firm(trace)] == [struck]


@pytest.mark.parametrize("changed", [True, False])
def test_only_what_the_writers_change_with_it_is_a_version(changed: bool) -> None:
    trace = Trace("""
    async def get(cache):
        value, clock = cache.value, cache.clock
        await pause()
        if cache.clock == clock:
            cache.value = Value(value)
            cache.clock = clock + 1
    """)
    one, two = trace.task("one"), trace.task("two")
    trace.read(one, "value, clock =", "Cache.value", "<app.Value #3>")
    trace.read(one, "value, clock =", "Cache.clock", 5)
    trace.step(one)
    trace.read(one, "if cache.clock", "Cache.clock", 5)
    trace.write(one, "cache.value = ", "Cache.value", "<app.Value #4>")
    if changed:
        trace.write(one, "cache.clock = ", "Cache.clock", 6)
    trace.read(two, "value, clock =", "Cache.value", "<app.Value #4>")
    trace.read(two, "value, clock =", "Cache.clock", 5)
    assert bool(firm(trace)) is not changed


LIMITER = """
async def slot(limiter):
    while limiter.active >= 1:
        await pause()
    await pause()
    limiter.active += 1
    try:
        await work()
    finally:
        limiter.active -= 1
"""


def test_the_window_of_a_check_ends_at_the_first_write_that_it_allows() -> None:
    trace = Trace(LIMITER)
    one, two = trace.task("one"), trace.task("two")
    for actor in (one, two):
        trace.read(actor, "while limiter.active", "Limiter.active", 0)
        trace.step(actor)
    for line, values in (("limiter.active += 1", (0, 1, 2)), ("limiter.active -= 1", (2, 1, 0))):
        for number, actor in enumerate((one, two)):
            trace.read(actor, line, "Limiter.active", values[number])
            trace.write(actor, line, "Limiter.active", values[number + 1])
        for _ in range(200):  # a long window comes first otherwise
            trace.step(one)
            trace.step(two)
    (candidate,) = firm(trace)
    sites = trace.evidence().facts.sites
    ends = [sites[abs(int(trace.evidence().table.site[each.last]))].line for each in (candidate, candidate.alternates[0])]
    assert (candidate.struck, ends) == (True, [6, 10])


TANKS = """
def move(source, target):
    {opens}
        moved = source.litres
        {gap}
        target.litres += moved
"""


@pytest.mark.parametrize("opens", ["if True:", "for source in source.parts:"])
@pytest.mark.parametrize("calls", [1, 2])
def test_a_read_and_a_write_of_two_calls_are_no_window(opens: str, calls: int) -> None:
    trace = Trace(TANKS.format(opens=opens, gap="pass"))
    one, two = trace.thread("one"), trace.thread("two")
    trace.read(one, "moved = source.litres", "North.litres", 100)
    if calls == 2:  # between them, north's first reading ends its call, and the second call reads west
        trace.write(one, "target.litres", "South.litres", 110)
        trace.read(one, "moved = source.litres", "West.litres", 5)
    trace.write(two, "target.litres", "North.litres", 130)
    trace.read(one, "target.litres", "North.litres", 130)
    trace.write(one, "target.litres", "North.litres", 135)
    evidence = trace.evidence()
    windows = [each for each in judged(evidence) if evidence.facts.sites[abs(int(evidence.table.site[each.first]))].line == 4]
    assert bool(windows) is (calls == 1 or opens.startswith("for"))
