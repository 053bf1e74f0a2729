"""Idioms that look like windows and are none, each beside the bug that it must not hide."""

from __future__ import annotations

from dataclasses import replace

import pytest
from causeway_core.analysis.candidate import Candidate, Pattern
from causeway_core.analysis.pipeline import judged
from causeway_core.model import make_at
from causeway_core.storage.rows import Obj

from tests.support.trace import Trace


def firm(trace: Trace) -> list[Candidate]:
    return [each for each in judged(trace.evidence()) if each.tier in ("likely", "latent")]


LOCK_BY_KEY = """
from weakref import WeakValueDictionary

locks = {registry}

def lock_of(key):
    if key not in locks:
        locks[key] = asyncio.Lock()
    return locks[key]

async def add(counts, key):
    async with lock_of(key):
        count = counts.total
        await pause()
        counts.total = count + 1
"""


def under_own_lock(trace: Trace, actor: int, lock: int, value: int) -> None:
    trace.acquire(actor, lock)
    trace.read(actor, "count = counts.total", "counts.total", value)
    trace.step(actor)
    trace.write(actor, "counts.total = count", "counts.total", value + 1)
    trace.release(actor, lock)


@pytest.mark.parametrize(("registry", "quiet"), [("WeakValueDictionary()", True), ("LastUsed(2)", False)])
def test_a_weak_registry_forgets_only_locks_that_nobody_holds(registry: str, quiet: bool) -> None:
    trace = Trace(LOCK_BY_KEY.format(registry=registry))
    for name, value in (("one", 0), ("two", 1)):
        under_own_lock(trace, trace.task(name), trace.lock("lock"), value)
    assert (not firm(trace)) is quiet


def test_locks_of_a_weak_registry_that_are_held_at_once_are_two() -> None:
    trace = Trace(LOCK_BY_KEY.format(registry="WeakValueDictionary()"))
    one, first = trace.task("one"), trace.lock("lock")
    trace.acquire(one, first)
    under_own_lock(trace, trace.task("two"), trace.lock("lock"), 0)
    trace.read(one, "count = counts.total", "counts.total", 1)
    trace.step(one)
    trace.write(one, "counts.total = count", "counts.total", 2)
    trace.release(one, first)
    assert firm(trace)


DISCARDED = """
async def add(store, key):
    entry = store.locks.setdefault(key, Entry())
    async with entry.lock:
        count = store.total
        await pause()
        store.total = count + 1
    {guard}
        del store.locks[key]
"""


@pytest.mark.parametrize(("guard", "quiet"), [("if entry.users == 0:", True), ("if True:", False)])
def test_a_lock_is_thrown_away_with_care_if_its_users_are_counted(guard: str, quiet: bool) -> None:
    trace = Trace(DISCARDED.format(guard=guard))
    for number, name in enumerate(("one", "two")):
        actor, lock = trace.task(name), trace.lock("entry.lock")
        trace.objects[lock] = Obj(lock, "asyncio.locks.Lock", make_at(1, 1), "entry.lock", 1 << 32 | 70 + number)
        trace.write(actor, "setdefault", "store.locks['k']", f"<Entry #{70 + number}>", name="setdefault")
        trace.acquire(actor, lock)
        trace.read(actor, "count = store.total", "store.total", number)
        trace.step(actor)
        trace.write(actor, "store.total = count", "store.total", number + 1)
        trace.release(actor, lock)
        if quiet:
            trace.read(actor, guard, "entry.users", 0)
        trace.write(actor, "del store.locks", "store.locks['k']", ..., name="key")
        trace.read(actor, "setdefault", "store.locks", f"<dict #{9}>")
    assert any("total" in name for name in resources(trace)) is not quiet


def resources(trace: Trace) -> list[str]:
    evidence = trace.evidence()
    return [evidence.facts.locations[int(evidence.table.location[each.first])].name for each in judged(evidence) if each.tier in ("likely", "latent")]


PUBLISHED = """
class Service:
    def prepare(self):
        handlers = {}
        handlers["ping"] = 1
        self.handlers = handlers

    def use(self):
        for handler in self.handlers.values():
            handler()
"""


