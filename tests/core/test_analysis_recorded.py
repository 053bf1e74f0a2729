"""The analysis over real recordings of small programs modelled on real bugs, and their fixed twins."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from causeway_core.analysis import analyze
from causeway_core.graph import CausalGraph
from causeway_core.model import Finding
from causeway_core.storage import Recording

from tests.corpus.record import record, record_main

PROGRAMS = Path(__file__).parents[1] / "corpus" / "programs"
LABELS = json.loads((PROGRAMS / "labels.json").read_text())
QUICK = (
    "repository",
    "repository_fixed",
    "pool_limit",
    "pool_limit_fixed",
    "lru_threads",
    "lru_threads_fixed",
    "broadcast",
    "broadcast_fixed",
    "startup",
    "startup_fixed",
)


def findings_of(name: str, tmp_path: Path) -> tuple[Finding, ...]:
    file = tmp_path / f"{name}.causeway"
    assert record_main(PROGRAMS / f"{name}.py", file) == 0
    with Recording.open(file) as recording:
        return analyze(recording)


def check(name: str, tmp_path: Path) -> None:
    firm = [each for each in findings_of(name, tmp_path) if each.tier in ("likely", "latent")]
    assert bool(firm) is LABELS[name]["bug"], [each.title for each in firm]


@pytest.mark.parametrize("name", QUICK)
def test_programs(name: str, tmp_path: Path) -> None:
    check(name, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(name for name, label in LABELS.items() if label["set"] == "first" and name not in QUICK))
def test_all_programs(name: str, tmp_path: Path) -> None:
    check(name, tmp_path)


def test_a_finding_tells_the_whole_story_and_is_kept_in_the_recording(tmp_path: Path) -> None:
    (finding,) = findings_of("repository", tmp_path)
    assert (finding.id, finding.kind, finding.tier) == ("F1", "lost_update", "likely")
    assert finding.accesses[0].file == "repository.py" and finding.accesses[0].function == "Repository.load"
    assert finding.title == (
        "`withdraw` reads Repository.rows['a'], then writes it; `save` in another task could write it in between: one update would be lost"
    )
    assert len(finding.timeline) >= 3 and {event.lane for event in finding.timeline} == {0, 1}
    assert [event.offset_ns for event in finding.timeline] == sorted(event.offset_ns for event in finding.timeline)
    assert finding.unordered and "hold" in finding.recommendation
    assert finding.constraints[0][0].count(" | ") == 4
    with Recording.open(tmp_path / "repository.causeway") as recording:
        (stored,) = recording.findings()
        assert stored["title"] == finding.title and stored["id"] == "F1"
        graph = CausalGraph.load(recording)
        first, last = finding.witness[0], finding.witness[-1]
        assert graph.concurrent(first, last, must=True)


def test_the_same_recording_gives_the_same_findings(tmp_path: Path) -> None:
    assert findings_of("word_count", tmp_path)
    with Recording.open(tmp_path / "word_count.causeway") as recording:
        assert analyze(recording) == analyze(recording, store=False)


def test_an_unknown_trace_has_no_findings_and_leaves_the_stored_ones(tmp_path: Path) -> None:
    findings_of("repository", tmp_path)
    with Recording.open(tmp_path / "repository.causeway") as recording:
        assert not analyze(recording, trace_id="0" * 32)
        assert recording.findings()


SELF_LOCK = """
import asyncio

class Account:
    def __init__(self):
        self.lock = asyncio.Lock()

    async def audit(self):
        async with self.lock:
            return 1

    async def withdraw(self):
        async with self.lock:
            return await self.audit()

async def main():
    try:
        await asyncio.wait_for(Account().withdraw(), 0.05)
    except asyncio.TimeoutError:
        print("gave up")

asyncio.run(main())
"""

DATABASE = """
import sqlite3
import threading

path = "accounts.db"
connection = sqlite3.connect(path)
connection.execute("CREATE TABLE accounts (id INTEGER PRIMARY KEY, balance INTEGER)")
connection.execute("INSERT INTO accounts VALUES (1, 1000)")
connection.commit()
connection.close()

def withdraw(amount):
    connection = sqlite3.connect(path, timeout=20)
    (balance,) = connection.execute("SELECT balance FROM accounts WHERE id = ?", (1,)).fetchone()
    connection.execute({statement}, {parameters})
    connection.commit()
    connection.close()

