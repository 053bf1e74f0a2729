"""Bugs about waiting that an ordinary run does not show, confirmed by re-runs; beside each, the same code mended, which is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from causeway_core.model import Finding

from tests.support.proofs import judged, record

FORKS = """\
import threading
from contextlib import ExitStack

class Fork:
    def __init__(self, number):
        self.number, self.lock = number, threading.Lock()

def eat(forks, go, done):
    go.wait()
    with ExitStack() as stack:
        for fork in forks:
            stack.enter_context(fork.lock)
    done.set()

forks = [Fork(number) for number in range(3)]
pairs = [[forks[number], forks[(number + 1) % 3]] for number in range(3)]
events = [threading.Event() for _ in range(4)]
threads = [threading.Thread(target=eat, args=(pair, events[number], events[number + 1])) for number, pair in enumerate(pairs)]
for thread in threads:
    thread.start()
events[0].set()
for thread in threads:
    thread.join()
"""
IN_ORDER = FORKS.replace("for fork in forks:", "for fork in sorted(forks, key=lambda fork: fork.number):")

POOL = """\
import threading
from concurrent.futures import ThreadPoolExecutor, wait

class Store:
    def __init__(self):
        self.guard, self.stock = threading.RLock(), 10

    def change(self, by):
        with self.guard:
            self.stock += by

def move(source, target):
    with source.guard:
        source.change(-1)
        target.change(1)

north, south = Store(), Store()
with ThreadPoolExecutor(2) as pool:
    for pair in ((north, south), (south, north)):
        wait([pool.submit(move, *pair)])
"""

JOINED = """\
import os, select, threading

class Sampler:
    def __init__(self):
        self.lock, self.samples = threading.Lock(), []

    def run(self):
        with self.lock:
            self.samples.append(1)
        os.write(told, b"x")

    def close(self, thread):
        with self.lock:
            self.samples.append(0)
            thread.join()

# A pipe orders the threads in the recorded run without the recorder's knowledge; a run in which nothing comes goes on after a second.
heard, told = os.pipe()
sampler = Sampler()
thread = threading.Thread(target=sampler.run)
thread.start()
select.select([heard], [], [], 1.0)
sampler.close(thread)
"""

ACROSS = """\
import asyncio, threading

class Ledger:
    def __init__(self):
        self.mutex, self.entries = threading.Lock(), []

    async def append(self, entry):
        self.mutex.acquire()
        try:
            await asyncio.sleep(0)
            self.entries.append(entry)
        finally:
            self.mutex.release()

async def main():
    ledger = Ledger()
    first = asyncio.create_task(ledger.append(1))
    for _ in range(5):
        await asyncio.sleep(0)
    second = asyncio.create_task(ledger.append(2))
    await asyncio.gather(first, second)

asyncio.run(main())
"""

BRIDGE = """\
import asyncio, threading

class Batch:
    def __init__(self, loop):
        self.loop, self.lock, self.active = loop, threading.Lock(), 0

    async def send(self):
        return 1

    async def report(self):
        with self.lock:
            return self.active

    def flush(self):
        with self.lock:
            self.active += 1
            return asyncio.run_coroutine_threadsafe(self.send(), self.loop).result()

async def main():
    batch = Batch(asyncio.get_running_loop())
    flushing = asyncio.create_task(asyncio.to_thread(batch.flush))
    await asyncio.sleep(1.0)
    await asyncio.create_task(batch.report())
    await flushing

asyncio.run(main())
"""

FINALIZER = """\
import gc, threading, weakref

class Registry:
    def __init__(self):
        self.lock, self.names = threading.Lock(), {}

    def add(self, thing, name):
        with self.lock:
            self.names[id(thing)] = name
        weakref.finalize(thing, self.remove, id(thing))

    def remove(self, key):
        with self.lock:
            self.names.pop(key)

class Thing:
    def __init__(self):
        self.me = self

