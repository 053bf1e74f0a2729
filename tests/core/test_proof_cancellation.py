"""Cancellations that leave something half done, confirmed by re-runs in which they come; beside each, the same code mended, which is left alone."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from causeway_core.proof.outcome.intermediate import is_anomalous, parse

from tests.core.test_proof_templates import proved

LEDGER = """\
import asyncio

class Ledger:
    def __init__(self):
        self.savings, self.current = 100, 0

    async def move(self, amount):
        self.savings -= amount
        await asyncio.sleep(0)
        self.current += amount

async def main():
    ledger = Ledger()
    try:
        async with asyncio.timeout(60):
            await ledger.move(40)
    except TimeoutError:
        pass
    print(ledger.savings, ledger.current)

asyncio.run(main())
"""
LEDGER_WHOLE = LEDGER.replace("        await asyncio.sleep(0)\n", "").replace(
    "self.savings -= amount", "await asyncio.sleep(0)\n        self.savings -= amount"
)

SLOTS = """\
import asyncio

class Slots:
    def __init__(self):
        self.taken = 0

    async def use(self):
        self.taken += 1
        await asyncio.sleep(0)
        self.taken -= 1

slots = Slots()

async def main():
    using = asyncio.create_task(slots.use())
    LEAVE
    await asyncio.wait([using])

asyncio.run(main())
"""
SLOTS_GIVEN_BACK = SLOTS.replace(
    "        await asyncio.sleep(0)\n        self.taken -= 1",
    "        try:\n            await asyncio.sleep(0)\n        finally:\n            self.taken -= 1",
)

NAMES = """\
import asyncio

class Names:
    def __init__(self):
        self.numbers, self.names = {"a": 1}, {1: "a"}

    async def rename(self, old, new):
        number = self.numbers.pop(old)
        self.numbers[new] = number
        REST

async def main():
    names = Names()
    try:
        await asyncio.wait_for(names.rename("a", "b"), 60)
    except TimeoutError:
        pass
    print(names.numbers, names.names)

asyncio.run(main())
"""

LINKS = """\
import asyncio

class Links:
    def __init__(self):
        self.free = ["link"]

    async def take(self):
        link = self.free.pop()
        PING
        return link

    def give(self, link):
        self.free.append(link)

async def use(links):
    link = await links.take()
    try:
        await asyncio.sleep(0)
    finally:
        links.give(link)

async def main():
    links = Links()
    for _ in range(2):
        try:
            await asyncio.wait_for(use(links), 60)
        except TimeoutError:
            print("late")

asyncio.run(main())
"""
PING = "await asyncio.sleep(0)"
PING_OR_GIVE = """\
try:
            await asyncio.sleep(0)
        except BaseException:
            self.give(link)
            raise"""
LINE = """\
import asyncio

class Line:
    busy = False

    async def __aenter__(self):
        if self.busy:
            raise RuntimeError("busy")
        self.busy = True
        PING

    async def __aexit__(self, *error):
        self.busy = False

async def send(line):
    async with asyncio.timeout(60):
        async with line:
            await asyncio.sleep(0)

async def main():
    line = Line()
    for _ in range(2):
        try:
            await send(line)
        except TimeoutError:
            print("late")

