"""What comes from outside, recorded and given again to another run of the same program."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from causeway_core.launch.environment import environment
from causeway_core.launch.run import Run, Streams
from causeway_core.launch.target import Target
from causeway_core.proof.running.isolation import Isolation, missing
from causeway_core.proof.running.rerun import PLAIN
from causeway_core.storage import Recording

CLOCKS = """\
import time
from datetime import date, datetime, timedelta, timezone
from time import monotonic as tick

class Later(datetime):
    pass

print(time.time(), time.time_ns(), tick(), time.monotonic_ns(), time.perf_counter(), time.perf_counter_ns())
print(datetime.now(), datetime.now(timezone.utc), datetime.now(tz=timezone(timedelta(hours=5))), datetime.today() - datetime.now() < timedelta(1))
print(date.today(), repr(Later.now()))
"""

CHANCE = """\
import random, secrets, uuid

items = list(range(20))
random.shuffle(items)
print(items, random.random(), random.randint(1, 10**9), random.choice("abcdef"), random.gauss(0, 1))
print(random.Random().random(), random.Random(7).random(), uuid.uuid4())
"""

ACTORS = """\
import asyncio, random, threading, uuid

said = {}

def work(name):
    said[name] = [random.randint(1, 1000), random.random()]

async def job(name):
    await asyncio.sleep(0)
    said[name] = [uuid.uuid4(), random.getrandbits(40)]

async def main():
    await asyncio.gather(*(job(f"task {n}") for n in range(4)))

threads = [threading.Thread(target=work, args=(f"thread {n}",)) for n in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
asyncio.run(main())
for name in sorted(said):
    print(name, *said[name])
"""

POOL = """\
import random
from concurrent.futures import ThreadPoolExecutor

with ThreadPoolExecutor(3) as pool:
    print(sorted(pool.map(lambda n: random.random(), range(9))))
"""

VARIABLES = """\
import os
print(os.environ["PLACE"], os.environ.get("MODE"), os.getenv("NOWHERE", "not there"), len(os.environ["API_TOKEN"]) > 0, "LEVEL" in os.environ)
"""

SEEDED = """\
import random
random.seed(5)
print(random.random(), random.randint(1, 1000))
"""

READS_MORE = """\
import os, time
first = time.monotonic()
for _ in range(int(os.environ["PYTHON_READINGS"])):
    last = time.monotonic()
assert last >= first
print(first)
"""

DRAWS_MORE = """\
import os, random
for _ in range(int(os.environ["PYTHON_READINGS"])):
    value = random.random()
print(value)
"""

OUTWARDS = """\
import os, socket
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
    if os.environ["PYTHON_READINGS"] == "2":
        sender.connect(("192.0.2.1", 9))
print("out")
"""

TWO_CLOCKS = """\
import os, threading, time

order, read = os.environ["PYTHON_ORDER"], {}

def look(name):
    read[name] = time.time()

def other(name):
    read[name] = time.time()

threads = {"look": threading.Thread(target=look, args=("look",)), "other": threading.Thread(target=other, args=("other",))}
for name in order.split():
    threads[name].start()
    threads[name].join()
print(read["look"] <= read["other"], read["other"])
"""

SECRET = """\
import secrets
print(secrets.token_hex(16))
"""


class World:
    """A folder in which a program is recorded replayable, and run again with what was recorded in the place of the outside."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "run.causeway"

    def record(self, text: str, **variables: str) -> str:
        """What the program printed."""
        (self.folder / "program.py").write_text(text)
        target = Target(sys.executable, (), ("program.py",), self.folder, self.folder)
        named = environment(target, self.folder / "spool", detail="full", include=(), exclude=(), replayable=True, base=_plain() | variables)
        with (self.folder / "out").open("wb") as out:
            run = Run(target, self.path, named, streams=Streams(subprocess.DEVNULL, out, None))
            while run.poll():
                pass
            assert run.finish() == 0
        return (self.folder / "out").read_text()

    def isolated(self, **variables: str) -> subprocess.CompletedProcess[str]:
        """The program again, in an environment without the recorded one's variables."""
        with Recording.open(self.path) as recording:
            isolation = Isolation.of(recording)
        (self.folder / "order.json").write_text(json.dumps(PLAIN.document()))
        base = _plain() | variables | {"CAUSEWAY_ROOT": str(self.folder), "CAUSEWAY_ORDER": str(self.folder / "order.json")}
        self.answers.with_name("answers.json.missing").unlink(missing_ok=True)
        shutil.rmtree(self.answers.with_name("answers.json.d"), ignore_errors=True)
        isolation.put(base, self.answers)
        command = [sys.executable, "-m", "causeway.launch", "program.py"]
        return subprocess.run(command, cwd=self.folder, env=base, capture_output=True, text=True, check=False, timeout=60)

    @property
    def answers(self) -> Path:
        return self.folder / "answers.json"

    def kept(self) -> str:
        """All answers of the recording, as text."""
        with Recording.open(self.path) as recording:
            return repr(recording.answers())


def _plain() -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "PYTHONHASHSEED": "0"}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.mark.parametrize("text", [CLOCKS, CHANCE, ACTORS, POOL, SEEDED], ids=["clocks", "chance", "actors", "pool", "seeded"])
def test_a_run_with_its_answers_says_the_same(world: World, text: str) -> None:
    printed = world.record(text)
    again = world.isolated()
    assert (again.stdout, again.stderr) == (printed, "")