@pytest.mark.parametrize("ready", [True, False])
def test_a_container_filled_before_it_is_published_is_not_changed_under_a_reader(ready: bool) -> None:
    trace = Trace(PUBLISHED)
    maker, user = trace.thread("maker"), trace.thread("user")
    handlers = f"<dict #{trace._location('handlers[*]').object & 0xFFFFFFFF}>"  # type: ignore[operator]
    publish = [lambda: trace.write(maker, 'handlers["ping"]', "handlers[*]", 1, op="mutate", name='"ping"')]
    publish.insert(len(publish) if ready else 0, lambda: trace.write(maker, "self.handlers = ", "self.handlers", handlers))
    for act in publish:
        act()
    trace.read(user, "for handler in", "self.handlers", handlers)
    trace.read(user, "for handler in", "handlers[*]", 1, op="iterate")
    assert (not firm(trace)) is ready


def test_an_object_of_another_process_that_has_the_same_number_was_not_put_anywhere_here() -> None:
    trace = Trace(PUBLISHED)
    other, maker, user = trace.thread("other"), trace.thread("maker"), trace.thread("user")
    handlers = f"<dict #{trace._location('handlers[*]').object & 0xFFFFFFFF}>"  # type: ignore[operator]
    trace.write(other, "self.handlers = ", "elsewhere.handlers", handlers)
    trace.locations["elsewhere.handlers"] = replace(trace.locations["elsewhere.handlers"], process=2)
    trace.write(maker, 'handlers["ping"]', "handlers[*]", 1, op="mutate", name='"ping"')
    trace.write(maker, "self.handlers = ", "self.handlers", handlers)
    trace.read(user, "for handler in", "self.handlers", handlers)
    trace.read(user, "for handler in", "handlers[*]", 1, op="iterate")
    assert not firm(trace)


PROVIDES = """
async def provide(config):
    if config.pool is None:
        async with config.lock:
            {again}
                config.pool = make()

async def use(config):
    {first}
    await pause()
    config.pool.release()
"""


@pytest.mark.parametrize("itself", [True, False])
def test_no_order_violation_where_the_reader_would_provide_the_value_itself(itself: bool) -> None:
    trace = Trace(PROVIDES.format(again="if config.pool is None:", first="await provide(config)" if itself else "pass"))
    one, two, lock = trace.task("one"), trace.task("two"), trace.lock("config.lock")
    trace.read(one, "    if config.pool is None", "config.pool", None)
    trace.acquire(one, lock)
    trace.read(one, "            if config.pool is None", "config.pool", None)
    trace.write(one, "config.pool = make", "config.pool", "<Pool #5>")
    trace.release(one, lock)
    if itself:
        trace.read(two, "    if config.pool is None", "config.pool", "<Pool #5>")
        trace.step(two)
    trace.read(two, "config.pool.release", "config.pool", "<Pool #5>")
    assert (not firm(trace)) is itself


POOL = """
async def take(pool):
    if pool.free:
        return pool.free.pop()
    return await connect()

async def query(pool):
    connection = await take(pool)
    await pause()
    {give}
"""


@pytest.mark.parametrize(("give", "quiet"), [("pool.free.append(connection)", True), ("if not pool.free: pool.free.append(connection)", False)])
def test_giving_back_what_was_taken_or_made_does_not_act_on_the_check(give: str, quiet: bool) -> None:
    source = POOL.format(give=give)
    trace = Trace(source)
    one, two = trace.task("one"), trace.task("two")
    trace.read(one, "if pool.free:", "pool.free[*]", False, op="test", name="free")
    trace.step(one)
    if not quiet:
        trace.read(one, "if not pool.free", "pool.free[*]", False, op="test", name="free")
        trace.step(one)
    trace.write(one, "pool.free.append", "pool.free[*]", 1, op="mutate", name="append")
    trace.write(two, "pool.free.pop()", "pool.free[*]", 1, op="mutate", name="pop")
    assert (not firm(trace)) is quiet