asyncio.run(main())
"""
LINE_FREED = PING_OR_GIVE.replace("self.give(link)", "self.busy = False")


def tiers(tmp_path: Path, source: str) -> list[tuple[str, str]]:
    """Kind and tier of what was found above `hint`."""
    return [(each.kind, each.tier) for each in proved(tmp_path, source)]


@pytest.mark.parametrize(("source", "wrong"), [(LEDGER, True), (LEDGER_WHOLE, False)])
def test_a_time_limit_between_two_changes_that_belong_together(tmp_path: Path, source: str, wrong: bool) -> None:
    assert tiers(tmp_path, source) == ([("atomicity_violation", "confirmed")] if wrong else [])


@pytest.mark.parametrize(
    ("rest", "wrong"),
    [
        ("await asyncio.sleep(0)\n        self.names[number] = new", True),
        ("try:\n            await asyncio.sleep(0)\n        finally:\n            self.names[number] = new", False),
        ("self.names[number] = new\n        await asyncio.sleep(0)", False),
    ],
)
def test_a_time_limit_between_two_tables_that_are_looked_up_by_what_the_other_holds(tmp_path: Path, rest: str, wrong: bool) -> None:
    found = tiers(tmp_path, NAMES.replace("REST", rest))
    assert found == ([("atomicity_violation", "confirmed")] if wrong else [])


def test_a_change_that_is_not_taken_back_when_the_task_is_cancelled(tmp_path: Path) -> None:
    cancels = SLOTS.replace("LEAVE", "asyncio.get_running_loop().call_later(60, using.cancel)")
    assert tiers(tmp_path, cancels) == [("atomicity_violation", "confirmed")]
    assert not tiers(tmp_path, SLOTS_GIVEN_BACK.replace("LEAVE", "asyncio.get_running_loop().call_later(60, using.cancel)"))


@pytest.mark.parametrize(
    ("source", "ping", "wrong"), [(LINKS, PING, True), (LINKS, PING_OR_GIVE, False), (LINE, PING, True), (LINE, LINE_FREED, False)]
)
def test_a_resource_that_another_function_releases_is_lost_on_cancellation(tmp_path: Path, source: str, ping: str, wrong: bool) -> None:
    assert tiers(tmp_path, source.replace("PING", ping)) == ([("atomicity_violation", "confirmed")] if wrong else [])


def test_a_task_that_nobody_cancels_is_not_cancelled(tmp_path: Path) -> None:
    other = SLOTS.replace("LEAVE", "other = asyncio.create_task(asyncio.sleep(60))\n    other.cancel()")
    assert not [tier for _, tier in tiers(tmp_path, other) if tier in ("confirmed", "likely")]


@pytest.mark.parametrize(
    ("mine", "others", "wrong"),
    [
        ("(60, 0)", ("(100, 0)", "(60, 40)"), False),  # each number could be on its way
        ("(3, 1)", ("(3, 2)", "(3, 2)"), True),
        ("['a', 'c']", ("['a', 'b', 'c']", "[]"), False),
        ("['a', 'b']", ("['b']", "['c', 'a']"), True),
        ("['b']", ("['a', 'b']", "['b', 'a']"), True),  # what was not begun came to it all the same
        ("main() = ([None, 'one'], 0)", ("main() = (['one', 'two'], 0)", "main() = ([None, 'two'], 0)"), True),
        ("main() = (['x, y'], [])", ("main() = (['x, y', 'z'], [])",), False),
        ("'ada'", ("'bob'",), True),
        ("(1, '(')", ("(1, '(')",), False),
    ],
)
def test_values_that_are_not_between_the_serial_outcomes_are_anomalous(mine: str, others: tuple[str, ...], wrong: bool) -> None:
    assert is_anomalous(parse(mine), [parse(other) for other in others]) == wrong


def test_a_missing_item_is_no_anomaly_where_the_task_never_continues() -> None:
    assert not is_anomalous(parse("['b']"), [parse("['a', 'b']"), parse("['a', 'b']")], goes_on=False)


LETTERS = """\
import asyncio
from collections import deque

class Desk:
    def __init__(self):
        self.letters, self.sorted = deque(), []

    def drop(self, letter):
        self.letters.append(letter)

    async def look_up(self, letter):
        await asyncio.sleep(0.001)
        return letter[0]

    async def next(self):
        letter = TAKE
        place = await self.look_up(letter)
        GONE
        return place + letter

async def main():
    desk = Desk()
    desk.drop("ann")
    desk.drop("bob")
    while desk.letters:
        try:
            async with asyncio.timeout(60):
                letter = await desk.next()
        except TimeoutError:
            continue
        desk.sorted.append(letter)
    print(desk.sorted)

async def day():
    desk = asyncio.create_task(main())
    await desk

asyncio.run(day())
"""


@pytest.mark.parametrize(
    ("take", "gone", "wrong"), [("self.letters.popleft()", "self.letters", True), ("self.letters[0]", "self.letters.popleft()", False)]
)
def test_what_is_taken_and_gone_when_the_limit_ends_before_it_is_handed_on(tmp_path: Path, take: str, gone: str, wrong: bool) -> None:
    source = LETTERS.replace("TAKE", take).replace("GONE", gone)
    assert bool([tier for _, tier in tiers(tmp_path, source) if tier == "confirmed"]) == wrong


WIRE = """\
import asyncio

class Wire:
    def __init__(self):
        self.answers, self.broken = asyncio.Queue(), 0

    async def ask(self, text):
        try:
            asyncio.get_running_loop().call_soon(self.answers.put_nowait, text)
            return await self.answers.get()
        except OSError:
            self.answers, self.broken = asyncio.Queue(), 1
            raise

async def ask(wire, text):
    try:
        return await asyncio.wait_for(wire.ask(text), 60)
    except TimeoutError:
        return None

