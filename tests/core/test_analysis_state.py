"""Bugs about shared state in recorded programs, each beside the same program mended, in which nothing firm is found."""

from __future__ import annotations

from pathlib import Path

import pytest
from causeway_core.analysis import analyze
from causeway_core.model import Finding
from causeway_core.storage import Recording

from tests.support.proofs import record

THREADS = """
def main():
    things = make()
    threads = [threading.Thread(target=target, args=args) for target, args in parts(things)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

main()
"""

INSTANCE = """
import threading

class Config:
    instance = None
    lock = threading.Lock()

    @classmethod
    def get(cls):
        if cls.instance is None:
            with cls.lock:
                {again}
                    cls.instance = cls()
        return cls.instance

make = Config
parts = lambda config: [(config.get, ())] * 2
"""

CLOSED = """
import io
import threading

class Log:
    def __init__(self):
        self.lock = threading.RLock()
        self.closed = False
        self.file = io.StringIO()

    def write(self, text):
        {writing}
            if not self.closed:
                self.file.write(text)

    def close(self):
        with self.lock:
            self.closed = True
            self.file.close()

make = Log
parts = lambda log: [(log.write, ("a line",)), (log.close, ())]
"""

STARTED = """
import threading

class Poller:
    def __init__(self):
        {before}
        self.thread = threading.Thread(target=self.run)
        self.thread.start()
        {after}
        self.thread.join()

    def run(self):
        gate.wait()
        self.seen = self.interval

gate = threading.Event()
threading.Timer(0.05, gate.set).start()
make = Poller
parts = lambda poller: []
"""

BOARD = """
import threading

class Board:
    def __init__(self):
        self.jobs = {{}}

    def submit(self, number):
        job = {{}}
        {early}
        job["state"] = "queued"
        {late}

    def watch(self):
        return [job["state"] for job in list(self.jobs.values())]

make = Board
parts = lambda board: [(board.submit, (1,)), (board.watch, ())]
"""

TOTAL = """
import threading

total = 0
lock = threading.RLock()

def add(number):
    global total
    {adding}
        total += number

make = lambda: None
parts = lambda _: [(add, (1,)), (add, (2,))]
"""

DESCRIBED = """
import threading

class Checked:
    def __set_name__(self, owner, name):
        self.slot = "_" + name

    def __get__(self, instance, owner=None):
        with instance.lock:
            return getattr(instance, self.slot, 0)

    def __set__(self, instance, value):
        with instance.lock:
            setattr(instance, self.slot, value)

class Account:
    balance = Checked()

    def __init__(self):
        self.lock = threading.RLock()

    def book(self, cents):
        {booking}
            self.balance = self.balance + cents

make = Account
parts = lambda account: [(account.book, (1,)), (account.book, (2,))]
"""

SLOTS = """
import threading

class Slots:
    def __init__(self):
        self.busy = [False, False]
        self.lock = threading.Lock()
        self.holders = []

    def claim(self, name):
        {claiming}
            for number, busy in enumerate(self.busy):
                if not busy:
                    self.busy[number] = True
                    self.holders.append((name, number))
                    self.busy[number] = False
                    return

make = Slots
parts = lambda slots: [(slots.claim, ("a",)), (slots.claim, ("b",))]
"""

FILE = """
import contextlib
import json
import threading

class Store:
    def __init__(self):
        self.lock = threading.Lock()
        self.save({{}})

    def load(self):
        with open("store.json") as file:
            return json.load(file)

    def save(self, data):
        with open("store.json.new", "w") as file:
            json.dump(data, file)
        import os
        os.replace("store.json.new", "store.json")

    def put(self, key):
        {putting}
            data = self.load()
            data[key] = 1
            self.save(data)

make = Store
parts = lambda store: [(store.put, ("a",)), (store.put, ("b",))]
"""

LOCKS = """
import threading

class Accounts:
    def __init__(self):
        self.locks, self.balance = {{}}, {{"a": 0}}

    def lock_of(self, key):
        {lock}

    def add(self, key, number):
        with self.lock_of(key):
            balance = self.balance[key]
            self.balance[key] = balance + number

make = Accounts
parts = lambda accounts: [(accounts.add, ("a", 1)), (accounts.add, ("a", 2))]
"""