def test_the_environment_is_that_of_the_recorded_run(world: World) -> None:
    printed = world.record(VARIABLES, PLACE="elsewhere", MODE="fast", API_TOKEN="t0p-s3cr3t")
    assert printed == "elsewhere fast not there True False\n"
    again = world.isolated(MODE="slow", NOWHERE="here", LEVEL="9")
    assert again.stdout == printed
    assert "t0p-s3cr3t" not in world.kept()
    assert "elsewhere" in world.kept()


def test_a_clock_goes_on_where_the_record_ends(world: World) -> None:
    printed = world.record(READS_MORE, PYTHON_READINGS="2")
    again = world.isolated(PYTHON_READINGS="9")
    assert (again.stdout, again.returncode, missing(world.answers)) == (printed, 0, "")


def test_no_clock_goes_back(world: World) -> None:
    """Each actor gets its own readings, but never one that is less than what another has read before."""
    printed = world.record(TWO_CLOCKS, PYTHON_ORDER="look other")
    assert printed.startswith("True ")
    assert world.isolated(PYTHON_ORDER="look other").stdout == printed
    assert world.isolated(PYTHON_ORDER="other look").stdout == printed


def test_chance_does_not_go_on(world: World) -> None:
    world.record(DRAWS_MORE, PYTHON_READINGS="2")
    assert world.isolated(PYTHON_READINGS="2").returncode == 0
    again = world.isolated(PYTHON_READINGS="3")
    assert again.stdout == ""
    assert "causeway: not captured: random.random of main has no recorded answer\n" in again.stderr
    assert missing(world.answers) == "random.random of main has no recorded answer"


def test_nothing_goes_beyond_the_machine(world: World) -> None:
    world.record(OUTWARDS, PYTHON_READINGS="1")
    again = world.isolated(PYTHON_READINGS="2")
    assert again.stdout == ""
    assert missing(world.answers) == "connection to 192.0.2.1:9"


def test_secrets_are_made_up_the_same_each_time(world: World) -> None:
    printed = world.record(SECRET)
    assert printed.strip() not in world.kept()
    first, second = world.isolated().stdout, world.isolated().stdout
    assert first == second != printed
    assert len(first) == len(printed)


def test_recording_answers_changes_nothing(world: World) -> None:
    """The same output, errors and warnings as of the plain program."""
    text = "import random, time, os\nfrom datetime import datetime\nrandom.seed(3)\n" \
        "print(time.time, random.random(), random.Random(4).random(), type(time.time()), datetime.now.__name__)\n" \
        "try:\n    datetime.now(5)\nexcept TypeError as error:\n    print(error)\n" \
        "try:\n    os.environ['NOWHERE']\nexcept KeyError as error:\n    print(error)\n"
    printed = world.record(text)
    plain = subprocess.run([sys.executable, "program.py"], cwd=world.folder, env=_plain(), capture_output=True, text=True, check=True)
    assert printed == plain.stdout


DATABASES = """\
import os, pathlib, sqlite3

wal = sqlite3.connect("file:data/wal.db?mode=rw", uri=True)
wal.execute("INSERT INTO note (text) VALUES (?)", ("more",))
wal.commit()
print(wal.execute("PRAGMA journal_mode").fetchone(), wal.execute("PRAGMA user_version").fetchone(), wal.execute("SELECT * FROM note").fetchall())
print(wal.execute("SELECT name FROM sqlite_schema ORDER BY name").fetchall())
new = sqlite3.connect(pathlib.Path("data/new.db"))
new.execute("CREATE TABLE IF NOT EXISTS made (n)")
new.execute("INSERT INTO made VALUES (1)")
new.commit()
print(new.execute("SELECT count(*) FROM made").fetchone())
memory = sqlite3.connect(":memory:")
print(memory.execute("SELECT 7").fetchone())
"""


def test_databases_are_as_they_were(world: World) -> None:
    """Also those in WAL mode, those that were not there, and with values that need quotes; what happens to them stays in the re-run."""
    (world.folder / "data").mkdir()
    with sqlite3.connect(world.folder / "data" / "wal.db") as database:
        database.execute("PRAGMA journal_mode = wal")
        database.execute("PRAGMA user_version = 7")
        database.execute("CREATE TABLE note (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT, data BLOB, password TEXT UNIQUE)")
        database.execute("CREATE INDEX by_text ON note(text)")
        database.executemany("INSERT INTO note (text, data, password) VALUES (?, ?, ?)", [("it's\n\"so\";", b"\0\xff", None), ("é", None, None)])
    database.close()
    printed = world.record(DATABASES)
    left = {path.name: path.read_bytes() for path in (world.folder / "data").iterdir()}
    assert [world.isolated().stdout for _ in range(2)] == [printed] * 2
    assert {path.name: path.read_bytes() for path in (world.folder / "data").iterdir()} == left