async def main():
    wire = Wire()
    print([await ask(wire, "one"), await ask(wire, "two")])

asyncio.run(main())
"""

TURNS = """\
import asyncio
from collections import deque

class Turns:
    def __init__(self):
        self.free, self.waiting = 1, deque()

    async def enter(self):
        if self.free:
            self.free -= 1
            return
        turn = asyncio.get_running_loop().create_future()
        self.waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            CANCELLED
            raise

    def leave(self):
        while self.waiting:
            turn = self.waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self.free += 1

async def visit(turns):
    try:
        async with asyncio.timeout(60):
            await turns.enter()
    except TimeoutError:
        return
    await asyncio.sleep(0)
    turns.leave()

async def main():
    turns = Turns()
    await asyncio.gather(visit(turns), visit(turns))
    print(turns.free)

asyncio.run(main())
"""
HANDED_ON = "if turn.done() and not turn.cancelled():\n                self.leave()"


@pytest.mark.parametrize(("seen", "wrong"), [("OSError", True), ("BaseException", False)])
def test_an_answer_that_is_left_for_whoever_asks_next(tmp_path: Path, seen: str, wrong: bool) -> None:
    assert tiers(tmp_path, WIRE.replace("except OSError", f"except {seen}")) == ([("atomicity_violation", "confirmed")] if wrong else [])


@pytest.mark.parametrize(("cancelled", "wrong"), [("self.seen = True", True), (HANDED_ON, False)])
def test_a_turn_that_is_given_to_who_is_cancelled(tmp_path: Path, cancelled: str, wrong: bool) -> None:
    assert tiers(tmp_path, TURNS.replace("CANCELLED", cancelled)) == ([("atomicity_violation", "confirmed")] if wrong else [])


TIMER = """\
import asyncio

class Buffer:
    def __init__(self):
        self.kept, self.stored, self.timer = [], [], None

    async def add(self, entry):
        self.kept.append(entry)
        if len(self.kept) == 2:
            await self.flush()
        elif self.timer is None:
            self.timer = asyncio.create_task(self.later())

    async def later(self):
        await asyncio.sleep(0.2)
        FORGETS
        await self.flush()

    async def flush(self):
        kept, self.kept = self.kept, []
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
        await asyncio.sleep(0)
        self.stored += kept

async def main():
    buffer = Buffer()
    for entry in range(4):
        await buffer.add(entry)
        await asyncio.sleep(0)
    await buffer.flush()
    print(buffer.stored)

asyncio.run(main())
"""


@pytest.mark.parametrize(("forgets", "wrong"), [("pass", True), ("self.timer = None", False)])
def test_a_task_that_reaches_its_own_cancel_call(tmp_path: Path, forgets: str, wrong: bool) -> None:
    found = [each.tier for each in proved(tmp_path, TIMER.replace("FORGETS", forgets)) if "cancels itself" in each.title]
    assert found == (["confirmed"] if wrong else [])


CALLS = """\
import asyncio

calls = []

async def answer():
    batch = list(calls)
    await asyncio.sleep(0)
    for future in batch:
        LOOK
            future.set_result("ok")

async def ask():
    future = asyncio.get_running_loop().create_future()
    calls.append(future)
    try:
        async with asyncio.timeout(LIMIT):
            return await future
    except TimeoutError:
        return "late"

async def main():
    asking = [asyncio.create_task(ask()) for _ in range(2)]
    await asyncio.sleep(0)
    answering = asyncio.create_task(answer())
    print(await asyncio.gather(*asking))
    await answering

asyncio.run(main())
"""


@pytest.mark.parametrize(("look", "limit", "wrong"), [("if True:", "60", True), ("if not future.done():", "60", False), ("if True:", "None", False)])
def test_a_future_whose_waiter_has_run_out_of_time(tmp_path: Path, look: str, limit: str, wrong: bool) -> None:
    found = proved(tmp_path, CALLS.replace("LOOK", look).replace("LIMIT", limit))
    assert [(each.kind, each.tier) for each in found] == ([("atomicity_violation", "confirmed")] if wrong else [])
    if wrong:
        assert found[0].proof is not None and "InvalidStateError in answer" in found[0].proof.outcome


PEER = """\
import asyncio

pending, inbox = {}, asyncio.Queue()

async def read():
    while True:
        number, answer = await inbox.get()
        TAKE

async def request(number):
    future = pending[number] = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(0.002, inbox.put_nowait, (number, number * 2))
    return await future

