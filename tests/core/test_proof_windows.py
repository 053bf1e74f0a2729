"""Windows in which an ordinary run goes well, confirmed by re-runs; beside each, the same code mended, which is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from causeway_core.model import Finding

from tests.support.proofs import judged, record

IN_TWO = """
import threading

WORK

def both(work):
    threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

both(work)
"""
LOCKS = """
class Shelf:
    def __init__(self):
        self.locks, self.books, self.bought = {}, {}, []

    def lock(self, title):
        lock = self.locks.get(title)
        if lock is None:
            lock = self.locks[title] = threading.Lock()
        return lock

    def book(self, title):
        with self.lock(title):
            if title not in self.books:
                self.bought.append(title)
                self.books[title] = title.upper()
            return self.books[title]

shelf = Shelf()

def work(number):
    shelf.book("emma")
    print(len(shelf.bought))
"""
ONE_LOCK = LOCKS.replace("lock = self.locks[title] = threading.Lock()", "lock = self.locks.setdefault(title, threading.Lock())")
OWN_LOCK = LOCKS.replace("lock = self.locks[title] = threading.Lock()", "lock = threading.Lock()\n            self.locks.setdefault(title, lock)")
REPLACED = """
class Wire:
    def __init__(self):
        self.cut = False

    def send(self, text):
        if self.cut:
            raise OSError("cut")

class Wires:
    def __init__(self):
        self.guard, self.kept = threading.RLock(), {}

    def get(self, name):
        with self.guard:
            return self.kept.get(name)

    def put(self, name, wire):
        with self.guard:
            old = self.kept.get(name)
            self.kept[name] = wire
        if old is not None:
            old.cut = True

wires = Wires()

def wire_to(name):
    wire = wires.get(name)
    if wire is None:
        wire = Wire()
        wires.put(name, wire)
    return wire

def work(number):
    wire_to("home").send("hi")
"""
UNDER_GUARD = REPLACED.replace("return wire\n", "return wire\n\nasked = threading.Lock()\n").replace('wire_to("home")', "home()") + """
def home():
    with asked:
        return wire_to("home")
"""

TABLE = """
class Table:
    def __init__(self):
        self.guard, self.ready, self.rows = threading.Lock(), False, {}

    def load(self):
        if self.ready:
            return
        with self.guard:
            if not self.ready:
                EARLY
                for number in range(2):
                    self.put(number, number + 1)
                LATE

    def put(self, key, row):
        self.rows[key] = row

    def row(self, number):
        self.load()
        return self.rows.get(number, "none")

table = Table()

def work(number):
    print(table.row(number))
"""
EARLY = TABLE.replace("EARLY", "self.ready = True").replace("LATE", "pass")
LATE = TABLE.replace("LATE", "self.ready = True").replace("EARLY", "pass")
LAZY = TABLE.replace("self.ready, self.rows = threading.Lock(), False, {}", "self.rows = threading.Lock(), None")
LAZY = LAZY.replace("if self.ready", "if self.rows is not None").replace("if not self.ready", "if self.rows is None")
LAZY = LAZY.replace("LATE", "pass").replace("EARLY", "self.rows = {}").replace("self.put(number, number + 1)", "self.rows[number] = number + 1")

NOTES = """
import threading

class Board:
    def __init__(self):
        self.notes = {number: number for number in range(4)}

    def old(self, number):
        return number < 2

    def clear(self):
        old = []
        for number in NOTES:
            if self.old(number):
                old.append(number)
        for number in old:
            self.notes.pop(number, None)

def note():
    board.notes[9] = 9