threads = [threading.Thread(target=withdraw, args=(amount,)) for amount in (100, 50)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def run(source: str, tmp_path: Path) -> tuple[Finding, ...]:
    program = tmp_path / "program.py"
    program.write_text(source)
    assert record([str(program)], tmp_path / "run.causeway", root=tmp_path) == 0
    with Recording.open(tmp_path / "run.causeway") as recording:
        return analyze(recording)


def test_a_lock_taken_twice_is_named_also_when_a_timeout_ended_it(tmp_path: Path) -> None:
    deadlocks = [each for each in run(SELF_LOCK, tmp_path) if each.kind == "deadlock"]
    assert len(deadlocks) == 1
    assert "Account.lock" in deadlocks[0].title and "already holds" in deadlocks[0].title


@pytest.mark.parametrize(
    ("statement", "parameters", "bad"),
    [
        ('"UPDATE accounts SET balance = ? WHERE id = ?"', "(balance - amount, 1)", True),
        ('"UPDATE accounts SET balance = balance - ? WHERE id = ?"', "(amount, 1)", False),
    ],
)
def test_rows_of_a_database(statement: str, parameters: str, bad: bool, tmp_path: Path) -> None:
    source = DATABASE.replace("{statement}", statement).replace("{parameters}", parameters)
    found = [each for each in run(source, tmp_path) if each.resource == "accounts row 1"]
    assert bool(found) is bad


POSITIONS = """\
import asyncio

async def tell(clients):
    for place, name in {clients}:
        await asyncio.sleep(0.001)

async def join(clients):
    await asyncio.sleep(0.05)
    clients["third"] = 3

async def main():
    clients = {{"first": 1, "second": 2}}
    await asyncio.gather(tell(clients), join(clients))

asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("clients", "bad"),
    [("enumerate(clients.items(), start=1)", True), ("zip(range(9), clients.values())", True), ("enumerate(list(clients.items()))", False)],
)
def test_a_container_changed_while_it_is_iterated_through_enumerate(clients: str, bad: bool, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(POSITIONS.format(clients=clients))
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    with Recording.open(tmp_path / "run.causeway") as recording:
        assert any("iterates" in finding.title for finding in analyze(recording)) is bad


SHELVES = """\
import threading

locks, stock = {{}}, {{}}

def put(shelf, items):
    with {lock}:
        before = stock.get(shelf, 0)
        stock[shelf] = before + items

threads = [threading.Thread(target=put, args=("A1", items)) for items in (1, 2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


@pytest.mark.parametrize(("lock", "bad"), [("locks.setdefault(shelf, threading.Lock())", False), ("threading.Lock()", True)])
def test_a_lock_that_never_had_a_name_keeps_others_out(lock: str, bad: bool, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(SHELVES.format(lock=lock))
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    with Recording.open(tmp_path / "run.causeway") as recording:
        assert any(finding.tier == "likely" for finding in analyze(recording)) is bad


ON_DEMAND = """\
import asyncio

class Client:
    async def session(self):
        GUARD
        return self._session

    async def open(self):
        await asyncio.sleep(0)
        return ["session"]

async def ask(client, delay):
    await asyncio.sleep(delay)
    (await client.session()).append(delay)

async def main():
    client = Client()
    await asyncio.gather(ask(client, 0), ask(client, 0.02))

asyncio.run(main())
"""
OPENS = """{look}:
            self._session = await self.open()"""
OPENS_AT_ONCE = """{look}:
            self._session = []"""


@pytest.mark.parametrize("look", ['if not hasattr(self, "_session")', 'if getattr(self, "_session", None) is None'])
@pytest.mark.parametrize(("guard", "bad"), [(OPENS, True), (OPENS_AT_ONCE, False)])
def test_an_attribute_that_is_looked_for_by_name(look: str, guard: str, bad: bool, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(ON_DEMAND.replace("GUARD", guard.format(look=look)))
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    with Recording.open(tmp_path / "run.causeway") as recording:
        assert any(finding.tier == "likely" for finding in analyze(recording)) is bad


LATE = """\
import asyncio, threading

async def main():
    loop, idle = asyncio.get_running_loop(), asyncio.Event()

    def finished():
        loop.call_soon_threadsafe(idle.set)

    thread = threading.Thread(target=finished)
    thread.start()
    JOINS
    idle.clear()

asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("joins", "late"), [("await asyncio.to_thread(thread.join)", True), ("await idle.wait()\n    await asyncio.to_thread(thread.join)", False)]
)
def test_an_event_that_is_set_later_than_was_decided(joins: str, late: bool, tmp_path: Path) -> None:
    found = run(LATE.replace("JOINS", joins), tmp_path)
    assert any("schedules a callback that sets" in each.title for each in found) is late


POLICY = """\
import threading

lock, policy = threading.Lock(), None

class Policy:
    rules = None

    def load(self, names):
        self.rules = {name: 1 for name in names}

    def rule(self, name):
        return self.rules[name]

def current():
    global policy
    if policy is None:
        with lock:
            if policy is None:
                MAKES
    return policy

def user():
    current().rule("a")

threads = [threading.Thread(target=user) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


@pytest.mark.parametrize(
    ("makes", "early"), [("policy = Policy(); policy.load('ab')", True), ("made = Policy(); made.load('ab'); policy = made", False)]
)
def test_an_attribute_that_is_none_in_the_class_is_not_there_until_it_is_set(makes: str, early: bool, tmp_path: Path) -> None:
    found = run(POLICY.replace("MAKES", makes), tmp_path)
    assert any(each.kind == "order_violation" and each.resource == "Policy.rules" for each in found) is early


PAGES = """\
import threading, time

class Site:
    def __init__(self):
        self.pages = None
        self.load()

    def load(self):
        REBUILDS

    def get(self, path):
        LOOKS

def visit(site):
    site.get("/b")

site = Site()
threads = [threading.Thread(target=site.load), threading.Thread(target=visit, args=(site,))]
for thread in threads:
    thread.start()
    time.sleep(0.01)
for thread in threads:
    thread.join()
"""
FILLED = "\n        ".join(["{0}", "for path in ('/a', '/b'):", "    {1}[path] = path.upper()"])


@pytest.mark.parametrize(("rebuilds", "looks", "bad"), [
    (FILLED.format("self.pages = {}", "self.pages"), "return self.pages.get(path)", True),
    (FILLED.format("self.pages = self.pages or {}; self.pages.clear()", "self.pages"), "return path in self.pages", True),
    (FILLED.format("pages = {}", "pages") + "\n        self.pages = pages", "return self.pages.get(path)", False),
    (FILLED.format("self.pages = {}", "self.pages"), "return self.pages.setdefault(path, path.upper())", False),
], ids=["replaced", "cleared", "whole", "who looks fills"])  # fmt: skip
def test_a_table_that_is_filled_where_others_look(rebuilds: str, looks: str, bad: bool, tmp_path: Path) -> None:
    found = run(PAGES.replace("REBUILDS", rebuilds).replace("LOOKS", looks), tmp_path)
    assert any("empty or half full" in each.title and each.tier == "latent" for each in found) is bad


CALLBACKS = """\
import threading

lock, done, callbacks = threading.Lock(), False, []

def finish():
    global done
    with LOCK:
        ready = list(callbacks)
        done = True
    for callback in ready:
        callback()

def add(callback):
    with LOCK:
        if not done:
            callbacks.append(callback)
            return
    callback()

finishing = threading.Timer(0.02, finish)
finishing.start()
add(finishing.is_alive)
finishing.join()
"""


@pytest.mark.parametrize(("lock", "bad"), [("threading.Lock()", True), ("lock", False)])
def test_what_is_added_to_a_list_that_was_just_taken_in(lock: str, bad: bool, tmp_path: Path) -> None:
    found = run(CALLBACKS.replace("LOCK", lock), tmp_path)
    assert any("misses what is added afterwards" in each.explanation for each in found) is bad


POOL = """\
import asyncio

class Pool:
    def __init__(self):
        self.used = set()

    async def take(self, name):
        if len(self.used) >= 1:
            FULL
        await asyncio.sleep(0.001)
        self.used.add(name)

    def give_back(self, name):
        self.used.discard(name)

async def use(pool, name, after):
    await asyncio.sleep(after)
    await pool.take(name)
    await asyncio.sleep(0)
    pool.give_back(name)

async def main():
    pool = Pool()
    await asyncio.gather(use(pool, "a", 0), use(pool, "b", 0.02))

asyncio.run(main())
"""


@pytest.mark.parametrize(("full", "limit"), [("raise RuntimeError('full')", True), ("return", False)])
def test_a_check_that_keeps_a_limit_says_so(full: str, limit: bool, tmp_path: Path) -> None:
    found = [each for each in run(POOL.replace("FULL", full), tmp_path) if each.resource == "Pool.used"]
    assert found and any(each.enforces_limit for each in found) is limit
    assert any("The check enforces a limit" in each.explanation for each in found) is limit


BY_NAME = """\
import asyncio

class Counts:
    hits = misses = 0

async def count(counts, name):
    had = getattr(counts, name)
    await asyncio.sleep(0.001)
    setattr(counts, name, had + 1)

async def main():
    counts = Counts()
    for name in ("hits", "misses", "hits"):
        await asyncio.gather(asyncio.create_task(count(counts, name)))
    print(counts.hits, counts.misses)

asyncio.run(main())
"""


def test_an_attribute_whose_name_is_made_up_is_recorded_under_its_name(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(BY_NAME)
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    with Recording.open(tmp_path / "run.causeway") as recording:
        places = {location.id: location.name for location in recording.locations()}
        written = [places[each.location] for each in recording.accesses() if each.op == "write"]
        sites = {site.name for site in recording.sites() if site.line == 9 and site.kind == "attr"}
    assert written == ["Counts.hits", "Counts.misses", "Counts.hits"]
    assert sites == {None, "hits", "misses"}


OUTBOX = """\
import asyncio
from collections import deque

class Outbox:
    def __init__(self):
        self.mails, self.sent = deque("abc"), []

    async def put(self, mail):
        self.mails.append(mail)

    async def send(self):
        mail = self.mails[0]
        await asyncio.sleep(0.001)
        self.sent.append(mail)
        self.mails.TAKE

async def later(work, after):
    await asyncio.sleep(after)
    await work

async def main():
    outbox = Outbox()
    await asyncio.gather(later(outbox.send(), 0), later(outbox.OTHER, 0.02))
    print(outbox.sent)

asyncio.run(main())
"""


@pytest.mark.parametrize(("take", "other", "bad"), [("popleft()", "send()", True), ("rotate(-1)", "send()", True), ("popleft()", "put('d')", False)])
def test_what_was_first_before_an_await_is_taken_out_after_it(take: str, other: str, bad: bool, tmp_path: Path) -> None:
    program = OUTBOX.replace("TAKE", take).replace("OTHER", other)
    (tmp_path / "app.py").write_text(program)
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    with Recording.open(tmp_path / "run.causeway") as recording:
        found = [(finding.kind, finding.resource) for finding in analyze(recording) if finding.tier == "likely"]
    assert found == ([("lost_update", "Outbox.mails")] if bad else [])


PAPER = """\
import asyncio

class Paper:
    def __init__(self):
        self.text, self.saved, self.dirty = "a", "", True

    def type(self, letter):
        self.text += letter
        self.dirty = True

    async def save(self):
        if self.dirty:
            EARLY
            text = self.text
            await asyncio.sleep(0.001)
            self.saved = text
            LATE

    async def write(self, after):
        await asyncio.sleep(after)
        self.type("b")
        await asyncio.sleep(after)
        await self.save()

async def main():
    paper = Paper()
    await asyncio.gather(paper.save(), paper.write(0.02))
    print(paper.saved)

asyncio.run(main())
"""


@pytest.mark.parametrize(("early", "late", "bad"), [("pass", "self.dirty = False", True), ("self.dirty = False", "pass", False)])
def test_a_flag_that_is_put_out_after_an_await_though_it_was_set_meanwhile(early: str, late: str, bad: bool, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(PAPER.replace("EARLY", early).replace("LATE", late))
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    with Recording.open(tmp_path / "run.causeway") as recording:
        found = [finding for finding in analyze(recording) if finding.tier == "likely" and finding.resource == "Paper.dirty"]
        told = {access.function for finding in found for access in finding.accesses}
    assert told == ({"Paper.save", "Paper.type"} if bad else set())


TABLE = """
import threading
class Table:
    def __init__(self):
        self.rows = {1: "a", 2: "b"}
    def numbered(self):
        YIELDS
    def add(self):
        self.rows[len(self.rows) + 1] = "c"
table, begun = Table(), threading.Event()
def show():
    for number, row in table.numbered():
        begun.set()
def change():
    table.add()
threads = [threading.Thread(target=show), threading.Thread(target=change)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


@pytest.mark.parametrize(("yields", "iterated"), [("yield from self.rows.items()", True), ("yield from list(self.rows.items())", False)])
def test_a_container_that_a_generator_yields_from_is_iterated(tmp_path: Path, yields: str, iterated: bool) -> None:
    assert any("iterates Table.rows" in each.title for each in run(TABLE.replace("YIELDS", yields), tmp_path)) is iterated
