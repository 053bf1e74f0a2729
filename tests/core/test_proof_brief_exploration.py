"""What no detector foresees is found by a short exploration after the proofs; beside it, the same code mended."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from causeway_core.analysis import examine
from causeway_core.model import Finding
from causeway_core.proof.explore import Explorer, explore_briefly, worth_exploring
from causeway_core.proof.explore.brief import EFFORT
from causeway_core.proof.explore.sites import places
from causeway_core.proof.verify import EXPLORED, plan
from causeway_core.storage import Recording

from tests.support.proofs import ZYGOTES, record


@pytest.fixture(autouse=True)
def slow_runs_are_explored(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine a program of these may take longer to record than what is worth an exploration."""
    monkeypatch.setattr("causeway_core.proof.explore.brief.LONGEST_RUN_SECONDS", 60.0)


TICKETS = """\
import contextlib
import threading

def numbers():
    number = 0
    while True:
        number += 1
        yield number

class Office:
    def __init__(self):
        self.tickets = numbers()
        self.guard = GUARD

    def serve(self):
        with self.guard:
            return next(self.tickets)

office = Office()
desks = [threading.Thread(target=office.serve) for _ in range(2)]
for desk in desks:
    desk.start()
for desk in desks:
    desk.join()
"""
SCORES = """\
import threading

class Tally:
    def __init__(self):
        self.done = self.seen = 0

    def add(self, number):
        self.done = self.done + number
        self.done = self.done + number

    def look(self):
        self.seen = self.done

tally = Tally()
threads = [threading.Thread(target=target) for target in (lambda: tally.add(5), lambda: tally.SECOND)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(tally.SHOWN)
"""
MONEY = """\
import threading

class Branch:
    def __init__(self, cash):
        self.cash = cash

    def take(self, amount):
        self.cash -= amount

    def put(self, amount):
        self.cash += amount

def move(source, target):
    with guard:
        source.take(20)
        target.put(20)

def add_up(branches):
    with AUDIT:
        print(sum(branch.cash for branch in branches))

guard = threading.Lock()
branches = [Branch(50), Branch(0)]
clerk = threading.Thread(target=move, args=branches)
auditor = threading.Thread(target=add_up, args=(branches,))
clerk.start()
auditor.start()
clerk.join()
auditor.join()
"""

PROBES = """\
import threading

class Probes:
    def __init__(self):
        self.seen = {"north": 1, "south": 2}
        self.told = threading.Event()
        self.fresh = False

    def note(self):
        self.fresh = True
        self.told.set()

    def wait(self):
        if not self.fresh:
            BEFORE
            self.told.wait()

probes = Probes()
noting = threading.Thread(target=probes.note)
noting.start()
threading.Event().wait(0.05)
probes.wait()
noting.join()
"""
TALLY = """\
import fcntl
import multiprocessing
import os
import time

def load(file):
    file.seek(0)
    return int(file.read())

def put(number):
    with open("tally.new" + str(os.getpid()), "w") as file:
        file.write(str(number))
    os.replace(file.name, "tally")

def add(by):
    time.sleep(0.2 * by)
    with open("tally.lock", "a+") as lock, open("tally") as file:
        fcntl.flock(lock, fcntl.LOCK_EX)
        LATE
        put(load(file) + by)

if __name__ == "__main__":
    put(0)
    context = multiprocessing.get_context("fork")
    adding = [context.Process(target=add, args=(by,)) for by in (1, 2)]
    for process in adding:
        process.start()
    for process in adding:
        process.join()
    with open("tally") as file:
        print(load(file))
"""


def explored(folder: Path, program: str) -> tuple[Finding, ...]:
    """What is found in a program that ends well when it is recorded, besides what detectors find in its recording. What was explored is not explored
    again."""
    (folder / "app.py").write_text(program)
    assert record(["app.py"], folder / "run.causeway", root=folder) == 0
    with Recording.open(folder / "run.causeway") as recording:
        analysis = examine(recording)
        # As many runs on a busy machine as on a quick one.
        found = explore_briefly(recording, analysis, plan(recording, analysis), effort=replace(EFFORT, seconds=120), zygotes=ZYGOTES)
    with Recording.open(folder / "run.causeway") as recording:
        assert not worth_exploring(recording, ())
    return tuple(finding for finding in found if finding.rule == EXPLORED)