ROWS = """
import sqlite3
import threading

def connect():
    return sqlite3.connect("shop.db", isolation_level=None, timeout=10)

class Shop:
    def __init__(self):
        with connect() as database:
            database.execute("CREATE TABLE seats (seat INTEGER PRIMARY KEY, holder TEXT)")
            database.execute("INSERT INTO seats VALUES (1, NULL), (2, NULL)")

    def free(self, database):
        return [seat for seat, holder in database.execute("SELECT seat, holder FROM seats ORDER BY seat") if holder is None]

    def take(self, who):
        database = connect()
        {begin}
        free = self.free(database)
        {use}
        {end}
        database.close()

make = Shop
parts = lambda shop: [(shop.take, ("x",)), (shop.take, ("y",))]
"""
TAKES = 'if free: database.execute("UPDATE seats SET holder = ? WHERE seat = ?", (who, free[0]))'
NOTES = 'print(len(free)); database.execute("INSERT INTO seats VALUES (NULL, ?)", (who,))'


def firm(tmp_path: Path, program: str, threads: str = THREADS, **parts: str) -> list[Finding]:
    """What is found in the program at `latent` or firmer."""
    script = tmp_path / "program.py"
    script.write_text(program.format(**parts) + threads)
    assert record([str(script)], tmp_path / "run.causeway", root=tmp_path) == 0
    with Recording.open(tmp_path / "run.causeway") as recording:
        return [each for each in analyze(recording, store=False) if each.tier in ("likely", "latent")]


SERIAL = {"begin": 'database.execute("BEGIN IMMEDIATE")', "use": TAKES, "end": 'database.execute("COMMIT")'}
CASES = [
    ("attributes of classes", INSTANCE, "atomicity_violation", {"again": "if True:"}, {"again": "if cls.instance is None:"}),
    ("objects of libraries that are closed", CLOSED, "atomicity_violation", {"writing": "if True:"}, {"writing": "with self.lock:"}),
    ("started early", STARTED, "order_violation", {"before": "", "after": "self.interval = 1"}, {"before": "self.interval = 1", "after": ""}),
    ("put early", BOARD, "order_violation", {"early": "self.jobs[number] = job", "late": ""}, {"early": "", "late": "self.jobs[number] = job"}),
    ("augmented assignments to globals", TOTAL, "lost_update", {"adding": "if True:"}, {"adding": "with lock:"}),
    ("attributes that a descriptor gives and takes", DESCRIBED, "lost_update", {"booking": "if True:"}, {"booking": "with self.lock:"}),
    ("the first of a list that is free", SLOTS, "atomicity_violation", {"claiming": "if True:"}, {"claiming": "with self.lock:"}),
    ("a file read and written by methods", FILE, "lost_update", {"putting": "if True:"}, {"putting": "with self.lock:"}),
    ("a row that a table was searched for", ROWS, "atomicity_violation", {"begin": "", "use": TAKES, "end": ""}, SERIAL),
]


@pytest.mark.parametrize(("program", "kind", "wrong", "right"), [pytest.param(*case[1:], id=case[0]) for case in CASES])
def test_found_and_silent_once_mended(tmp_path: Path, program: str, kind: str, wrong: dict[str, str], right: dict[str, str]) -> None:
    for folder in ("wrong", "right"):
        (tmp_path / folder).mkdir()
    assert kind in [each.kind for each in firm(tmp_path / "wrong", program, **wrong)]
    assert not firm(tmp_path / "right", program, **right)


def test_a_lock_made_by_setdefault_is_one_lock_for_all(tmp_path: Path) -> None:
    assert not firm(tmp_path, LOCKS, lock="return self.locks.setdefault(key, threading.Lock())")


def test_a_row_added_whatever_was_found_acts_on_nothing(tmp_path: Path) -> None:
    assert not firm(tmp_path, ROWS, begin="", use=NOTES, end="")


SUMMED = """
import asyncio

async def fetch(number):
    await asyncio.sleep(0)
    return number

async def main():
    total = 0

    async def add(number):
        nonlocal total
        {adds}

    first = asyncio.create_task(add(1))
    await asyncio.sleep(0.01)
    await asyncio.gather(first, add(2))
    return total

asyncio.run(main())
"""


@pytest.mark.parametrize(("adds", "lost"), [("total += await fetch(number)", True), ("taken = await fetch(number); total += taken", False)])
def test_a_sum_is_looked_up_before_what_is_awaited_for_it(adds: str, lost: bool, tmp_path: Path) -> None:
    assert [each.kind for each in firm(tmp_path, SUMMED, "", adds=adds)] == (["lost_update"] if lost else [])
