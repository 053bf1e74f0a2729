"""Orders made from recordings of real programs: which places they name, and what waits for what."""

from __future__ import annotations

from pathlib import Path

import pytest
from causeway_core.analysis import examine
from causeway_core.model.order import Order
from causeway_core.proof import plan
from causeway_core.proof.planning.interchangeable import has_parts
from causeway_core.storage import Recording

from tests.support.proofs import record

LOST_UPDATE = """\
import asyncio

class Account:
    balance = 0

async def deposit(account, amount):
    seen = account.balance
    await asyncio.sleep(0.001)
    account.balance = (
        seen + amount
    )

async def main():
    account = Account()
    account.balance = 0
    first = asyncio.create_task(deposit(account, 1))
    await first
    await asyncio.gather(deposit(account, 10), deposit(account, 20))

asyncio.run(main())
"""

LOOP = """\
import threading

class Counter:
    n = 0

def work(counter):
    for _ in range(3):
        counter.n = counter.n + 1

counter = Counter()
counter.n = 0
threads = [threading.Thread(target=work, args=(counter,)) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""

CLOSED = """\
import asyncio

class Client:
    def __init__(self):
        self.connection = object()

async def use(client):
    await asyncio.sleep(0)
    client.connection.__class__

async def close(client):
    await asyncio.sleep(0.01)
    client.connection = None

async def main():
    client = Client()
    await asyncio.gather(use(client), close(client))

asyncio.run(main())
"""


BUSY = """\
import asyncio

class Client:
    busy = False
    sockets = 0

async def reconnect(client, after):
    await asyncio.sleep(after)
    if client.busy:
        return
    await asyncio.sleep(0.001)
    client.busy = True
    client.sockets += 1
    await asyncio.sleep(0.05)
    client.sockets -= 1
    client.busy = False

async def main():
    client = Client()
    client.busy, client.sockets = False, 0
    await asyncio.gather(reconnect(client, 0), reconnect(client, 0.02))

asyncio.run(main())
"""

TABLE = """\
import threading

def fits(kind, wanted):
    return kind <= wanted

def find(table, wanted):
    return {kind for kind in table if fits(kind, wanted)}

def add(table, kind):
    table[kind] = kind