@pytest.mark.parametrize(("guard", "shared"), [("contextlib.nullcontext()", True), ("threading.Lock()", False)])
def test_a_generator_that_threads_share_is_entered_twice(tmp_path: Path, guard: str, shared: bool) -> None:
    found = explored(tmp_path, TICKETS.replace("GUARD", guard))
    assert ["ValueError in Office.serve" in each.proof.outcome for each in found if each.proof is not None] == ([True] if shared else [])


@pytest.mark.parametrize(("audit", "torn"), [("threading.Lock()", True), ("guard", False)])
def test_what_is_read_within_a_change_of_several_calls_adds_up_to_something_else(tmp_path: Path, audit: str, torn: bool) -> None:
    found = explored(tmp_path, MONEY.replace("AUDIT", "audit").replace("\nbranches =", f"\naudit = {audit}\nbranches ="))
    assert len(found) == torn
    assert all("30" in each.proof.outcome or "70" in each.proof.outcome for each in found if each.proof is not None)


@pytest.mark.parametrize(("second", "shown", "tier"), [("add(2)", "done", "confirmed"), ("look()", "seen", "hint")])
def test_an_end_that_no_serial_order_gives_counts_where_an_update_is_lost(tmp_path: Path, second: str, shown: str, tier: str) -> None:
    (found,) = explored(tmp_path, SCORES.replace("SECOND", second).replace("SHOWN", shown))
    assert found.tier == tier
    assert ("Tally.done" in found.title and "lost" in found.title) == (tier == "confirmed")


TWO_ENDS = """\
import threading

class Tally:
    def __init__(self):
        self.done = self.seen = 0

    def add(self, number):
        self.done = self.done + number
        self.done = self.done + number

    def look(self):
        self.seen = self.done

def at_once(*calls):
    threads = [threading.Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

first, second = Tally(), Tally()
at_once(lambda: first.add(5), first.look)
at_once(lambda: second.add(5), lambda: second.add(2))
print(first.seen, second.done)
"""


def interrupted(folder: Path, program: str) -> tuple[Finding, ...]:
    """What interruptions alone find in a program that ends well when it is recorded."""
    (folder / "app.py").write_text(program)
    assert record(["app.py"], folder / "run.causeway", root=folder) == 0
    with Recording.open(folder / "run.causeway") as recording:
        return Explorer(recording, examine(recording), replace(EFFORT, seconds=120), zygotes=ZYGOTES).explore().findings


def test_an_end_without_harm_does_not_end_the_search(tmp_path: Path) -> None:
    (found,) = interrupted(tmp_path, TWO_ENDS)
    assert found.tier == "confirmed" and "an update of Tally.done is lost" in found.title


LINE = """\
import threading
import time

class Line:
    def __init__(self):
        self.open = True
        self.sent = []
        self.guard = threading.RLock()

    def send(self, text):
        with self.guard:
            if not self.open:
                raise RuntimeError("closed")
            self.sent.append(text)

    def close(self):
        with self.guard:
            self.open = False

def pump(line):
    with line.guard:
        if not line.open:
            return
    SEND

line = Line()
pumping = threading.Thread(target=pump, args=(line,))
pumping.start()
time.sleep(0.2)
line.close()
pumping.join()
AFTER
"""


@pytest.mark.parametrize(
    ("send", "after", "late"),
    [("line.send(1)", "pass", True), ("    line.send(1)", "pass", False), ("    line.send(1)", "print(line.sent[0])", False)],
    ids=["closed after the check", "closed before or after", "the sleeper relies on it"],
)
def test_what_a_sleeping_actor_does_next_comes_while_another_is_at_work(tmp_path: Path, send: str, after: str, late: bool) -> None:
    found = interrupted(tmp_path, LINE.replace("SEND", send).replace("AFTER", after))
    assert ["RuntimeError in Line.send" in each.title for each in found if each.tier != "hint"] == ([True] if late else [])


QUESTION = """\
import threading

class Question:
    def __init__(self):
        self.guard = threading.Lock()
        self.open = True
        self.given = threading.Event()
        self.answer = None

    def ask(self):
        in_time = self.given.wait(0.2)
        with self.guard:
            self.open = False
            WITHDRAWN
        return self.answer if in_time else None

    def take(self, answer):
        with self.guard:
            if self.open:
                self.answer = answer
                self.given.set()
            return self.open

question = Question()
taken = []
answering = threading.Thread(target=lambda: taken.append(question.take("yes")))
answering.start()
answer = question.ask()
answering.join()
print(answer, taken)
"""


