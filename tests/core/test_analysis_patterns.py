"""The other shapes of trouble, each with its harmless twin."""

from __future__ import annotations

import pytest
from causeway_core.analysis.candidate import Candidate, Pattern
from causeway_core.analysis.pipeline import judged

from tests.support.trace import Trace


def firm(trace: Trace) -> list[Candidate]:
    return [each for each in judged(trace.evidence()) if each.tier in ("likely", "latent")]


ENTRIES = """
async def get(cache, key):
    if key in cache.entries:
        await pause()
        return cache.entries[key]

async def evict(cache, key):
    cache.entries.pop(key, None)
"""


@pytest.mark.parametrize("gap", [True, False])
def test_a_check_does_not_outlive_an_await(gap: bool) -> None:
    trace = Trace(ENTRIES)
    one, two = trace.task("one"), trace.task("two")
    trace.read(one, "if key in", "Cache.entries['k']", True, op="test")
    if gap:
        trace.step(one)
    trace.read(one, "return cache.entries[key]", "Cache.entries['k']", 1)
    trace.write(two, "cache.entries.pop", "Cache.entries['k']", 1, op="delete")
    assert [each.pattern for each in firm(trace)] == ([Pattern.READ_WRITE_READ] if gap else [])


APP = """
async def startup(app):
    app.pool = Pool()

async def handle(app):
    {guard}
    return app.pool.size
"""


@pytest.mark.parametrize("guard", ["pass", "if app.pool is None: return 0"])
def test_use_before_initialisation(guard: str) -> None:
    trace = Trace(APP.format(guard=guard))
    main, one, two = trace.task("main"), trace.task("one"), trace.task("two")
    trace.edge(trace.write(main, "app.pool = Pool()", "App.pool", None), trace.event(one))
    trace.write(one, "app.pool = Pool()", "App.pool", "<app.Pool #3>")
    if guard != "pass":
        trace.read(two, guard, "App.pool", "<app.Pool #3>")
    trace.read(two, "return app.pool.size", "App.pool", "<app.Pool #3>")
    assert [each.kind for each in firm(trace)] == (["order_violation"] if guard == "pass" else [])


def test_who_put_nothing_in_the_place_still_needs_what_another_puts_there() -> None:
    trace = Trace(APP.format(guard="pass"))
    user = trace.task("user")
    started = trace.write(user, "app.pool = Pool()", "App.pool", None)
    one = trace.task("one", started)
    trace.edge(started, trace.event(one))
    trace.write(one, "app.pool = Pool()", "App.pool", "<app.Pool #3>")
    trace.step(user)
    trace.read(user, "return app.pool.size", "App.pool", "<app.Pool #3>")
    assert [each.kind for each in firm(trace)] == ["order_violation"]


def test_use_after_close() -> None:
    trace = Trace("""
    async def request(service):
        return service.connection.query()

    async def close(service):
        service.connection = None
    """)
    one, two = trace.task("one"), trace.task("two")
    trace.read(one, "service.connection.query", "Service.connection", "<app.Connection #4>")
    trace.write(two, "service.connection = None", "Service.connection", None)
    (candidate,) = firm(trace)
    assert (candidate.kind, candidate.tier) == ("order_violation", "latent")


@pytest.mark.parametrize("by_the_same", [True, False])
def test_use_in_a_callback_after_somebody_took_it_away(by_the_same: bool) -> None:
    trace = Trace("""
    def done(service):
        return service.connection.query()

    async def close(service):
        service.connection = None
    """)
    work, closer = trace.task("work"), trace.task("closer")
    scheduled = trace.event(work)
    callback = trace.callback("done", scheduled)
    trace.read(callback, "service.connection.query", "Service.connection", "<app.Connection #4>")
    if by_the_same:
        # The loop calls in order what one end of a task schedules.
        trace.edge(scheduled, trace.event(closer))
    trace.write(closer, "service.connection = None", "Service.connection", None)
    assert [each.tier for each in firm(trace)] == ([] if by_the_same else ["latent"])