registry = Registry()
registry.add(Thing(), "a")
gc.collect()
registry.add(registry, "b")
"""

SIGNAL = """\
import signal, threading

lock = threading.Lock()
counts = []

def note(name):
    with lock:
        counts.append(name)

signal.signal(signal.SIGUSR2, lambda number, frame: None)

def reload(number, frame):
    note("reload")

signal.signal(signal.SIGUSR2, reload)
signal.raise_signal(signal.SIGUSR2)
note("request")
"""

CALLBACK = """\
import os, select, threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

heard, told = os.pipe()

class Loader:
    def __init__(self, pool):
        self.pool, self.lock, self.loaded = pool, threading.Lock(), []

    def load(self):
        # Ends after its callback was added in the recorded run, by ways that the recorder does not see; else after a second.
        select.select([heard], [], [], 1.0)
        return 1

    def finished(self, future):
        with self.lock:
            self.loaded.append(future.result())

    def want(self):
        with self.lock:
            job = self.pool.submit(self.load)
            job.add_done_callback(self.finished)

with ThreadPoolExecutor(2) as pool:
    loader = Loader(pool)
    loader.want()
    os.write(told, b"x")
"""

FOREIGN = """\
import asyncio, threading

async def main():
    loop, event = asyncio.get_running_loop(), asyncio.Event()
    waiting = asyncio.create_task(event.wait())
    await asyncio.sleep(0)

    def change():
        CHANGE

    thread = threading.Thread(target=change)
    thread.start()
    while thread.is_alive():
        await asyncio.sleep(0.01)
    await asyncio.wait_for(waiting, 5)

asyncio.run(main())
"""

IDLE = """\
import asyncio, os, select, threading

async def main():
    loop, queue = asyncio.get_running_loop(), asyncio.Queue()
    heard, told = os.pipe()

    def work():
        CHANGE
        os.write(told, b"x")

    thread = threading.Thread(target=work)
    thread.start()
    # In the recorded run it is there by now, by ways that the recorder does not see; a run in which nothing comes goes on after a second.
    await asyncio.to_thread(select.select, [heard], [], [], 1.0)
    await queue.get()
    await asyncio.to_thread(thread.join)

asyncio.run(main())
"""

BEHIND_ITS_OWN = IDLE.replace("    thread = ", "    queue.put_nowait(0)\n    thread = ").replace(
    "    await queue.get()\n", "    await queue.get()\n    await queue.get()\n"
)
"""The task puts the first item itself: it can only wait for the second."""

TWO_LOOPS = """\
import asyncio, os, select, threading

class Table:
    def __init__(self):
        self.lock, self.rows = asyncio.Lock(), []

    async def add(self, row):
        async with self.lock:
            await asyncio.sleep(0)
            self.rows.append(row)

# A pipe orders the threads in the recorded run without the recorder's knowledge; a run in which nothing comes goes on after a second.
heard, told = os.pipe()
table = Table()

def first():
    asyncio.run(table.add(1))
    os.write(told, b"x")

def second():
    select.select([heard], [], [], 1.0)
    asyncio.run(table.add(2))

