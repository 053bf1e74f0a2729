"""Orders between who starts and who is started, who sets and who would wait, that an ordinary run does not show; beside each, the same mended."""

from __future__ import annotations

from pathlib import Path

import pytest
from causeway_core.analysis import examine
from causeway_core.model import Finding
from causeway_core.storage import Recording

from tests.support.proofs import judged, record

LINK = """\
import threading, time

class Link:
    def __init__(self):
        self.up, self.changed = False, threading.Event()

    def bring_up(self):
        self.up = True
        self.changed.set()

    def wait(self):
        WAIT

link = Link()
threading.Thread(target=link.bring_up, daemon=True).start()
time.sleep(0.05)  # no order: nothing but time lets the thread come first
link.wait()
"""
CLEARS_LATE = """
        if not self.up:
            self.changed.clear()
            self.changed.wait()"""
CLEARS_FIRST = """
        self.changed.clear()
        if not self.up:
            self.changed.wait()"""
LOOKS_AGAIN = """
        if not self.up:
            self.changed.clear()
            if not self.up:
                self.changed.wait()"""
KEEPS = """
        if not self.up:
            self.changed.wait()"""

JOB = """\
import threading, time

class Job:
    slot = None

    def __init__(self, done):
        self.done, self.thread = done, threading.Thread(target=self.run)

    def run(self):
        LOOK
        self.done.append(f"slot {self.slot}")

done = []

def launch(slot):
    job = Job(done)
    EARLY
    job.thread.start()
    LATE
    job.thread.join()

launch(4)
print(done)
"""

TASK = """\
import asyncio

class Job:
    def __init__(self, done):
        self.done, self.slot = done, None

    async def run(self):
        await asyncio.sleep(0.02)
        self.done.append(f"slot {self.slot}")

async def slot_of(job):
    await asyncio.sleep(0.001)
    return 4

async def main():
    done = []
    job = Job(done)
    LAUNCH
    await task
    print(done)

asyncio.run(main())
"""

SHEETS = """\
import threading, time

class Spool:
    def __init__(self):
        self.sheets, self.more = [], threading.Condition()

    def empty(self):
        return not self.sheets

    def take(self):
        TAKE

def put(spool):
    with spool.more:
        spool.sheets.append("sheet")
        spool.more.notify()

spool = Spool()
taker = threading.Thread(target=spool.take)
taker.start()
time.sleep(0.05)  # no order: nothing but time lets the taker wait first
put(spool)
taker.join()
"""
ASKS_FIRST = """
        if self.empty():
            with self.more:
                self.more.wait()"""
ASKS_UNDER_THE_LOCK = """
        with self.more:
            while self.empty():
                self.more.wait()"""


def proved(tmp_path: Path, source: str) -> list[Finding]:
    (tmp_path / "app.py").write_text(source)
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    return judged(tmp_path / "run.causeway")


@pytest.mark.parametrize(("wait", "wrong"), [(CLEARS_LATE, True), (CLEARS_FIRST, False), (LOOKS_AGAIN, False), (KEEPS, False)])
def test_an_event_would_be_cleared_after_the_look_by_who_did_not_have_to_wait(tmp_path: Path, wait: str, wrong: bool) -> None:
    found = [each.tier for each in proved(tmp_path, LINK.replace("WAIT", wait.strip())) if each.kind == "lost_wakeup"]
    assert found == (["confirmed"] if wrong else [])


@pytest.mark.parametrize(
    ("early", "late", "look", "wrong"),
    [
        ("pass", "job.slot = slot", "time.sleep(0.05)", True),
        ("job.slot = slot", "pass", "time.sleep(0.05)", False),
        ("pass", "job.slot = slot", "time.sleep(0.05)\n        if self.slot is None: return", False),
    ],
)
def test_a_thread_is_given_what_it_needs_when_it_runs_already(tmp_path: Path, early: str, late: str, look: str, wrong: bool) -> None:
    found = proved(tmp_path, JOB.replace("EARLY", early).replace("LATE", late).replace("LOOK", look))
    assert [each.tier for each in found if "after it has started" in each.title] == (["confirmed"] if wrong else [])