def test_a_flag_of_the_program_orders_its_sides() -> None:
    source = """
    async def produce(box):
        box.data = Data()
        await pause()
        box.ready = True

    async def consume(box):
        while not box.ready:
            await pause()
        return box.data.value
    """
    trace = Trace(source)
    main, one, two = trace.task("main"), trace.task("one"), trace.task("two")
    started = [trace.write(main, "box.data = Data()", "Box.data", None), trace.write(main, "box.ready = True", "Box.ready", False)]
    trace.edge(started[1], trace.event(one))
    trace.edge(started[1], trace.event(two))
    trace.read(two, "while not box.ready", "Box.ready", False)
    trace.step(two)
    trace.write(one, "box.data = Data()", "Box.data", "<app.Data #3>")
    trace.step(one)
    trace.write(one, "box.ready = True", "Box.ready", True)
    trace.read(two, "while not box.ready", "Box.ready", True)
    trace.read(two, "return box.data.value", "Box.data", "<app.Data #3>")
    assert not firm(trace)


LOOP = """
async def broadcast(room):
    for client in {clients}:
        {body}

async def join(room, name):
    room.clients[name] = 1
"""


@pytest.mark.parametrize(("clients", "body", "bad"), [("room.clients", "await send(client)", True), ("room.clients", "send(client)", False)])
def test_a_container_changed_while_it_is_iterated(clients: str, body: str, bad: bool) -> None:
    trace = Trace(LOOP.format(clients=clients, body=body))
    one, two = trace.task("one"), trace.task("two")
    trace.read(one, "for client in", "Room.clients[*]", None, op="iterate")
    trace.step(one)
    trace.event(one)
    trace.write(two, "room.clients[name] = 1", "Room.clients[*]", 1, op="mutate")
    assert [each.pattern for each in firm(trace)] == ([Pattern.ITERATION] if bad else [])


USER = """
async def handle(app, name):
    app.user = {value}
    await pause()
    return app.user
"""


@pytest.mark.parametrize(("value", "bad"), [("name", True), ("'busy'", False)])
def test_a_shared_place_used_as_a_local(value: str, bad: bool) -> None:
    trace = Trace(USER.format(value=value))
    one, two = trace.task("one"), trace.task("two")
    for actor, name in ((one, "ann"), (two, "bob")):
        trace.write(actor, "app.user =", "App.user", name)
        trace.step(actor)
        trace.read(actor, "return app.user", "App.user", name)
    assert [each.pattern for each in firm(trace)] == ([Pattern.WRITE_WRITE_READ] if bad else [])


@pytest.mark.parametrize("polls", [True, False])
def test_a_loop_that_waits_asks_for_what_others_write(polls: bool) -> None:
    trace = Trace(f"""
    async def handle(desk, name):
        desk.served = name
        await pause()
        {"while" if polls else "if"} not desk.served: await sleep(0)
    """)
    one, two = trace.task("one"), trace.task("two")
    for actor, name in ((one, "ann"), (two, "bob")):
        trace.write(actor, "desk.served =", "Desk.served", name)
        trace.step(actor)
        trace.read(actor, "not desk.served", "Desk.served", name)
    assert [each.pattern for each in firm(trace)] == ([] if polls else [Pattern.WRITE_WRITE_READ])


@pytest.mark.parametrize(("look", "bad"), [
    ("page = cache.get(key)\n        return page.name if page else None", False),
    ("page = cache.get(key)\n        return page.name", True),
    ("return cache.get(key)", False),
    ("return cache.get(key).name", True),
    ("return cache[key]", True),
])  # fmt: skip
def test_a_read_back_that_handles_a_missing_entry_is_not_reported(look: str, bad: bool) -> None:
    trace = Trace(f"""
    cache = {{}}

    async def keep(key, value):
        cache[key] = value
        await pause()
        {look}

    async def expire(key):
        del cache[key]
    """)
    one, two = trace.task("one"), trace.task("two")
    trace.write(one, "cache[key] = value", "cache['k']", "<app.Page #3>")
    trace.step(one)
    trace.read(one, look.partition("\n")[0], "cache['k']", "<app.Page #3>")
    trace.write(two, "del cache[key]", "cache['k']", None, op="delete")
    assert [each.pattern for each in firm(trace) if each.pattern is Pattern.WRITE_WRITE_READ] == ([Pattern.WRITE_WRITE_READ] if bad else [])