board = Board()
threads = [threading.Thread(target=target) for target in (board.clear, note)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""

def proved(tmp_path: Path, source: str) -> list[Finding]:
    (tmp_path / "app.py").write_text(source)
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    return [each for each in judged(tmp_path / "run.causeway") if each.tier != "hint"]


@pytest.mark.parametrize(("work", "wrong"), [(LOCKS, True), (OWN_LOCK, True), (ONE_LOCK, False), (REPLACED, True), (UNDER_GUARD, False)])
def test_both_pass_the_check_and_one_is_held_in_what_lies_behind_it(tmp_path: Path, work: str, wrong: bool) -> None:
    found = proved(tmp_path, IN_TWO.replace("WORK", work))
    assert [each.tier for each in found] == (["confirmed"] if wrong else []), [each.title for each in found]


@pytest.mark.parametrize(("notes", "wrong"), [("self.notes", True), ("list(self.notes)", False)])
def test_a_table_that_changes_while_it_is_iterated_to_remove_entries(tmp_path: Path, notes: str, wrong: bool) -> None:
    found = proved(tmp_path, NOTES.replace("NOTES", notes))
    assert [(each.tier, "iterates" in each.title) for each in found] == ([("confirmed", True)] if wrong else []), [each.title for each in found]


@pytest.mark.parametrize(("work", "wrong"), [(EARLY, True), (LATE, False), (LAZY, True)])
def test_a_mark_that_is_set_before_what_it_stands_for_is_there(tmp_path: Path, work: str, wrong: bool) -> None:
    found = proved(tmp_path, IN_TWO.replace("WORK", work))
    assert [(each.tier, "could find the first without the second" in each.title) for each in found] == ([("confirmed", True)] if wrong else [])


COUNT = """
import threading, time

class Count:
    def __init__(self):
        self.lock, self.number = threading.Lock(), 0

    def add(self, by):
        ADDS
            number = self.number
            time.sleep(0.001)
            self.number = number + by

def main():
    count = Count()
    thread = threading.Thread(target=count.add, args=(1,))
    thread.start()
    time.sleep(0.03)  # no order: nothing but time lets the thread come first
    STARTS
        number = count.number
        time.sleep(0.001)
        count.number = number + 10
    thread.join()
    print(count.number)

main()
"""


@pytest.mark.parametrize(("adds", "starts", "wrong"), [("if True:", "if True:", True), ("with self.lock:", "with count.lock:", False)])
def test_who_starts_the_other_is_held_after_that(tmp_path: Path, adds: str, starts: str, wrong: bool) -> None:
    found = proved(tmp_path, COUNT.replace("ADDS", adds).replace("STARTS", starts))
    assert [each.tier for each in found] == (["confirmed"] if wrong else [])


LETTERS = """
import asyncio

class Box:
    def __init__(self):
        self.out, self.sent = ["a", "b"], []

    async def flush(self):
        FIRST
        for letter in ALL:
            await asyncio.sleep(0)
            self.sent.append(letter)
        LAST

    async def post(self, letter):
        self.out.append(letter)

async def main():
    box = Box()
    flushing = asyncio.create_task(box.flush())
    await asyncio.sleep(0.01)
    await asyncio.gather(flushing, box.post("c"))
    print(sorted(box.sent + box.out))

asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("first", "all_", "last", "wrong"),
    [
        ("pass", "tuple(self.out)", "self.out.clear()", True),
        ("pass", "tuple(self.out)", "del self.out[:2]", False),
        ("letters, self.out = self.out, []", "letters", "letters.clear()", False),
    ],
)
def test_what_comes_while_a_copy_is_gone_through_is_cleared_with_the_rest(tmp_path: Path, first: str, all_: str, last: str, wrong: bool) -> None:
    found = proved(tmp_path, LETTERS.replace("FIRST", first).replace("ALL", all_).replace("LAST", last))
    assert [(each.kind, each.tier) for each in found] == ([("lost_update", "confirmed")] if wrong else [])


ASKED = """
class Shelf:
    def __init__(self):
        self.guard, self.books, self.bought = threading.Lock(), {}, []

    def buy(self, title):
        with self.guard:
            self.bought.append(title)
            return len(self.bought)

    def book(self, title):
        try:
            return self.books[title]
        except KeyError:
            KEEPS

shelf = Shelf()

def work(number):
    shelf.book("emma")
    print(len(shelf.bought))
"""
READERS = """
import asyncio

class Lamp:
    def __init__(self):
        self.readers, self.lit, self.switch = 0, 0, asyncio.Lock()

    async def come(self):
        ENTERS
            if self.readers == 0:
                await asyncio.sleep(0)
                self.lit += 1
            self.readers += 1

    async def go(self):
        self.readers -= 1
        if self.readers == 0:
            self.lit -= 1

async def read(lamp, pause):
    await asyncio.sleep(pause)
    await lamp.come()
    await asyncio.sleep(0.02)
    await lamp.go()

async def main():
    lamp = Lamp()
    await asyncio.gather(read(lamp, 0), read(lamp, 0.01))
    print(lamp.lit)

asyncio.run(main())
"""
SENT_AGAIN = """
import threading

class Letters:
    def __init__(self):
        self.open, self.lock = {1: "a", 2: "b"}, threading.Lock()

    def write(self):
        with self.lock:
            self.open[3] = "c"

    def send_again(self):
        again = []
        LOOPS
                again.append((number, text))
        return again

letters, failed = Letters(), []

def send():
    try:
        letters.send_again()
    except RuntimeError as error:
        failed.append(error)

threads = [threading.Thread(target=target) for target in (letters.write, send)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert not failed
"""
READ_ANEW = """
class Store:
    version, rows = 2, {"beta": True}

class Switches:
    def __init__(self):
        self.rows, self.version, self.lock = None, None, threading.RLock()

    def get(self, name):
        GUARD
            self.fill()
            return self.rows[name]

    def fill(self):
        if self.version != Store.version:
            self.rows = None
            self.rows = dict(Store.rows)
            self.version = Store.version

switches = Switches()

def work(number):
    print(switches.get("beta"))
"""


@pytest.mark.parametrize(
    ("loops", "wrong"),
    [
        ("if True:\n            for number, text in self.open.items():", True),
        ("with self.lock:\n            for number, text in self.open.items():", False),
    ],
)
def test_a_table_is_changed_between_two_rounds_of_a_loop_that_uses_nothing_shared(tmp_path: Path, loops: str, wrong: bool) -> None:
    found = proved(tmp_path, SENT_AGAIN.replace("LOOPS", loops))
    assert [each.tier for each in found] == (["confirmed"] if wrong else []), [each.title for each in found]


@pytest.mark.parametrize(("guard", "wrong"), [("if True:", True), ("with self.lock:", False)])
def test_what_is_taken_away_and_put_back_is_missed_in_between(tmp_path: Path, guard: str, wrong: bool) -> None:
    found = proved(tmp_path, IN_TWO.replace("WORK", READ_ANEW.replace("GUARD", guard)))
    assert (("confirmed", "Switches.rows") in [(each.tier, each.resource) for each in found]) == bool(found) == wrong, [each.title for each in found]


@pytest.mark.parametrize(
    ("keeps", "wrong"), [("book = self.books[title] = self.buy(title)\n            return book", True), ("return title.upper()", False)]
)
def test_what_is_made_where_a_look_failed_is_made_twice(tmp_path: Path, keeps: str, wrong: bool) -> None:
    found = proved(tmp_path, IN_TWO.replace("WORK", ASKED.replace("KEEPS", keeps)))
    assert [each.tier for each in found] == (["confirmed"] if wrong else []), [each.title for each in found]


@pytest.mark.parametrize(("enters", "wrong"), [("if True:", True), ("async with self.switch:", False)])
def test_work_meant_for_the_first_reader_is_done_twice(tmp_path: Path, enters: str, wrong: bool) -> None:
    found = proved(tmp_path, READERS.replace("ENTERS", enters))
    assert [each.tier for each in found] == (["confirmed"] if wrong else []), [each.title for each in found]


KEPT = """
import functools

class Pool:
    def __init__(self):
        self.jobs = []

LOCK = threading.Lock()

@functools.KEEP
def pool_of(host):
    \"\"\"The pool of a host.\"\"\"
    return MADE

def work(number):
    ASKS
        pool = pool_of("home")
    GIVES

PRINTS
"""
GIVES, PRINTS = "pool.jobs.append(number)", "import atexit\natexit.register(lambda: print(sorted(pool_of('home').jobs)))"


@pytest.mark.parametrize(
    ("keep", "asks", "made", "wrong"),
    [
        ("cache", "if True:", "Pool()", True),
        ("lru_cache(maxsize=8)", "if True:", "Pool()", True),
        ("cache", "with LOCK:", "Pool()", False),
        ("cache", "if True:", "str(host)", False),
    ],
)
def test_two_ask_for_a_result_that_is_kept_once_it_is_there(tmp_path: Path, keep: str, asks: str, made: str, wrong: bool) -> None:
    work = KEPT.replace("KEEP", keep).replace("ASKS", asks).replace("MADE", made)
    shows = (GIVES, PRINTS) if made == "Pool()" else ("done.append(pool)", "done = []")
    found = proved(tmp_path, IN_TWO.replace("WORK", work.replace("GIVES", shows[0]).replace("PRINTS", shows[1])))
    assert [each.tier for each in found] == (["confirmed"] if wrong else []), [each.title for each in found]


@pytest.mark.parametrize(("asks", "wrong"), [("if True:", True), ("with LOCK:", False)])
def test_two_that_ask_for_a_kept_result_and_access_nothing_shared_themselves(tmp_path: Path, asks: str, wrong: bool) -> None:
    """What the caller alone calls shows that it ran: `enter`, which changes what the result holds."""
    work = KEPT.replace("KEEP", "cache").replace("ASKS", asks).replace("MADE", "Pool()").replace("GIVES", "pool.enter(number)")
    work = work.replace("LOCK:", "_lock:").replace("LOCK = threading.Lock()", "")
    work = work.replace("\nclass Pool", "\nfrom guards import lock as _lock\n\nclass Pool")
    work = work.replace("class Pool:\n", "class Pool:\n    def enter(self, number):\n        self.jobs.append(number)\n\n")
    (tmp_path / "guards.py").write_text("import threading\nlock = threading.Lock()\n")
    found = proved(tmp_path, IN_TWO.replace("WORK", work.replace("PRINTS", PRINTS)))
    assert [each.tier for each in found] == (["confirmed"] if wrong else []), [each.title for each in found]