table = {1: 1, 2: 2}
threads = [threading.Thread(target=target, args=(table, 3)) for target in (find, add)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""

REFUND = """\
import threading

lock, left = threading.Lock(), {"a": 10}

def take(cost):
    with lock:
        left["a"] = left["a"] - cost

def give_back(cost):
    left["a"] = left["a"] + cost

def post(text):
    take(2)
    if not text:
        give_back(2)

threads = [threading.Thread(target=post, args=(text,)) for text in ("hello", "")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""

SIX = """\
import threading

class Counter:
    n = 0

def work(counter):
    counter.n = counter.n + 1

counter = Counter()
counter.n = 0
threads = [threading.Thread(target=work, args=(counter,)) for _ in range(6)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""

KEYED = """\
import asyncio

locks, goals = {}, {}

async def add(key, goal):
    lock = locks.setdefault(key, asyncio.Lock())
    async with lock:
        known = goals.get(key, ())
        await asyncio.sleep(0.002)
        goals[key] = (*known, goal)
    locks.pop(key, None)

async def main():
    first, second = (asyncio.create_task(add("k", goal)) for goal in "ab")
    await asyncio.sleep(0.02)
    third = asyncio.create_task(add("k", "c"))
    await asyncio.gather(first, second, third)

asyncio.run(main())
"""


KEPT_ALIVE = """\
import asyncio
from aiohttp import ClientSession, web

carts = {}

async def add(request):
    items = carts.get("v1", ())
    await asyncio.sleep(0.001)
    carts["v1"] = (*items, request.match_info["item"])
    return web.Response(text="added")

async def main():
    app = web.Application()
    app.router.add_get("/add/{item}", add)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with ClientSession(f"http://127.0.0.1:{runner.addresses[0][1]}") as browser:
        for item in ("lamp", "desk"):
            async with browser.get(f"/add/{item}") as response:
                await response.text()
    await runner.cleanup()

asyncio.run(main())
"""


def orders_of(tmp_path: Path, source: str) -> dict[str, tuple[Order, ...]]:
    (tmp_path / "app.py").write_text(source)
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    with Recording.open(tmp_path / "run.causeway") as recording:
        return {finding.kind: finding.orders for finding in plan(recording, examine(recording))}


def test_a_lost_update_is_forced_by_two_constraints_and_compared_with_two_serial_orders(tmp_path: Path) -> None:
    orders = orders_of(tmp_path, LOST_UPDATE)["lost_update"]
    bad = [order for order in orders if order.aim == "bad" and not has_parts(order)]
    assert 1 <= len(bad) <= 4 and len([order for order in orders if order.aim == "serial"]) >= 2
    first, places = bad[0], dict(bad[0].places)
    assert [(each.after, each.hold, each.since) for each in first.constraints] == [("a1", "b1", None), ("b2", "a2", "a1")]
    assert (places["a1"].access, places["a1"].name, places["a1"].text) == ("read", "balance", "seen = account.balance")
    # The statement's first line names the place, wherever in it the access is.
    assert (places["a2"].access, places["a2"].line, places["a2"].text) == ("write", 9, "account.balance = (")
    assert places["b2"].access == "end" and places["a1"].qualname == "deposit" and places["a1"].file == "app.py"
    assert places["a1"].actor != places["b1"].actor and {places["a1"].actor, places["b1"].actor} <= {
        "main/main/deposit", "main/main/deposit#2", "main/main/deposit#3"
    }  # fmt: skip


def test_the_serial_orders_keep_the_windows_apart(tmp_path: Path) -> None:
    orders = orders_of(tmp_path, LOST_UPDATE)["lost_update"]
    for order in orders:
        if order.aim == "serial" and len(order.constraints) == 1:
            places = dict(order.places)
            [constraint] = order.constraints
            assert places[constraint.after].access in ("write", "end") and places[constraint.hold].access == "read"


def test_executions_of_a_statement_are_counted_by_actor(tmp_path: Path) -> None:
    orders = orders_of(tmp_path, LOOP)["lost_update"]
    seen = {place.nth for order in orders for _, place in order.places if place.access in ("read", "write")}
    assert seen <= {0, 1, 2}
    for order in orders:
        places = dict(order.places)
        for constraint in order.constraints:
            if order.aim == "bad" and constraint.since in places and places[constraint.since].access == "read":
                # A window lies in one execution of its statement.
                assert places[constraint.since].nth == places[constraint.hold].nth


def test_an_order_flip_asks_for_the_order_that_was_not_recorded(tmp_path: Path) -> None:
    orders = orders_of(tmp_path, CLOSED)["order_violation"]
    bad = next(order for order in orders if order.aim == "bad")
    places = dict(bad.places)
    assert places[bad.constraints[0].after].text == "client.connection = None"
    assert places[bad.constraints[0].hold].qualname == "use"


def test_a_thread_is_held_in_the_loop_that_it_iterates_in(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(TABLE)
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    with Recording.open(tmp_path / "run.causeway") as recording:
        findings = plan(recording, examine(recording))
    orders = next(finding.orders for finding in findings if "iterates" in finding.title)
    bad = next(order for order in orders if order.aim == "bad")
    places = dict(bad.places)
    began, changed = bad.constraints
    assert places[began.after].actor == places[changed.hold].actor
    inside = [places[began.after], places[changed.hold]]
    assert [(each.access, each.qualname, each.nth) for each in inside] == [("call", "fits", 0), ("call", "fits", 1)]


def test_one_of_two_that_pass_a_check_together_is_held_until_the_other_has_ended(tmp_path: Path) -> None:
    bad = [order for order in orders_of(tmp_path, BUSY)["atomicity_violation"] if order.aim == "bad"]
    entwined = next(order for order in bad if "both pass" in order.says)
    places = dict(entwined.places)
    both, inside, end = entwined.constraints
    assert places[both.after].text == places[both.hold].text == "if client.busy:"
    assert places[inside.after].text == places[inside.hold].text == "client.busy = True"
    assert places[end.after].access == "end" and places[end.after].actor == places[inside.hold].actor
    # The visitor never came there in the recording: it saw the flag.
    assert places[end.hold].actor == places[inside.after].actor and places[end.hold].text == "client.sockets -= 1"


def test_an_actor_that_needs_the_windows_lock_earlier_passes_it_first(tmp_path: Path) -> None:
    bad = orders_of(tmp_path, REFUND)["lost_update"][0]
    places = dict(bad.places)
    comes, reads, _ = bad.constraints
    assert (places[comes.after].access, places[comes.after].qualname) == ("call", "give_back")
    assert places[comes.hold].qualname == "take" and places[reads.hold].qualname == "give_back" and reads.since == comes.after


def test_those_who_race_on_the_same_place_come_one_after_another(tmp_path: Path) -> None:
    orders = orders_of(tmp_path, SIX)["lost_update"]
    workers = {"main/work", *(f"main/work#{number}" for number in range(2, 7))}

    def held_at_their_start(order: Order) -> list[str]:
        places = dict(order.places)
        return [places[each.hold].actor for each in order.constraints if places[each.hold].access == "start"]

    first = orders[0]
    two = {place.actor for _, place in first.places if place.access in ("read", "write")}
    assert set(held_at_their_start(first)) == workers - two
    assert any(order.aim == "bad" and order.alternate and {place.actor for _, place in order.places} == two for order in orders)
    serial = [order for order in orders if order.aim == "serial" and not order.alternate]
    assert serial and all({place.actor for _, place in order.places} == workers for order in serial)
    [as_they_came] = [order for order in serial if order.says == "all 6 one after another"]
    assert len(held_at_their_start(as_they_came)) == 5


def test_other_actors_are_alternates(tmp_path: Path) -> None:
    bad = [order for order in orders_of(tmp_path, KEYED)["lost_update"] if order.aim == "bad"]
    pairs = [{place.actor for _, place in order.places} for order in bad]
    alternates = [pair for order, pair in zip(bad, pairs, strict=True) if order.alternate]
    # The second and the third never have one lock, however fast the third is.
    assert {"main/main/add#2", "main/main/add#3"} in alternates and not bad[0].alternate and pairs[0] not in alternates


def test_a_request_that_came_on_the_connection_of_the_first_comes_on_another_while_that_is_held(tmp_path: Path) -> None:
    last = [order for order in orders_of(tmp_path, KEPT_ALIVE)["lost_update"] if order.aim == "bad" and not has_parts(order)][-1]
    places = dict(last.places)
    first, second = places["a1"].actor, places["b1"].actor
    assert last.alternate and places["b2"].actor == second and first.endswith("/start/_handle_request")
    assert second == first.replace("/start/", "/start#2/")


def test_an_order_survives_its_json(tmp_path: Path) -> None:
    for order in orders_of(tmp_path, KEYED)["lost_update"]:
        assert Order.of(order.document()) == order


@pytest.mark.parametrize("broken", [{}, {"places": {"a": {"unknown": 1}}, "constraints": []}, {"places": {}, "constraints": [{}]}])
def test_what_is_no_order_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError)):
        Order.of(broken)