@pytest.mark.parametrize(("alike", "counts"), [(True, True), (False, True), (True, False)])
def test_a_shared_count_that_each_sets_back_to_nothing(alike: bool, counts: bool) -> None:
    trace = Trace(f"""
    async def request(client):
        client.attempts = 0
        while not await sent(client):
            client.attempts {"+= 1" if counts else "= 1"}
        return client.attempts

    async def sent(client):
        await pause()
        return client.attempts >= 1

    async def forget(client):
        client.attempts = 5
    """)
    one, two = trace.task("one"), trace.task("two")
    trace.write(one, "client.attempts = 0", "Client.attempts", 0)
    trace.step(one)
    trace.read(one, "return client.attempts >=", "Client.attempts", 0)
    if alike:
        trace.write(two, "client.attempts = 0", "Client.attempts", 0)
        trace.step(two)
    trace.write(two, "client.attempts +=" if alike and counts else "client.attempts = 1" if alike else "client.attempts = 5", "Client.attempts", 1)
    if not alike and counts:
        trace.write(one, "client.attempts +=", "Client.attempts", 1)
    assert [each.pattern for each in firm(trace)] == ([Pattern.WRITE_WRITE_READ] if alike and counts else [])


def test_the_next_round_of_a_loop_does_not_read_its_own_write_back() -> None:
    trace = Trace("""
    async def work(state, jobs):
        while True:
            if state.last is None or jobs > state.last:
                state.last = jobs
            await pause()
    """)
    one, two = trace.task("one"), trace.task("two")
    for number, actor in enumerate((one, two, one, two)):
        trace.read(actor, "if state.last is None", "State.last", number - 1 if number else None)
        trace.write(actor, "state.last = jobs", "State.last", number)
        trace.step(actor)
    assert not firm(trace)


def test_a_decision_on_one_place_and_a_write_to_another() -> None:
    trace = Trace("""
    async def start(engine):
        if not engine.stopped:
            await pause()
            engine.running = True

    async def stop(engine):
        engine.stopped = True
        engine.running = False
    """)
    one, two = trace.task("one"), trace.task("two")
    trace.read(one, "if not engine.stopped", "Engine.stopped", False)
    trace.step(one)
    trace.write(one, "engine.running = True", "Engine.running", True)
    trace.write(two, "engine.stopped = True", "Engine.stopped", True)
    trace.write(two, "engine.running = False", "Engine.running", False)
    (candidate,) = firm(trace)
    assert (candidate.pattern, candidate.tier) == (Pattern.MULTI_VARIABLE, "latent")


@pytest.mark.parametrize("gap", [True, False])
def test_two_places_read_together_while_they_are_changed_apart(gap: bool) -> None:
    trace = Trace("""
    async def move(end):
        end.host = 'new'
        await pause()
        end.port = 2

    async def address(end):
        return (end.host, end.port)
    """)
    one, two = trace.task("one"), trace.task("two")
    trace.write(one, "end.host = 'new'", "End.host", "new")
    if gap:
        trace.step(one)
    trace.write(one, "end.port = 2", "End.port", 2)
    trace.read(two, "return (end.host", "End.host", "new")
    trace.read(two, "return (end.host", "End.port", 2)
    assert [each.pattern for each in firm(trace)] == ([Pattern.TORN_READ] if gap else [])


def test_plain_races_of_threads_are_hints_and_tasks_have_none() -> None:
    source = """
    def run(worker):
        return worker.stopping

    def stop(worker):
        worker.stopping = True
    """
    trace = Trace(source)
    one, two = trace.thread("one"), trace.thread("two")
    trace.read(one, "return worker.stopping", "Worker.stopping", False)
    trace.write(two, "worker.stopping = True", "Worker.stopping", True)
    (candidate,) = judged(trace.evidence())
    assert (candidate.kind, candidate.tier) == ("data_race", "hint")
    trace = Trace(source)
    one, two = trace.task("one"), trace.task("two")
    trace.read(one, "return worker.stopping", "Worker.stopping", False)
    trace.write(two, "worker.stopping = True", "Worker.stopping", True)
    assert not judged(trace.evidence())


@pytest.mark.parametrize("locked", [False, True])
def test_requests_that_one_client_made_one_after_another(locked: bool) -> None:
    trace = Trace("""
    async def withdraw(account):
        balance = account.balance
        await check()
        account.balance = balance - 1
    """)
    one, two, lock = trace.task("one"), trace.task("two"), trace.lock("Account.lock")
    for actor, balance in ((one, 10), (two, 9)):
        first = trace.acquire(actor, lock) if locked else trace.event(actor)
        trace.read(actor, "balance = account.balance", "Account.balance", balance)
        trace.step(actor)
        trace.write(actor, "account.balance = balance", "Account.balance", balance - 1)
        last = trace.release(actor, lock) if locked else trace.event(actor)
        trace.request(actor, "POST /withdraw", first, last)
        if actor == one:
            trace.edge(last, trace.event(two))
    assert [(each.pattern, each.tier) for each in judged(trace.evidence())] == ([] if locked else [(Pattern.CLONE, "latent")])