@pytest.mark.parametrize(("withdrawn", "lost"), [("pass", True), ("in_time = self.answer is not None", False)])
def test_an_answer_that_comes_after_the_time_and_before_the_question_is_withdrawn(tmp_path: Path, withdrawn: str, lost: bool) -> None:
    found = explored(tmp_path, QUESTION.replace("WITHDRAWN", withdrawn))
    assert [(each.tier, each.resource) for each in found if each.tier != "hint"] == ([("confirmed", "Question.given")] if lost else [])


@pytest.mark.parametrize("program", [TICKETS.replace("GUARD", "contextlib.nullcontext()"), QUESTION.replace("WITHDRAWN", "pass")])
def test_what_an_exploration_confirms_went_wrong_as_often_as_was_asked(tmp_path: Path, program: str) -> None:
    (tmp_path / "app.py").write_text(program)
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    with Recording.open(tmp_path / "run.causeway") as recording:
        analysis = examine(recording)
        found = explore_briefly(recording, analysis, plan(recording, analysis), repeat=5, zygotes=ZYGOTES)
    assert [each.reproduced for each in found if each.tier == "confirmed"] == [(5, 5)]


GATE = """import threading

class Gate:
    def __init__(self):
        self.arrived = 0
        self.opened = 0
        self.guard = threading.Lock()

    def arrive(self):
        with self.guard:
            self.arrived += 1
        TEST:
            self.opened += 1

gate = Gate()
guests = [threading.Thread(target=gate.arrive) for _ in range(2)]
for guest in guests:
    guest.start()
for guest in guests:
    guest.join()
print(gate.opened)
"""


@pytest.mark.parametrize(("test", "late"), [("if self.arrived == 2", True), ("    if self.arrived == 2", False)])
def test_a_count_that_is_tested_after_another_has_counted(tmp_path: Path, test: str, late: bool) -> None:
    found = explored(tmp_path, GATE.replace("        TEST:\n    ", f"        {test}:\n    {test[: len(test) - len(test.lstrip())]}"))
    assert [each.tier for each in found] == (["confirmed"] if late else [])


@pytest.mark.slow
@pytest.mark.parametrize(("before", "late"), [("self.told.clear()", True), ("pass", False)])
def test_a_branch_that_the_recorded_run_never_took_is_stopped_in(tmp_path: Path, before: str, late: bool) -> None:
    found = explored(tmp_path, PROBES.replace("BEFORE", before))
    assert [each.kind for each in found] == (["deadlock"] if late else [])


@pytest.mark.slow
@pytest.mark.parametrize(("late", "lost"), [("pass", True), ('file = open("tally")', False)])
def test_what_a_process_opens_before_it_has_the_lock_is_old(tmp_path: Path, late: str, lost: bool) -> None:
    found = explored(tmp_path, TALLY.replace("LATE", late))
    assert [each.tier for each in found] == (["confirmed"] if lost else [])


FEED = """\
import asyncio
import contextlib

async def prices():
    for price in (10, 11, 12):
        await asyncio.sleep(0.001)
        yield price

async def follow(feed, guard, begins):
    await asyncio.sleep(begins)
    try:
        while True:
            async with guard:
                await anext(feed)
    except StopAsyncIteration:
        return "seen"
    except CAUGHT:
        return "offline"

async def main():
    feed, guard = prices(), GUARD
    print(await asyncio.gather(follow(feed, guard, 0), follow(feed, guard, 0.05), return_exceptions=True))

asyncio.run(main())
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("guard", "caught", "shared"),
    [("contextlib.nullcontext()", "OSError", True), ("contextlib.nullcontext()", "RuntimeError", True), ("asyncio.Lock()", "RuntimeError", False)],
)
def test_an_asynchronous_generator_that_tasks_share_fails_whoever_sees_the_error(tmp_path: Path, guard: str, caught: str, shared: bool) -> None:
    found = explored(tmp_path, FEED.replace("GUARD", guard).replace("CAUGHT", caught))
    assert [each.tier for each in found] == (["confirmed"] if shared else [])


SLOTS = """\
import threading

class Sums:
    def __init__(self):
        self.slots = [0, 0]

    def put(self, number):
        self.slots[number] = number