WAITERS = """
async def enter(gate):
    waiter = make()
    gate.waiters.append(waiter)
    await pause()
    if {look}:
        gate.waiters.remove(waiter)
        return refuse()
"""


@pytest.mark.parametrize(
    ("look", "op", "name", "quiet"), [("waiter in gate.waiters", "test", "waiter", True), ("gate.waiters[0]", "read", "0", False)]
)
def test_looking_whether_ones_own_element_is_still_there_expects_others_to_change_it(look: str, op: str, name: str, quiet: bool) -> None:
    trace = Trace(WAITERS.format(look=look))
    one, two = trace.task("one"), trace.task("two")
    trace.write(one, "gate.waiters.append", "gate.waiters[*]", "<F #1>", op="mutate", name="append")
    trace.step(one)
    trace.write(two, "gate.waiters.append", "gate.waiters[*]", "<F #2>", op="mutate", name="append")
    trace.read(one, look, "gate.waiters[*]", True, op=op, name=name)
    assert (not firm(trace)) is quiet


ENTRY = """
async def add(locks, key):
    entry = locks[key]
    entry[1] += 1
    await pause()
    {change}
"""


@pytest.mark.parametrize(("change", "quiet"), [("entry[1] -= 1", True), ("entry[1] = count - 1", False)])
def test_an_entry_counted_up_and_down_in_one_step_each_loses_nothing(change: str, quiet: bool) -> None:
    source = ENTRY.format(change=change).replace("entry[1] += 1", "entry[1] += 1" if quiet else "count = entry[1]")
    trace = Trace(source)
    for name, value in (("one", 0), ("two", 1)):
        actor = trace.task(name)
        trace.read(actor, "entry[1] += 1" if quiet else "count = entry[1]", "entry[1]", value, name="1")
        if quiet:
            trace.write(actor, "entry[1] += 1", "entry[1]", value + 1, name="1")
        trace.step(actor)
        if quiet:
            trace.read(actor, change, "entry[1]", value + 1, name="1")
        trace.write(actor, change, "entry[1]", value, name="1")
    assert (not firm(trace)) is quiet


PERMIT = """
async def use(pool):
    if pool.free == 0:
        raise Full
    {take}
    await pause()
    pool.free += 1
"""


@pytest.mark.parametrize(("take", "quiet"), [("pool.free -= 1", True), ("note(pool)", False)])
def test_a_permit_that_is_taken_at_once_is_given_back_later(take: str, quiet: bool) -> None:
    trace = Trace(PERMIT.format(take=take))
    one, two = trace.task("one"), trace.task("two")
    for actor, seen in ((one, 2), (two, 1)):
        trace.read(actor, "if pool.free", "pool.free", seen, name="free")
        if quiet:
            trace.read(actor, take, "pool.free", seen, name="free")
            trace.write(actor, take, "pool.free", seen - 1, name="free")
    for actor, seen in ((one, 0), (two, 1)):
        trace.step(actor)
        trace.read(actor, "pool.free += 1", "pool.free", seen, name="free")
        trace.write(actor, "pool.free += 1", "pool.free", seen + 1, name="free")
    assert (not firm(trace)) is quiet


FLIGHT = """
def get(flight, key):
    with flight.lock:
        if key in flight.cache:
            return flight.cache[key]
        landed = flight.flying.get(key)
        if landed is None:
            {enter}
    if landed is not None:
        return landed.wait()
    value = fetch(key)
    with flight.lock:
        flight.cache[key] = value
"""