RECONNECT = """
async def reconnect(server):
    if server.connection is not None:
        server.connection.{disposes}()
    server.connection = await connect()
"""


@pytest.mark.parametrize(("disposes", "locked", "bad"), [("close", False, True), ("close", True, False), ("ping", False, False)])
def test_a_resource_that_two_replace_after_disposing_of_the_old(disposes: str, locked: bool, bad: bool) -> None:
    trace = Trace(RECONNECT.format(disposes=disposes))
    one, two, lock = trace.task("one"), trace.task("two"), trace.lock("Server.lock")
    for number, actor in enumerate((one, two), start=2):
        if locked:
            trace.acquire(actor, lock)
        trace.read(actor, "if server.connection is not None", "Server.connection", f"<app.Connection #{number}>")
        trace.read(actor, f"server.connection.{disposes}", "Server.connection", f"<app.Connection #{number}>", name="connection")
        trace.step(actor)
        trace.write(actor, "server.connection = await", "Server.connection", f"<app.Connection #{number + 1}>")
        if locked:
            trace.release(actor, lock)
    assert [each.pattern for each in firm(trace)] == ([Pattern.READ_WRITE_WRITE] if bad else [])


@pytest.mark.parametrize(
    ("looks", "at", "bad"),
    [("any(other.up for other in replicas)", ["east"], True), ("count(replicas)", ["east", "west"], True), ("count(replicas)", ["east"], False)],
    ids=["in an expression", "in a loop", "one alone"],
)
def test_one_of_several_that_were_looked_at_together(looks: str, at: list[str], bad: bool) -> None:
    trace = Trace(f"""
    def count(replicas):
        up = 0
        for other in replicas:
            up += other.up  # loop
        return up

    async def drain(replicas, one):
        if not {looks}:
            return
        await pause()
        one.up = False
    """)
    one, two = trace.task("one"), trace.task("two")
    code = "other.up for other" if "other.up" in looks else "# loop"
    for name in at:
        trace.read(one, code, f"{name}.up", True, name="up")
    trace.step(one)
    trace.write(one, "one.up = False", "east.up", False)
    trace.read(two, code, "east.up", False, name="up")
    trace.read(two, code, "west.up", True, name="up")
    assert bool(firm(trace)) == bad


@pytest.mark.parametrize("pieces", [2, 10])
def test_what_is_put_back_as_it_was_before_others_took_some(pieces: int) -> None:
    trace = Trace("""
    async def buy(shop, pieces):
        before = shop.stock
        if before < pieces:
            return
        shop.stock = before - pieces
        await pay()
        shop.stock = before  # back
    """)
    one, two = trace.task("one"), trace.task("two")
    trace.read(one, "before = shop.stock", "Shop.stock", 10)
    trace.write(one, "shop.stock = before - pieces", "Shop.stock", 10 - pieces)
    trace.step(one)
    trace.write(one, "# back", "Shop.stock", 10)
    trace.read(two, "before = shop.stock", "Shop.stock", 10)
    trace.write(two, "shop.stock = before - pieces", "Shop.stock", 7)
    # Where nothing is left, the second is turned away.
    assert [each.kind for each in firm(trace)] == (["lost_update"] if pieces == 2 else [])


def test_a_count_that_is_handed_on_and_set_back_while_another_counts() -> None:
    trace = Trace("""
    def hit(meter):
        with meter.lock:
            meter.count += 1

    def flush(meter, sink):
        if meter.count:  # look
            sink.send(meter.count)
            meter.count = 0
    """)
    one, two = trace.thread("one"), trace.thread("two")
    trace.read(one, "meter.count += 1", "Meter.count", 0)
    trace.write(one, "meter.count += 1", "Meter.count", 1)
    trace.read(two, "# look", "Meter.count", 1, op="test")
    sent = trace.read(two, "sink.send", "Meter.count", 1)
    trace.write(two, "meter.count = 0", "Meter.count", 0)
    evidence = trace.evidence()
    windows = [each for each in judged(evidence) if each.pattern is Pattern.READ_WRITE_WRITE]
    ends = {(int(evidence.table.at[each.first]), evidence.value(each.last)) for each in windows}
    assert (sent, "0") in ends and len(windows) == 2