sums = Sums()
putting = [threading.Thread(target=sums.put, args=(number,)) for number in range(2)]
for each in putting:
    each.start()
for each in putting:
    each.join()
"""


def test_unrecorded_changes_of_an_object_are_placed_where_actors_read_it(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(SLOTS)
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    with Recording.open(tmp_path / "run.causeway") as recording:
        found = {place.name for _, place in places(recording, examine(recording)) if place.access == "read"}
    assert "slots" in found


PARCELS = """\
import threading

class Van:
    def __init__(self):
        self.guard = threading.Lock()
        self.parcels, self.trip, self.trips, self.brought = [], None, [], []

    def load(self, parcel):
        with self.guard:
            self.parcels.append(parcel)
            if self.trip is None:
                self.trip = threading.Timer(0.02, self.drive)
                self.trips.append(self.trip)
                self.trip.start()

    def drive(self):
        with self.guard:
            parcels, self.parcels = self.parcels, []
            EARLY
        self.brought.extend(parcels)
        with self.guard:
            LATE

van = Van()
van.load("book")
threading.Event().wait(0.1)
van.load("lamp")
threading.Event().wait(0.005)
van.load("vase")
for trip in list(van.trips):
    trip.join()
print(len(van.trips) > 5)
"""


@pytest.mark.slow
@pytest.mark.parametrize(("early", "late", "left"), [("pass", "self.trip = None", True), ("self.trip = None", "pass", False)])
def test_what_stays_in_a_place_that_is_emptied_otherwise_was_lost(tmp_path: Path, early: str, late: str, left: bool) -> None:
    found = explored(tmp_path, PARCELS.replace("EARLY", early).replace("LATE", late))
    assert [each.tier for each in found] == (["confirmed"] if left else []), found
    assert all("Van.parcels still holds" in each.title for each in found)


POOL = """\
import collections
import queue
import threading

jobs, guard = queue.Queue(), threading.Lock()
failures = collections.Counter()

def work():
    while (job := jobs.get()) is not None:
        try:
            int(job)
        except ValueError:
            with GUARD:
                failures[job] += 1
        jobs.task_done()

workers = [threading.Thread(target=work) for _ in range(3)]
for worker in workers:
    worker.start()
for job in ("1", "bad", "2", "bad", "bad"):
    jobs.put(job)
jobs.join()
for worker in workers:
    jobs.put(None)
for worker in workers:
    worker.join()
print(failures)
"""


@pytest.mark.slow
@pytest.mark.parametrize(("lock", "lost"), [("threading.Lock()", True), ("guard", False)])
def test_what_one_worker_of_a_pool_did_is_shared_in_another_run(tmp_path: Path, lock: str, lost: bool) -> None:
    found = explored(tmp_path, POOL.replace("GUARD", lock))
    assert [(each.tier, each.kind, each.resource) for each in found] == ([("confirmed", "lost_update", "failures['bad']")] if lost else [])
    assert all("another run" in each.explanation and each.accesses[0].at is not None for each in found)


DESK = """\
import asyncio

class Desk:
    def __init__(self):
        self.seats = SEATS

    async def sit(self):
        if self.seats FULL:
            raise RuntimeError("no seat left")
        TAKE
        await asyncio.sleep(0.001)
        GIVE

async def guest(desk, begins):
    await asyncio.sleep(begins)
    await desk.sit()

async def main():
    desk = Desk()
    await asyncio.gather(guest(desk, 0), guest(desk, 0.05))
    print(desk.seats)

asyncio.run(main())
"""
ON_LOAN = {"SEATS": "1", "FULL": "== 0", "TAKE": "self.seats -= 1", "GIVE": "self.seats += 1"}
BY_THE_WAY = {"SEATS": "None", "FULL": "== 'dirty'", "TAKE": "self.seats = 'dirty'", "GIVE": "self.seats = 'clean'"}


@pytest.mark.slow
@pytest.mark.parametrize(("desk", "tier"), [(ON_LOAN, "hint"), (BY_THE_WAY, "confirmed")], ids=["given back", "not brought back"])
def test_who_is_refused_what_another_has_and_gives_back_is_refused_by_design(tmp_path: Path, desk: dict[str, str], tier: str) -> None:
    program = DESK
    for name, text in desk.items():
        program = program.replace(name, text)
    assert [each.tier for each in explored(tmp_path, program)] == [tier]


UPDATES = """\
import asyncio