@pytest.mark.parametrize(("launch", "wrong"), [
    ("task = asyncio.create_task(job.run())\n    job.slot = await slot_of(job)", True),
    ("slot = await slot_of(job)\n    task = asyncio.create_task(job.run())\n    job.slot = slot", False),
])  # fmt: skip
def test_a_task_is_given_what_it_needs_after_an_await(tmp_path: Path, launch: str, wrong: bool) -> None:
    found = proved(tmp_path, TASK.replace("LAUNCH", launch))
    assert [each.tier for each in found if "after it has started" in each.title] == (["confirmed"] if wrong else [])


MAILBOX = """\
import threading, time

class Mailbox:
    def __init__(self):
        self.changed, self.pending = threading.Condition(), []

class Reader(threading.Thread):
    def __init__(self, box):
        super().__init__(daemon=True)
        self.box = box
        self.box.reader = self

    def run(self):
        if not self.box.pending:
            with self.box.changed:
                self.box.changed.wait(1)

box = Mailbox()
reader = Reader(box)
reader.start()
time.sleep(0.05)  # no order: nothing but time lets the reader wait first
box.pending.append("letter")
with box.changed:
    box.changed.notify_all()
reader.join()
"""


def test_the_state_that_is_looked_at_is_what_changes_meanwhile(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(MAILBOX)
    record([str(tmp_path / "program.py")], tmp_path / "run.causeway", root=tmp_path)
    with Recording.open(tmp_path / "run.causeway") as recording:
        [found] = [each for each in examine(recording).findings if each.kind == "lost_wakeup" and "checks the state" in each.title]
    looks = [access.line for access in found.accesses if access.role == "look"]
    assert looks == [14]


DISPATCHER = """\
import threading

class Dispatcher:
    def __init__(self):
        self.changed, self.jobs, self.stopped = threading.Condition(), [], False

    def run(self):
        while not self.stopped:
            with self.changed:
                if not self.jobs:
                    self.changed.wait()
                done = self.jobs.pop() if self.jobs else threading.Event()
            done.set()

    def add(self, done):
        with self.changed:
            self.jobs.append(done)
            self.changed.notify()

    def stop(self):
        self.stopped = True
        with self.changed:
            self.changed.notify_all()

dispatcher = Dispatcher()
worker = threading.Thread(target=dispatcher.run, daemon=True)
worker.start()
done = threading.Event()
dispatcher.add(done)
done.wait()
dispatcher.stop()
worker.join()
"""


def test_the_notification_that_is_missed_is_the_one_about_the_state_that_was_checked(tmp_path: Path) -> None:
    [found] = [each for each in proved(tmp_path, DISPATCHER) if each.kind == "lost_wakeup"]
    assert "`stop` could notify in between" in found.title
    assert (found.tier, found.proof and "hangs" in found.proof.outcome) == ("confirmed", True)


CHANNEL = """\
import queue, threading

class Request:
    def __init__(self):
        self.answered = threading.Event()

class Channel:
    def __init__(self):
        self.sent, self.lock, self.requests = queue.Queue(), threading.Lock(), {}

    def ask(self, number):
        request = Request()
        ASK
        if not request.answered.wait(1):
            raise RuntimeError("no answer")

    def enter(self, number, request):
        with self.lock:
            self.requests[number] = request

    def read(self):
        number = self.sent.get()
        threading.Event().wait(0.05)  # no order: nothing but time lets the entry come first
        with self.lock:
            request = self.requests.pop(number, None)
        if request is not None:
            request.answered.set()

channel = Channel()
reader = threading.Thread(target=channel.read, daemon=True)
reader.start()
channel.ask(1)
reader.join()
"""
SEND, ENTER = "self.sent.put(number)", "self.enter(number, request)"


@pytest.mark.parametrize(("steps", "late"), [((SEND, ENTER), True), ((ENTER, SEND), False)])
def test_an_answer_that_arrives_before_the_request_is_registered_is_lost(tmp_path: Path, steps: tuple[str, str], late: bool) -> None:
    (tmp_path / "app.py").write_text(CHANNEL.replace("ASK", "; ".join(steps)))
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    found = judged(tmp_path / "run.causeway")
    assert [each.tier for each in found if "the waiter is never woken" in each.title] == (["confirmed"] if late else [])
    assert late or all(each.tier == "hint" for each in found)


GATE = """\
import threading

class Gate:
    def __init__(self):
        self.moved, self.shut, self.came = threading.Condition(), True, []
        self.asleep = threading.Event()

    def open(self):
        with self.moved:
            self.shut = False
            self.moved.notify_all()

    def close(self):
        with self.moved:
            self.shut = True

    def pass_through(self):
        with self.moved:
            self.asleep.set()
            LOOP self.shut:
                self.moved.wait(LIMIT)
            self.came.append(self.shut)

gate = Gate()
thread = threading.Thread(target=gate.pass_through)
thread.start()
gate.asleep.wait()
gate.open()
threading.Event().wait(0.05)  # no order: nothing but time lets the thread go on first
gate.close()
thread.join()
print(gate.came)
"""


@pytest.mark.parametrize(("loop", "limit", "wrong"), [("if", "", True), ("while", "0.5", False)])
def test_what_a_thread_was_woken_for_is_undone_before_it_has_the_lock_again(tmp_path: Path, loop: str, limit: str, wrong: bool) -> None:
    found = [(each.kind, each.tier) for each in proved(tmp_path, GATE.replace("LOOP", loop).replace("LIMIT", limit)) if each.tier != "hint"]
    assert found == ([("atomicity_violation", "confirmed")] if wrong else [])


HATCH = """\
import threading

class Hatch:
    def __init__(self):
        self.moved, self.plate = threading.Condition(), None

    def put(self, plate):
        with self.moved:
            while self.plate is not None:
                self.moved.wait()
            self.plate = plate
            self.moved.NOTIFY()

    def take(self):
        with self.moved:
            while self.plate is None:
                self.moved.wait()
            plate, self.plate = self.plate, None
            self.moved.NOTIFY()
        return plate

hatch, taken = Hatch(), []

def serve():
    taken.append(hatch.take())

staff = [threading.Thread(target=hatch.put, args=(dish,)) for dish in ("soup", "rice")] + [threading.Thread(target=serve) for _ in range(2)]
for each in staff:
    each.start()
for each in staff:
    each.join()
print(sorted(taken))
"""


WAIT_LOOP = "while self.plate is None:\n                self.moved.wait()"


@pytest.mark.parametrize(
    ("notify", "wait", "wrong"),
    [("notify", WAIT_LOOP, True), ("notify", "self.moved.wait_for(lambda: self.plate is not None)", True), ("notify_all", WAIT_LOOP, False)],
)
def test_one_is_woken_who_waits_for_something_else(tmp_path: Path, notify: str, wait: str, wrong: bool) -> None:
    source = HATCH.replace("NOTIFY", notify).replace(WAIT_LOOP, wait)
    found = [(each.kind, each.tier) for each in proved(tmp_path, source) if each.tier != "hint"]
    assert found == ([("lost_wakeup", "confirmed")] if wrong else [])


@pytest.mark.parametrize(("take", "resources"), [(ASKS_FIRST, ["Spool.more"]), (ASKS_UNDER_THE_LOCK, [])])
def test_a_state_that_a_helper_checks_outside_the_lock_of_the_wait(tmp_path: Path, take: str, resources: list[str]) -> None:
    (tmp_path / "app.py").write_text(SHEETS.replace("TAKE", take))
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    with Recording.open(tmp_path / "run.causeway") as recording:
        found = examine(recording).findings
    assert [each.resource for each in found if "checks the state before it acquires" in each.title] == resources


BOX = """\
import queue
import threading

class Box:
    def __init__(self):
        self.items, self.changed = [], threading.Condition()

    def notify(self):
        with self.changed:
            self.changed.notify_all()

    def put(self, item):
        PUT

    def get(self):
        GET

    def wait(self):
        WAIT

def read(box, answers):
    threading.Event().wait(0.02)  # nothing but time lets the first letter come before the reader looks, and the second after it
    for _ in range(2):
        answers.put(box.get())

box, answers = Box(), queue.SimpleQueue()
threading.Thread(target=read, args=(box, answers), daemon=True).start()
box.put("first")
print(answers.get())
threading.Event().wait(0.05)
box.put("second")
print(answers.get())
"""
UNLOCKED = {
    "PUT": "self.items.append(item)\n        self.notify()",
    "GET": "while not self.items:\n            self.wait()\n        return self.items.pop()",
    "WAIT": "with self.changed:\n            self.changed.wait()",
}
LOCKED = {
    "PUT": "with self.changed:\n            self.items.append(item)\n            self.notify()",
    "GET": "with self.changed:\n            while not self.items:\n                self.wait()\n            return self.items.pop()",
    "WAIT": "self.changed.wait()",
}


@pytest.mark.parametrize(("parts", "wrong"), [(UNLOCKED, True), (LOCKED, False)])
def test_the_caller_of_the_wait_checks_before_the_caller_of_the_notification_sets(tmp_path: Path, parts: dict[str, str], wrong: bool) -> None:
    program = BOX
    for name, text in parts.items():
        program = program.replace(name, text)
    found = [(each.kind, each.tier) for each in proved(tmp_path, program) if each.tier != "hint"]
    assert found == ([("lost_wakeup", "confirmed")] if wrong else [])


TRANSFER = """\
import threading, time

class Transfer:
    def __init__(self):
        self.done, self.handle = threading.Event(), None

    def reply(self, blocks):
        REPLY

    def wait(self):
        self.done.wait()
        return [] if self.handle is None else self.handle

transfer = Transfer()
reader = threading.Thread(target=lambda: [transfer.reply(each) for each in ([3, 4], [3, 4])])
reader.start()
time.sleep(0.05)  # no order: nothing but time lets the reply be complete
print(transfer.wait())
reader.join()
"""
SETS_FIRST = "self.done.set()\n        self.handle = blocks"
SETS_LAST = "self.handle = blocks\n        self.done.set()"
COUNTS_AFTERWARDS = "self.handle = blocks\n        self.done.set()\n        self.replies = 1"
SETS_IN_EACH_CALL = "if self.done.is_set():\n            self.handle = blocks\n        self.done.set()"


@pytest.mark.parametrize(("reply", "wrong"), [(SETS_FIRST, True), (SETS_LAST, False), (COUNTS_AFTERWARDS, False)])
def test_an_event_is_set_before_what_it_announces_is_written(tmp_path: Path, reply: str, wrong: bool) -> None:
    found = [(each.kind, each.resource, each.tier) for each in proved(tmp_path, TRANSFER.replace("REPLY", reply)) if each.tier != "hint"]
    assert found == ([("order_violation", "Transfer.handle", "confirmed")] if wrong else [])


def test_what_the_next_call_writes_is_not_what_the_event_announced(tmp_path: Path) -> None:
    found = proved(tmp_path, TRANSFER.replace("REPLY", SETS_IN_EACH_CALL))
    assert not [each for each in found if "before it writes" in each.title]


OFFICE = """\
import queue
import threading
import time

class Office:
    def __init__(self):
        self.idle = threading.Event()
        self.idle.set()
        self.letters = queue.Queue()
        self.sent = []

    def order(self, letter):
        ORDERED
        self.letters.put(letter)

    def work(self):
        while (letter := self.letters.get()) is not None:
            BEGINS
            time.sleep(0.02)
            self.sent.append(letter)
            self.idle.set()

def main():
    office = Office()
    clerk = threading.Thread(target=office.work)
    clerk.start()
    office.order("a letter")
    time.sleep(0.01)
    office.idle.wait()
    READS
    office.letters.put(None)
    clerk.join()
    return sent if sent is not None else list(office.sent)

print(main())
"""


@pytest.mark.parametrize(
    ("parts", "wrong"),
    [
        (("pass", "self.idle.clear()", "sent = list(office.sent)"), True),
        (("self.idle.clear()", "pass", "sent = list(office.sent)"), False),
        (("pass", "self.idle.clear()", "sent = None"), False),
    ],
    ids=["cleared late", "cleared before", "only slowed down"],
)
def test_an_event_is_still_set_when_what_was_asked_for_is_waited_for(tmp_path: Path, parts: tuple[str, str, str], wrong: bool) -> None:
    ordered, begins, reads = parts
    found = proved(tmp_path, OFFICE.replace("ORDERED", ordered).replace("BEGINS", begins).replace("READS", reads))
    resources = [(each.tier, each.resource) for each in found if each.tier != "hint"]
    assert resources == ([("confirmed", "Office.idle")] if wrong else []), [each.title for each in found]


STUDIO = """\
import asyncio

class Studio:
    def __init__(self):
        self.free = asyncio.Event()
        self.free.set()
        self.takes = asyncio.Queue()
        self.recorded = []

    async def engineer(self):
        while True:
            take = await self.takes.get()
            self.free.clear()
            await asyncio.sleep(0.002)
            self.recorded.append(take)
            self.free.set()

async def main():
    studio = Studio()
    engineer = asyncio.create_task(studio.engineer())
    await asyncio.sleep(0.001)
    studio.takes.put_nowait("one")
    await asyncio.sleep(0.001)
    await studio.free.wait()
    print(studio.recorded)
    engineer.cancel()

asyncio.run(main())
"""


def test_a_task_finds_an_event_still_set_too(tmp_path: Path) -> None:
    found = proved(tmp_path, STUDIO)
    assert [(each.tier, each.resource) for each in found if each.rank < 1 and each.kind == "order_violation"] == [("confirmed", "Studio.free")]


CLIENT = """\
import asyncio

class Client:
    def __init__(self):
        self.closed = False
        self.ended = asyncio.Event()

    @property
    def is_open(self):
        return not self.closed

    async def listen(self):
        LISTENS

    async def close(self):
        self.closed = True
        await self.ended.wait()

async def main():
    client = Client()
    listening = asyncio.create_task(client.listen())
    await asyncio.sleep(0.05)
    await client.close()
    await listening

asyncio.run(main())
"""
CHECKS_FIRST = """await asyncio.sleep(0.002)
        if not self.is_open:
            return
        try:
            while not self.closed:
                await asyncio.sleep(0.002)
        finally:
            self.ended.set()
"""
CHECKS_INSIDE = """await asyncio.sleep(0.002)
        try:
            if not self.is_open:
                return
            while not self.closed:
                await asyncio.sleep(0.002)
        finally:
            self.ended.set()
"""


@pytest.mark.parametrize(("listens", "wrong"), [(CHECKS_FIRST, True), (CHECKS_INSIDE, False)])
def test_who_sets_an_event_may_give_up_before_that(tmp_path: Path, listens: str, wrong: bool) -> None:
    found = proved(tmp_path, CLIENT.replace("LISTENS", listens))
    hangs = [(each.tier, each.resource) for each in found if each.kind == "lost_wakeup" and each.tier != "hint"]
    assert hangs == ([("confirmed", "Client.ended")] if wrong else []), [each.title for each in found]