threads = [threading.Thread(target=first), threading.Thread(target=second)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""
OF_ONE_LOOP = """\
import asyncio, threading

async def main():
    lock = asyncio.Lock()
    async with lock:
        await asyncio.sleep(0)

threads = [threading.Thread(target=lambda: asyncio.run(main())) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""

CLOSING = """\
import asyncio, os, select, threading

heard, told = os.pipe()

async def answer():
    return 1

def close(thread):
    thread.join()

async def main():
    loop = asyncio.get_running_loop()

    def work():
        asyncio.run_coroutine_threadsafe(answer(), loop).result()
        os.write(told, b"x")

    thread = threading.Thread(target=work)
    thread.start()
    # In the recorded run it has its answer by now, by ways that the recorder does not see; a run in which nothing comes goes on after a second.
    await asyncio.to_thread(select.select, [heard], [], [], 1.0)
    closing = True
    JOIN

asyncio.run(main())
"""

MADE_ELSEWHERE = """\
import asyncio

def make():
    return asyncio.Queue()

async def main():
    queue = await asyncio.to_thread(make)
    queue.put_nowait(1)
    await queue.get()
    queue.task_done()
    await queue.join()

asyncio.run(main())
"""

CONDITION = """\
import threading

class Inbox:
    def __init__(self):
        self.changed, self.items, self.taken, self.begun = threading.Condition(), [], [], False

    def put(self, item):
        PUT

    def take(self):
        self.begun = True
        TAKE

inbox = Inbox()
taking = threading.Thread(target=inbox.take)
putting = threading.Timer(0.2, inbox.put, ["x"])
taking.start()
while not inbox.begun:
    threading.Event().wait(0.01)
putting.start()
taking.join()
"""

PUT_EARLY = "with self.changed:\n            self.items.append(item)\n            self.changed.notify()"
_WAITS = "while not self.items:\n            with self.changed:\n                self.changed.wait()"
TAKE_OUTSIDE = _WAITS + "\n        self.taken.append(self.items.pop())"
_WAITS_INSIDE = "with self.changed:\n            while not self.items:\n                self.changed.wait()"
TAKE_INSIDE = _WAITS_INSIDE + "\n            self.taken.append(self.items.pop())"

PULSE = """\
import threading

class Worker:
    def __init__(self):
        self.wake, self.stopping, self.rounds = threading.Event(), False, 0

    def run(self):
        while not self.stopping:
            self.rounds += 1
            self.wake.wait(1.0)

    def stop(self):
        self.stopping = True
        self.wake.set()
        self.wake.clear()

worker = Worker()
thread = threading.Thread(target=worker.run)
stopping = threading.Timer(0.2, worker.stop)
thread.start()
while not worker.rounds:
    threading.Event().wait(0.01)
stopping.start()
thread.join()
"""
PULSES = """\
import threading

class Worker:
    def __init__(self):
        self.wake, self.idle, self.stopping = threading.Event(), threading.Event(), False

    def run(self):
        while not self.stopping:
            self.idle.set()
            self.wake.wait(1.0)

    def poke(self):
        self.wake.set()
        self.wake.clear()

worker = Worker()
thread = threading.Thread(target=worker.run)
thread.start()
worker.idle.wait()
threading.Event().wait(0.1)
worker.poke()
threading.Event().wait(0.1)
worker.stopping = True
worker.poke()
thread.join()
"""


def proved(tmp_path: Path, source: str) -> list[Finding]:
    """The findings above `hint` of a recorded run of a program, and those that a re-run confirmed."""
    program = tmp_path / "program.py"
    program.write_text(source)
    assert record([str(program)], tmp_path / "run.causeway", root=tmp_path) == 0
    found = judged(tmp_path / "run.causeway", repeat=1)
    return [finding for finding in found if finding.tier != "hint"]


def test_three_locks_in_a_circle_are_confirmed(tmp_path: Path) -> None:
    (finding,) = proved(tmp_path, FORKS.replace("    go.wait()\n", "").replace("    done.set()\n", ""))
    assert (finding.kind, finding.tier) == ("deadlock", "confirmed")
    bad = next(order for order in finding.orders if order.aim == "bad")
    places = dict(bad.places)
    held = {places[each.hold].nth for each in bad.constraints}
    assert held == {1}, "each is held at its second execution of the statement"


def test_locks_in_one_order_or_handed_on_by_events_are_fine(tmp_path: Path) -> None:
    assert not proved(tmp_path, FORKS)
    assert not proved(tmp_path, IN_ORDER)


@pytest.mark.parametrize("together", [True, False])
def test_work_items_that_one_worker_ran_in_a_row_can_meet(tmp_path: Path, together: bool) -> None:
    source = POOL.replace("wait([pool.submit(move, *pair)])", "pool.submit(move, *pair)") if together else POOL
    found = proved(tmp_path, source)
    assert [(each.kind, each.tier) for each in found] == ([("deadlock", "confirmed")] if together else [])


@pytest.mark.parametrize(
    ("source", "kind", "mended"),
    [
        (JOINED, "deadlock", ("            thread.join()", "        thread.join()")),
        (BRIDGE, "deadlock", ("            return asyncio.run_coroutine", "        return asyncio.run_coroutine")),
        (ACROSS, "blocking_call", ("            await asyncio.sleep(0)\n", "")),
    ],
)
def test_a_wait_for_who_needs_the_lock_that_is_held(tmp_path: Path, source: str, kind: str, mended: tuple[str, str]) -> None:
    (finding,) = proved(tmp_path, source)
    assert (finding.kind, finding.tier) == (kind, "confirmed") and finding.proof is not None and "the program hangs" in finding.proof.outcome
    fixed = source.replace(*mended)
    assert fixed != source and not proved(tmp_path, fixed)


@pytest.mark.parametrize(
    ("source", "mended"),
    [
        (FINALIZER, ("threading.Lock()", "threading.RLock()")),
        (SIGNAL, ("threading.Lock()", "threading.RLock()")),
    ],
)
def test_a_lock_that_its_holder_may_be_made_to_ask_for_again(tmp_path: Path, source: str, mended: tuple[str, str]) -> None:
    (finding,) = proved(tmp_path, source)
    assert (finding.kind, finding.tier) == ("deadlock", "confirmed")
    assert not proved(tmp_path, source.replace(*mended))


@pytest.mark.parametrize("callback", ["self.finished", "partial(Loader.finished, self)", "lambda future: self.finished(future)"])
def test_a_callback_that_is_added_under_the_lock_it_takes(tmp_path: Path, callback: str) -> None:
    source = CALLBACK.replace("add_done_callback(self.finished)", f"add_done_callback({callback})")
    (finding,) = proved(tmp_path, source)
    assert (finding.kind, finding.tier) == ("deadlock", "confirmed")
    fixed = source.replace("            job.add_done_callback", "        job.add_done_callback")
    assert fixed != source and not proved(tmp_path, fixed)


@pytest.mark.parametrize(
    ("change", "wrong"), [("event.set()", True), ("loop.call_soon(event.set)", True), ("loop.call_soon_threadsafe(event.set)", False)]
)
def test_an_event_loop_that_another_thread_uses(tmp_path: Path, change: str, wrong: bool) -> None:
    found = proved(tmp_path, FOREIGN.replace("CHANGE", change))
    assert [(each.kind, each.tier) for each in found] == ([("data_race", "confirmed")] if wrong else [])


@pytest.mark.parametrize("source", [IDLE, BEHIND_ITS_OWN])
@pytest.mark.parametrize(
    ("change", "wrong"), [("queue.put_nowait(1)", True), ("loop.call_soon_threadsafe(queue.put_nowait, 1)", False)]
)
def test_a_task_that_could_be_waiting_when_another_thread_uses_its_queue(tmp_path: Path, source: str, change: str, wrong: bool) -> None:
    found = proved(tmp_path, source.replace("CHANGE", change))
    assert [(each.kind, each.tier) for each in found] == ([("data_race", "confirmed")] if wrong else [])


SCANS = """\
import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

def scan(path):
    time.sleep(0.02)
    return path

async def note(seen, path):
    seen.append(path)

def scanned(loop, seen, future):
    noting = asyncio.run_coroutine_threadsafe(note(seen, future.result()), loop)
    WAIT

async def main():
    seen = []
    with ThreadPoolExecutor(SIZE) as pool:
        job = pool.submit(scan, "a")
        job.add_done_callback(partial(scanned, asyncio.get_running_loop(), seen))
        await asyncio.wrap_future(job)
        while not seen:
            await asyncio.sleep(0.005)

asyncio.run(main())
"""


@pytest.mark.parametrize(("size", "wait", "wrong"), [("2", "noting.result()", True), ("1", "noting.result()", True), ("2", "pass", False)])
def test_a_callback_that_waits_for_the_loop_in_whose_thread_it_may_be_called(tmp_path: Path, size: str, wait: str, wrong: bool) -> None:
    found = [each for each in proved(tmp_path, SCANS.replace("SIZE", size).replace("WAIT", wait)) if each.kind == "deadlock"]
    assert [each.tier for each in found] == (["confirmed"] if wrong else [])


@pytest.mark.parametrize(("join", "wrong"), [("thread.join()", True), ("close(thread)", True), ("await asyncio.to_thread(thread.join)", False)])
def test_a_loop_that_is_stopped_until_a_thread_ends_that_needs_it(tmp_path: Path, join: str, wrong: bool) -> None:
    found = [each for each in proved(tmp_path, CLOSING.replace("JOIN", join)) if each.kind == "deadlock"]
    assert [each.tier for each in found] == (["confirmed"] if wrong else [])


def test_a_queue_that_a_thread_makes_is_its_own(tmp_path: Path) -> None:
    assert not proved(tmp_path, MADE_ELSEWHERE)


def test_a_lock_of_asyncio_that_two_loops_use(tmp_path: Path) -> None:
    (finding,) = proved(tmp_path, TWO_LOOPS)
    assert (finding.kind, finding.tier) == ("data_race", "confirmed") and "on the event loops of two threads" in finding.title
    assert not proved(tmp_path, OF_ONE_LOOP)


@pytest.mark.parametrize(("put", "take", "wrong"), [(PUT_EARLY, TAKE_OUTSIDE, True), (PUT_EARLY, TAKE_INSIDE, False)])
def test_a_look_at_the_state_without_the_lock(tmp_path: Path, put: str, take: str, wrong: bool) -> None:
    found = proved(tmp_path, CONDITION.replace("PUT", put).replace("TAKE", take))
    assert [(each.kind, each.tier) for each in found if each.kind == "lost_wakeup"] == ([("lost_wakeup", "confirmed")] if wrong else [])


def test_a_pulse_is_missed_by_who_does_not_wait_yet(tmp_path: Path) -> None:
    found = [each for each in proved(tmp_path, PULSE) if each.kind == "lost_wakeup"]
    assert [each.tier for each in found] == ["confirmed"] and found[0].proof is not None
    assert "times out" in found[0].proof.outcome
    assert not [each for each in proved(tmp_path, PULSE.replace("        self.wake.clear()\n", "")) if each.kind == "lost_wakeup"]


def test_the_last_of_several_pulses_is_missed_for_good(tmp_path: Path) -> None:
    [found] = [each for each in proved(tmp_path, PULSES) if each.kind == "lost_wakeup"]
    assert found.tier == "confirmed" and found.proof is not None and "for the last time" in found.proof.reason


CRAWL = """\
import asyncio

async def worker(queue, begins, pages):
    await asyncio.sleep(begins)
    while not queue.empty():
        PACE
        address = await queue.get()
        await asyncio.sleep(0.001)
        pages.append(address)

async def main():
    queue, pages = asyncio.Queue(), []
    for address in ("/", "/news"):
        queue.put_nowait(address)
    await asyncio.gather(worker(queue, 0, pages), worker(queue, 0.05, pages))
    print(pages)

asyncio.run(main())
"""


@pytest.mark.parametrize(("pace", "wrong"), [("await asyncio.sleep(0.001)", True), ("pages.sort()", False)])
def test_a_task_that_gives_way_between_its_look_at_a_queue_and_its_wait_for_an_item(tmp_path: Path, pace: str, wrong: bool) -> None:
    found = proved(tmp_path, CRAWL.replace("PACE", pace))
    assert ["finds a queue not empty" in each.title for each in found if each.tier == "confirmed"] == [True] * wrong