async def ask(number, limit):
    try:
        return await asyncio.wait_for(request(number), limit)
    except asyncio.TimeoutError:
        return None

async def later(asked):
    await asyncio.sleep(0.03)
    return await asked

async def main():
    reading = asyncio.create_task(read())
    print(await asyncio.gather(ask(1, 60), later(ask(2, 2))))
    reading.cancel()

asyncio.run(main())
"""
TAKEN = "pending.pop(number).set_result(answer)"
LOOKED = "future = pending.pop(number)\n        if not future.done():\n            future.set_result(answer)"


@pytest.mark.parametrize(("take", "wrong"), [(TAKEN, True), (LOOKED, False)])
def test_a_future_that_is_taken_out_when_its_waiter_has_run_out_of_time(tmp_path: Path, take: str, wrong: bool) -> None:
    found = proved(tmp_path, PEER.replace("TAKE", take))
    assert ["confirmed" for each in found if "resolves a future" in each.title] == (["confirmed"] if wrong else [])
    assert wrong or not found


def test_no_time_limit_ends_in_the_middle_of_the_step_that_looks_and_settles(tmp_path: Path) -> None:
    limited = PEER.replace(
        "        return await asyncio.wait_for(request(number), limit)\n",
        "        async with asyncio.timeout(limit):\n            return await request(number)\n",
    )
    assert limited != PEER and not proved(tmp_path, limited.replace("TAKE", LOOKED))


CALLED_BACK = """\
import asyncio

waiting = {}

def answer(number):
    ANSWER

async def ask(number):
    waiting[number] = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(0.002, answer, number)
    return await waiting[number]

async def give_up(task, number):
    await asyncio.sleep(0.03)
    DROP
    task.cancel()

async def main():
    asking = asyncio.create_task(ask(1))
    await asyncio.gather(asking, give_up(asking, 1), return_exceptions=True)
    await asyncio.sleep(0.03)
    print(await ask(2))

asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("answer", "drop", "wrong"),
    [
        ("waiting.pop(number).set_result(number)", "pass", True),
        ("future = waiting.pop(number)\n    if not future.done():\n        future.set_result(number)", "pass", False),
        ("number in waiting and waiting.pop(number).set_result(number)", "waiting.pop(number, None)", False),
    ],
)
def test_the_programs_own_cancel_comes_before_the_callback_that_resolves(tmp_path: Path, answer: str, drop: str, wrong: bool) -> None:
    found = proved(tmp_path, CALLED_BACK.replace("ANSWER", answer).replace("DROP", drop))
    assert ["confirmed" for each in found if "resolves a future" in each.title] == (["confirmed"] if wrong else [])


PLACES = """\
import asyncio

class Places:
    def __init__(self):
        self.free, self.changed = 1, asyncio.Condition()

    async def take(self):
        async with self.changed:
            while not self.free:
                WAIT
            self.free -= 1

    async def give(self):
        async with self.changed:
            self.free += 1
            self.changed.NOTIFY()

async def park(places, limit):
    try:
        async with asyncio.timeout(limit):
            await places.take()
    except TimeoutError:
        return "left"
    await asyncio.sleep(0)
    await places.give()
    return "parked"

async def main():
    places = Places()
    parking = [asyncio.create_task(park(places, limit)) for limit in (None, 60, None)]
    print(len(await asyncio.gather(*parking)))

asyncio.run(main())
"""
WAITS = "await self.changed.wait()"
PASSES_ON = """\
try:
                    await self.changed.wait()
                except asyncio.CancelledError:
                    self.changed.notify()
                    raise"""


@pytest.mark.parametrize(("wait", "notify", "wrong"), [(WAITS, "notify", True), (PASSES_ON, "notify", False), (WAITS, "notify_all", False)])
def test_one_that_is_notified_and_runs_out_of_time(tmp_path: Path, wait: str, notify: str, wrong: bool) -> None:
    # From 3.13 on a condition passes a notification on by itself when who has it is cancelled.
    wrong = wrong and sys.version_info < (3, 13)
    found = proved(tmp_path, PLACES.replace("WAIT", wait).replace("NOTIFY", notify))
    assert [(each.kind, each.tier) for each in found] == ([("atomicity_violation", "confirmed")] if wrong else [])
    if wrong:
        assert found[0].proof is not None and "the program hangs" in found[0].proof.outcome