@pytest.mark.parametrize(("enter", "quiet"), [("flight.flying[key] = Event()", True), ("pass", False)])
def test_an_entry_made_with_the_first_look_keeps_the_next_one_out(enter: str, quiet: bool) -> None:
    trace = Trace(FLIGHT.format(enter=enter))
    one, two, lock = trace.thread("one"), trace.thread("two"), trace.lock("flight.lock", "_thread.lock")
    trace.write(trace.thread("main"), "flight.cache[key] = value", "flight.flying", "<dict #3>", name="key")
    trace.acquire(one, lock)
    trace.read(one, "if key in flight.cache", "flight.cache['k']", False, op="test", name="key")
    trace.read(one, "landed = flight.flying.get", "flight.flying", "<dict #3>", name="flying")
    if quiet:
        trace.read(one, "flight.flying[key]", "flight.flying", "<dict #3>", op="test", name="flying")
    trace.release(one, lock)
    trace.acquire(one, lock)
    trace.write(one, "flight.cache[key] = value", "flight.cache['k']", "v", name="key")
    trace.release(one, lock)
    trace.acquire(two, lock)
    trace.read(two, "if key in flight.cache", "flight.cache['k']", True, op="test", name="key")
    trace.read(two, "landed = flight.flying.get", "flight.flying", "<dict #3>", name="flying")
    trace.release(two, lock)
    assert (not firm(trace)) is quiet


BORROW = """
async def borrow(pool):
    connection = {take}
    await pause()
    pool.free.append(connection)
"""


@pytest.mark.parametrize(("take", "quiet"), [("pool.free.pop()", True), ("pool.free[0]", False)])
def test_what_is_popped_and_put_back_is_no_update_of_the_whole(take: str, quiet: bool) -> None:
    trace = Trace(BORROW.format(take=take))
    for name in ("one", "two"):
        actor = trace.task(name)
        if quiet:
            trace.write(actor, take, "pool.free[*]", 1, op="mutate", name="pop")
        else:
            trace.read(actor, take, "pool.free[*]", 1, name="0")
        trace.step(actor)
        trace.write(actor, "pool.free.append", "pool.free[*]", 1, op="mutate", name="append")
    assert (not firm(trace)) is quiet


PUT_BACK = """
async def flush(box):
    batch = box.items
    {take}
    await pause()
    box.items = {back}  # back
"""


@pytest.mark.parametrize(
    ("take", "back", "quiet"),
    [
        ("box.items = []", "batch + box.items", True),
        ("box.items = []", "[*batch, *box.items]", True),
        ("box.items = []", "[*batch, box.items]", False),
        ("box.items = []", "batch", False),
        ("box.items = batch[5:]", "batch + box.items", False),
        ("pass", "batch + box.items", False),
    ],
)
def test_what_is_taken_out_whole_and_added_to_what_has_come_since_loses_nothing(take: str, back: str, quiet: bool) -> None:
    trace = Trace(PUT_BACK.format(take=take, back=back))
    for name, shown in (("one", "<list #1>"), ("two", "<list #2>")):
        actor = trace.task(name)
        trace.read(actor, "batch = box.items", "box.items", shown)
        if take != "pass":
            trace.write(actor, take, "box.items", "<list #3>")
        trace.step(actor)
        if "box" in back:
            trace.read(actor, "# back", "box.items", "<list #4>", name="items")
        trace.write(actor, "# back", "box.items", "<list #5>")
    assert (not firm(trace)) is quiet


DRAIN = """
async def drain(outbox):
    while outbox.pending:
        outbox.pending.popleft()

def post(outbox, telegram):
    outbox.pending.{change}(telegram)
"""


@pytest.mark.parametrize(("change", "quiet"), [("append", True), ("appendleft", True), ("remove", False)])
def test_what_was_found_not_empty_is_not_emptied_by_what_is_put_in(change: str, quiet: bool) -> None:
    trace = Trace(DRAIN.format(change=change))
    drain, post = trace.thread("drain"), trace.thread("post")
    trace.read(drain, "while outbox.pending", "outbox.pending[*]", 1, op="test", name="pending")
    trace.write(drain, "outbox.pending.popleft", "outbox.pending[*]", 1, op="mutate", name="popleft")
    trace.write(post, f"outbox.pending.{change}", "outbox.pending[*]", 1, op="mutate", name=change)
    assert (not firm(trace)) is quiet


CLOSE = """
async def close(scheduler):
    if scheduler.jobs:
        await pause()
        scheduler.jobs.clear()

def change(scheduler, job):
    scheduler.jobs.{change}(job)
"""