class Store:
    def __init__(self):
        self.status = "working"
        self.events = {}

    async def result(self):
        while await self.get() != "completed":
            event = self.events['build'] = asyncio.Event()
            await event.wait()
        return self.status

    async def get(self):
        await asyncio.sleep(0)
        return self.status

    async def update(self):
        await asyncio.sleep(0.03)
        self.status = "completed"
        if "build" in self.events:
            self.events["build"].set()

async def client(store, after):
    await asyncio.sleep(after)
    return await store.result()

async def main():
    store = Store()
    await asyncio.gather(store.update(), client(store, 0), client(store, 0.06))

asyncio.run(main())
"""


def test_an_order_that_a_serial_run_shows_to_fail_is_made_of_an_interrupted_run(tmp_path: Path) -> None:
    [found] = explored(tmp_path, UPDATES)
    assert (found.kind, found.tier) == ("deadlock", "confirmed")


LAMPS = """\
import asyncio

class Hub:
    def __init__(self):
        self.lamp = self.shown = "off"

    async def poll(self):
        state = self.lamp
        await asyncio.sleep(0.002)
        self.shown = str(state)

    async def turn_on(self):
        await asyncio.sleep(0.15)
        self.lamp = "on"
        self.shown = "on"

async def main():
    hub = Hub()
    await asyncio.gather(hub.poll(), hub.turn_on())
    print(hub.shown)

asyncio.run(main())
"""


def test_a_stale_value_that_comes_last_is_a_lost_update(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(LAMPS)
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    with Recording.open(tmp_path / "run.causeway") as recording:
        [found] = Explorer(recording, examine(recording), replace(EFFORT, seconds=120), zygotes=ZYGOTES).explore().findings
    assert (found.kind, found.tier) == ("lost_update", "confirmed")
    assert found.title.startswith("an update of Hub.shown is lost")


REPLIES = """\
import queue
import threading

class Channel:
    def __init__(self):
        self.requests = queue.Queue()
        self.callbacks = {}
        self.unknown = 0

    def send(self, number):
        FIRST
        THEN

    def receive(self):
        for number in iter(self.requests.get, None):
            self.reply(number)

    def reply(self, number):
        callback = self.callbacks.pop(number, None)
        if callback is None:
            self.unknown += 1
        else:
            callback(number)

channel, replies = Channel(), []
receiver = threading.Thread(target=channel.receive)
receiver.start()
for number in (1, 2):
    channel.send(number)
channel.requests.put(None)
receiver.join()
print(replies, channel.unknown)
"""


@pytest.mark.parametrize("late", [True, False])
def test_a_statement_that_calls_the_place_of_the_other_turn_is_held_where_it_begins(tmp_path: Path, late: bool) -> None:
    stores, sends = "self.callbacks[number] = replies.append", "self.requests.put(number)"
    program = REPLIES.replace("FIRST", sends if late else stores).replace("THEN", stores if late else sends)
    found = explored(tmp_path, program)
    assert [finding.tier for finding in found] == (["confirmed"] if late else [])


LINES = """\
import contextlib
import threading
from collections import deque

class Appender:
    def __init__(self):
        self.lines = deque()
        self.guard = GUARD
        self.closed = False
        self.closes = threading.Event()

    def append(self, line):
        with self.guard:
            if not self.closed:
                self.lines.append(line)

    def write(self):
        self.closes.wait()
        while self.lines:
            self.lines.popleft()

    def close(self):
        with self.guard:
            self.closed = True
        self.closes.set()

appender = Appender()
writer = threading.Thread(target=appender.write)
service = threading.Thread(target=appender.append, args=("up",))
writer.start()
service.start()
appender.close()
writer.join()
service.join()
"""


@pytest.mark.slow
@pytest.mark.parametrize(("guard", "left"), [("contextlib.nullcontext()", True), ("threading.Lock()", False)])
def test_a_serial_run_that_puts_nothing_in_says_nothing_of_what_stays_there(tmp_path: Path, guard: str, left: bool) -> None:
    found = explored(tmp_path, LINES.replace("GUARD", guard))
    assert [each.tier for each in found] == (["confirmed"] if left else []), found
    assert all("Appender.lines still holds ['up']" in each.title for each in found)