GATE = """\
import asyncio

async def call(gate):
    await gate.acquire()
    try:
        await asyncio.sleep(0.001)
    finally:
        GIVE
    RETURN

async def main():
    gate = asyncio.Semaphore(2)
    first = asyncio.create_task(call(gate))
    await asyncio.sleep(0.02)
    NEXT
    print(len(gate._waiters or ()))

asyncio.run(main())
"""
GATE_LATE = {"GIVE": "pass", "RETURN": "gate.release()"}
GATE_KEPT = {"GIVE": "gate.release()", "RETURN": "return"}
GOES_ON = "first.cancel()\n    await asyncio.create_task(call(gate))"
GOES_DOWN = "second = asyncio.create_task(call(gate))\n    await asyncio.sleep(0.02)\n    first.cancel(), second.cancel()"


@pytest.mark.parametrize(
    ("gate", "follows", "wrong"), [(GATE_LATE, GOES_ON, True), (GATE_KEPT, GOES_ON, False), (GATE_LATE, GOES_DOWN, False)],
    ids=["kept by who is gone", "given back", "all go down"],
)  # fmt: skip
def test_a_cancelled_task_keeps_a_permit_that_others_wait_for(
    tmp_path: Path, gate: dict[str, str], follows: str, wrong: bool
) -> None:
    source = GATE.replace("NEXT", follows)
    for name, text in gate.items():
        source = source.replace(name, text)
    assert [tier for _, tier in tiers(tmp_path, source) if tier == "confirmed"] == (["confirmed"] if wrong else [])


PRINTER = """\
import asyncio

class Printer:
    def __init__(self):
        self.jobs, self.freed = {}, asyncio.Event()

    async def reserve(self, name):
        while self.jobs:
            self.freed.clear()
            await self.freed.wait()
        ticket = f"ticket of {name}"
        self.jobs[ticket] = name
        return ticket

    def drop(self, ticket):
        self.jobs.pop(ticket, None)
        self.freed.set()

async def warm_up():
    await asyncio.sleep(0)

async def warm_up_for(printer, ticket):
    try:
        await asyncio.sleep(0)
    except BaseException:
        printer.drop(ticket)
        raise

async def print_out(printer, name, done):
    ticket = await printer.reserve(name)
    BEFORE
    try:
        INSIDE
        await asyncio.sleep(0)
        done.append(name)
    finally:
        printer.drop(ticket)

async def main():
    printer, done = Printer(), []
    for name in ("ada", "bob"):
        try:
            async with asyncio.timeout(60):
                await print_out(printer, name, done)
        except TimeoutError:
            done.append(f"{name} gave up")
    print(done)

asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("before", "inside", "wrong"),
    [
        ("await warm_up()", "pass", True),
        ("pass", "await warm_up()", False),
        ("await asyncio.shield(warm_up())", "pass", False),
        ("await warm_up_for(printer, ticket)", "pass", False),
    ],
)
def test_what_is_kept_when_the_await_before_its_try_is_cancelled(tmp_path: Path, before: str, inside: str, wrong: bool) -> None:
    found = proved(tmp_path, PRINTER.replace("BEFORE", before).replace("INSIDE", inside))
    assert [(each.tier, each.resource) for each in found] == ([("confirmed", "printer.reserve")] if wrong else [])


STORE = """\
import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

class Store:
    def __init__(self):
        self.pool = ThreadPoolExecutor(2)
        self.guard = threading.Lock()

    async def put(self, seconds):
        TAKES
        try:
            await asyncio.sleep(seconds)
        finally:
            self.guard.release()

async def main():
    store = Store()
    slow = asyncio.create_task(store.put(0.3))
    await asyncio.sleep(0.05)
    slow.cancel()
    await asyncio.wait([slow])
    await asyncio.wait_for(store.put(0.001), 0.5)
    store.pool.shutdown()

asyncio.run(main())
"""
IN_A_THREAD = "await asyncio.get_running_loop().run_in_executor(self.pool, self.guard.acquire)"
GIVEN_UP = """taking = self.pool.submit(self.guard.acquire)
        try:
            await asyncio.shield(asyncio.wrap_future(taking))
        except asyncio.CancelledError:
            taking.add_done_callback(lambda done: self.guard.release())
            raise
"""


@pytest.mark.parametrize(("takes", "wrong"), [(IN_A_THREAD, True), (GIVEN_UP, False)])
def test_a_thread_acquires_a_lock_for_a_task_that_is_cancelled_meanwhile(tmp_path: Path, takes: str, wrong: bool) -> None:
    found = tiers(tmp_path, STORE.replace("TAKES", takes))
    assert found == ([("atomicity_violation", "confirmed")] if wrong else [])