@pytest.mark.parametrize(("change", "quiet"), [("discard", True), ("add", False)])
def test_what_another_takes_out_would_have_been_cleared(change: str, quiet: bool) -> None:
    trace = Trace(CLOSE.format(change=change))
    closer, other = trace.task("closer"), trace.task("other")
    trace.read(closer, "if scheduler.jobs", "scheduler.jobs[*]", 1, name="jobs")
    trace.step(closer)
    trace.write(closer, "scheduler.jobs.clear", "scheduler.jobs[*]", 1, op="mutate", name="clear")
    trace.write(other, f"scheduler.jobs.{change}", "scheduler.jobs[*]", 1, op="mutate", name=change)
    assert (not firm(trace)) is quiet


SECOND_LOOK = """
async def add(counts):
    seen = counts.total
    await pause()
    if {look}:
        counts.total = seen + 1
"""


@pytest.mark.parametrize(("look", "quiet"), [("counts.total == seen", True), ("counts.total", False)])
def test_a_second_look_saves_what_was_computed_from_the_first_only_by_comparing(look: str, quiet: bool) -> None:
    trace = Trace(SECOND_LOOK.format(look=look))
    for name in ("one", "two"):
        actor = trace.task(name)
        trace.read(actor, "seen = counts.total", "counts.total", 1)
        trace.step(actor)
        trace.read(actor, f"if {look}", "counts.total", 1)
        trace.write(actor, "counts.total = seen", "counts.total", 2)
    assert (not firm(trace)) is quiet


OVERWRITTEN = """
async def test_it(box, item):
    box.item = item
    await pause()
    {look}

async def fill(box, item):
    box.item = item
"""


@pytest.mark.parametrize(("look", "quiet"), [("assert box.item", True), ("return box.item", False)])
def test_an_assertion_that_holds_asks_for_what_the_other_one_left(look: str, quiet: bool) -> None:
    trace = Trace(OVERWRITTEN.format(look=look))
    one, two = trace.task("one"), trace.task("two")
    trace.write(one, "box.item = item", "Box.item", "a")
    trace.step(one)
    trace.write(two, "box.item = item", "Box.item", "b")
    trace.step(one)
    trace.read(one, look, "Box.item", "b")
    assert (not firm(trace)) is quiet


PROBED = """
async def names(codecs):
    if codecs.names is None:
        await pause()
        codecs.names = probe()
"""


@pytest.mark.parametrize(("value", "quiet"), [(("utf-8", "ascii"), True), (("utf-8",), False)])
def test_two_that_find_out_the_same_lose_nothing(value: tuple[str, ...], quiet: bool) -> None:
    trace = Trace(PROBED)
    one, two = trace.task("one"), trace.task("two")
    for actor in (one, two):
        trace.read(actor, "if codecs.names is None", "Codecs.names", None)
        trace.step(actor)
    for actor, found in ((one, ("utf-8", "ascii")), (two, value)):
        trace.write(actor, "codecs.names = probe()", "Codecs.names", found)
    assert any(each.struck for each in firm(trace)) is not quiet


WAITED_FOR = """
def bring_up(link):
    with link.lock:
        link.address = "home"
        link.up = True

def wait(link):
    with link.lock:
        {look} not link.up:
            link.changed.wait()

def read(link):
    wait(link)
    return link.address.upper()
"""


@pytest.mark.parametrize(("look", "quiet"), [("while", True), ("if", False)])
def test_a_loop_that_goes_on_until_a_flag_is_set_waits_for_what_was_set_before_it(look: str, quiet: bool) -> None:
    trace = Trace(WAITED_FOR.format(look=look))
    maker, one, two = trace.thread("main"), trace.thread("one"), trace.thread("two")
    trace.write(maker, "link.up = True", "Link.up", False)
    made = trace.write(maker, 'link.address = "home"', "Link.address", None)
    for actor in (one, two):
        trace.edge(made, trace.event(actor))
    trace.acquire(one, 7)
    trace.write(one, 'link.address = "home"', "Link.address", "home")
    trace.write(one, "link.up = True", "Link.up", True)
    trace.release(one, 7)
    trace.acquire(two, 7)
    trace.read(two, "not link.up", "Link.up", True)
    trace.release(two, 7)
    trace.read(two, "link.address.upper", "Link.address", "home")
    found = [each for each in judged(trace.evidence()) if each.kind == "order_violation"]
    assert bool(found) is not quiet


LANES = """
async def lane(lanes, key):
    if key not in lanes:
        width = await plan(key)
        {make}
    return lanes[key]
"""


@pytest.mark.parametrize(("make", "quiet"), [("lanes.setdefault(key, Semaphore(width))", True), ("lanes.setdefault(key, width)", False)])
def test_setdefault_with_a_new_object_is_not_reported(make: str, quiet: bool) -> None:
    trace = Trace(LANES.format(make=make))
    one, two = trace.task("one"), trace.task("two")
    for actor in (one, two):
        trace.read(actor, "if key not in lanes", "lanes['a']", False, op="test")
        trace.step(actor)
    for number, actor in enumerate((one, two)):
        trace.write(actor, "setdefault", "lanes['a']", f"<app.Semaphore #{number}>", name="setdefault")
    assert (not firm(trace)) is quiet


SHELVES = """
class Shelf:
    def __init__(self):
        self.books = []

def add(shelves, name):
    {put}
    shelves.last.books.append(name)
"""


@pytest.mark.parametrize(("put", "name", "quiet"), [
    ("shelves.last = shelves.setdefault('a', Shelf())", "setdefault", True), ("shelves['a'] = Shelf()", None, False),
])  # fmt: skip
def test_who_comes_second_gets_what_the_first_has_put_there(put: str, name: str | None, quiet: bool) -> None:
    trace = Trace(SHELVES.format(put=put))
    one, two = trace.thread("one"), trace.thread("two")
    for actor in (one, two):
        trace.write(actor, put, "shelves['a']", "<app.Shelf #9>", name=name)
    assert bool(judged(trace.evidence())) is not quiet


NEWEST = """
from asyncio import current_task

async def search(page, word):
    {begin}
    await answer(word)
    {look}
    page.shown = word
"""


@pytest.mark.parametrize(("begin", "look", "quiet"), [
    ("page.newest += 1; mine = page.newest", "if mine != page.newest: return", True),
    ("page.newest = current_task()", "if page.newest is not current_task(): return", True),
    ("page.newest = word", "if not page.newest: return", False),
])  # fmt: skip
def test_who_asks_whether_it_is_still_the_newest_is_meant_to_meet_others(begin: str, look: str, quiet: bool) -> None:
    trace = Trace(NEWEST.format(begin=begin, look=look))
    one, two = trace.task("one"), trace.task("two")
    for actor, value in ((one, 1), (two, 2)):
        if "+=" in begin:
            trace.read(actor, "page.newest +=", "page.newest", value - 1)
        trace.write(actor, begin, "page.newest", value)
        if "mine" in begin:
            trace.read(actor, "mine = page.newest", "page.newest", value)
        trace.step(actor)
    for actor in (one, two):
        trace.read(actor, look, "page.newest", 2)
    assert (not [each for each in firm(trace) if each.pattern is Pattern.WRITE_WRITE_READ]) is quiet


SERVER = """
class Server:
    {default}

    def serve(self):
        self.ready = True

    def stop(self):
        {check}
        self.ready = False
"""


@pytest.mark.parametrize(("default", "check", "quiet"), [
    ("ready = False", "if not self.ready: return", True),
    ("ready = True", "if not self.ready: return", False),
    ("ready = find()", "if not self.ready: return", False),
    ("ready = False", "if not self.ready or self.late: return", False),
])  # fmt: skip
def test_a_check_that_another_write_lets_pass_comes_after_it(default: str, check: str, quiet: bool) -> None:
    trace = Trace(SERVER.format(default=default, check=check))
    server, main = trace.thread("server"), trace.thread("main")
    trace.write(server, "self.ready = True", "Server.ready", True)
    trace.read(main, check, "Server.ready", True, name="ready")
    trace.write(main, "self.ready = False", "Server.ready", False)
    assert (not firm(trace)) is quiet
