"""Generated tests: written by the command, red before the fix, green after it, with nothing but pytest and the SDK."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.corpus.record import record_main
from tests.support import commands

SCRIPT = """\
import asyncio

class Account:
    def __init__(self):
        self.balance = 0

async def deposit(account, amount):
    seen = account.balance
    await asyncio.sleep(0)
    account.balance = seen + amount

async def main():
    account = Account()
    first = asyncio.create_task(deposit(account, 1))
    await asyncio.sleep(0.005)
    second = asyncio.create_task(deposit(account, 2))
    await asyncio.gather(first, second)
    RESULT

ENTRY
"""
PRINTS = SCRIPT.replace("RESULT", 'print("balance", account.balance)').replace("ENTRY", "asyncio.run(main())")
RETURNS = SCRIPT.replace("RESULT", "return account.balance").replace("ENTRY", "")
BROKEN, MENDED = "    seen = account.balance\n    await asyncio.sleep(0)\n", "    await asyncio.sleep(0)\n    seen = account.balance\n"

DEADLOCK = """\
import threading

a, b = threading.Lock(), threading.Lock()

def forwards():
    with a:
        with b:
            pass

def backwards():
    with b:
        with a:
            pass

threads = [threading.Thread(target=forwards), threading.Thread(target=backwards)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("done")
"""

WRITES_FILE = """\
import asyncio, json

class Book:
    def __init__(self):
        self.pages = {}

    async def add(self, name):
        pages = dict(self.pages)
        await asyncio.sleep(0)
        pages[name] = 1
        self.pages = pages
        with open("book.json", "w") as file:
            json.dump(pages, file)

async def main():
    book = Book()
    first = asyncio.create_task(book.add("one"))
    await asyncio.sleep(0.005)
    await asyncio.gather(first, asyncio.create_task(book.add("two")))
    print(sorted(book.pages))

asyncio.run(main())
"""


def causeway(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return commands.causeway(*words, cwd=folder)


def recorded(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text)
    done = causeway(folder, "record", "-q", "--no-analyze", "-o", "run.causeway", name)
    assert done.returncode == 0, done.stderr
    proved(folder)


def proved(folder: Path) -> None:
    done = causeway(folder, "analyze", "run.causeway")
    assert "confirmed" in done.stdout, done.stdout + done.stderr


def exported(folder: Path) -> str:
    done = causeway(folder, "export", "run.causeway", "--finding", "F1", "--format", "test", "-o", "test_race.py")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("test_race.py: fails now, because ")
    return (folder / "test_race.py").read_text()


def run_test(folder: Path) -> tuple[dict[str, int], str]:
    done = commands.run_pytest("--rootdir", ".", "test_race.py", cwd=folder)
    return {word: int(count) for count, word in re.findall(r"(\d+) (passed|failed|error)", done.stdout)}, done.stdout


SUITE = """\
import asyncio
from till import Account, main

def test_both_are_paid():
    assert asyncio.run(main()) == 3
"""


def test_a_test_beside_the_suite_that_was_recorded(tmp_path: Path) -> None:
    body, _, _ = PRINTS.partition("asyncio.run(")
    source = body.replace("print(", "return (").replace('"balance", ', "")
    (tmp_path / "till.py").write_text(source)
    (tmp_path / "test_till.py").write_text(SUITE)
    done = causeway(tmp_path, "record", "-q", "--no-analyze", "-o", "run.causeway", "-m", "pytest", "-q", "-p", "no:cacheprovider", ".")
    assert done.returncode == 0, done.stdout + done.stderr
    proved(tmp_path)
    text = exported(tmp_path)
    assert "assert outcome.exit_code == 0" in text and "printed" not in text
    assert run_test(tmp_path)[0] == {"failed": 1}
    (tmp_path / "till.py").write_text(source.replace(BROKEN, MENDED))
    assert run_test(tmp_path)[0] == {"passed": 1}


def test_a_script(tmp_path: Path) -> None:
    recorded(tmp_path, "till.py", PRINTS)
    text = exported(tmp_path)
    assert "Account.balance" in text.split('"""')[1]
    assert "order.run([\"till.py\"], ORDER, cwd=PROJECT)" in text and "assert 'balance 3' in printed" in text
    assert run_test(tmp_path)[0] == {"failed": 1}
    (tmp_path / "till.py").write_text(PRINTS.replace(BROKEN, MENDED))
    counts, out = run_test(tmp_path)
    assert counts == {"passed": 1}, out
    assert "causeway: orders that could not be forced" in out and "order no longer possible" in out


def test_a_function(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "till.py").write_text(RETURNS)
    assert record_main(project / "till.py", project / "run.causeway") == 0
    proved(project)
    text = exported(project)
    assert 'result = run.main("till:main")\n    assert result == 3\n' in text
    assert run_test(project)[0] == {"failed": 1}
    (project / "till.py").write_text(RETURNS.replace(BROKEN, MENDED))
    assert run_test(project)[0] == {"passed": 1}


def test_a_deadlock_fails_by_itself(tmp_path: Path) -> None:
    recorded(tmp_path, "locks.py", DEADLOCK)
    text = exported(tmp_path)
    assert "assert outcome.hang is None, str(outcome)" in text
    counts, out = run_test(tmp_path)
    assert counts == {"failed": 1} and "AssertionError: hang: " in out, out
    (tmp_path / "locks.py").write_text(DEADLOCK.replace("with b:\n        with a:", "with a:\n        with b:"))
    assert run_test(tmp_path)[0] == {"passed": 1}


COLLECTOR = """\
import asyncio, threading

ready = asyncio.Event()

def put():
    ready.set()

async def get():
    loop = asyncio.get_running_loop()
    threading.Thread(target=put, daemon=True).start()
    await asyncio.sleep(0.02)
    await ready.wait()

asyncio.run(get())
"""


@pytest.mark.slow
def test_a_loop_that_looks_who_uses_it_looks_in_the_test_too(tmp_path: Path) -> None:
    recorded(tmp_path, "collector.py", COLLECTOR)
    assert 'order.check("loop")' in exported(tmp_path)
    assert run_test(tmp_path)[0] == {"failed": 1}
    mended = COLLECTOR.replace("target=put", "target=loop.call_soon_threadsafe, args=(put,)")
    (tmp_path / "collector.py").write_text(mended)
    assert run_test(tmp_path)[0] == {"passed": 1}


def test_a_program_that_writes_gets_a_fresh_copy(tmp_path: Path) -> None:
    recorded(tmp_path, "book.py", WRITES_FILE)
    (tmp_path / "book.json").write_text("untouched")
    text = exported(tmp_path)
    assert "def project(tmp_path: Path) -> Path:" in text
    assert run_test(tmp_path)[0] == {"failed": 1}
    assert (tmp_path / "book.json").read_text() == "untouched"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--finding", "F9", "--format", "test"], "there is no finding F9"),
        (["--format", "test"], "a test is written for a finding"),
        (["--finding", "F1", "--format", "test", "-o", "till.py"], "till.py already exists"),
        (["--finding", "F1", "--format", "test", "-o", "nowhere/test_x.py"], "there is no folder nowhere"),
    ],
)
def test_what_cannot_be_exported(bank: Path, words: list[str], said: str) -> None:
    done = causeway(bank, "export", "run.causeway", *words)
    assert done.returncode == 2 and said in done.stderr and "Traceback" not in done.stderr, done.stderr


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bank")
    recorded(folder, "till.py", PRINTS)
    return folder


TWO_LOOKS = """\
import os, sqlite3, tempfile, threading, time

def submit(path, table):
    db = sqlite3.connect(path, timeout=5)
    fast = db.execute("SELECT COUNT(*) FROM fast").fetchone()[0]
    slow = db.execute("SELECT COUNT(*) FROM slow").fetchone()[0]
    if fast + slow < 3:
        with db:
            db.execute(f"INSERT INTO {table} VALUES (1)")
    db.close()

def main():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "jobs.db")
        with sqlite3.connect(path) as db:
            db.executescript("CREATE TABLE fast (job); CREATE TABLE slow (job); INSERT INTO slow VALUES (1); INSERT INTO slow VALUES (1)")
        threads = [threading.Thread(target=submit, args=(path, table)) for table in ("fast", "slow")]
        for thread in threads:
            thread.start()
            time.sleep(0.05)
        for thread in threads:
            thread.join()
        db = sqlite3.connect(path)
        print("jobs", sum(db.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for table in ("fast", "slow")))
        db.close()

main()
"""


def test_who_looks_twice_has_looked_at_all_before_the_other_comes(tmp_path: Path) -> None:
    recorded(tmp_path, "jobs.py", TWO_LOOKS)
    text = exported(tmp_path)
    assert 'FIRST_QUERIES_DATABASE = order.place(FIRST, "sql", "jobs.py", "submit", \'slow = ' in text, text
    assert run_test(tmp_path)[0] == {"failed": 1}


HELD_WHILE_IT_WAITS = """\
import asyncio, threading

lock, seen = threading.Lock(), []

async def note(name):
    seen.append(name)

def register(loop, name):
    with lock:
        name = name.upper()
        asyncio.run_coroutine_threadsafe(note(name), loop).result()

async def main():
    loading = asyncio.create_task(asyncio.to_thread(register, asyncio.get_running_loop(), "crop"))
    # Long enough for a busy machine: a thread that begins later than this hangs the run that is recorded.
    await asyncio.sleep(0.5)
    with lock:
        print(seen)
    await loading

asyncio.run(main())
"""


@pytest.mark.slow
def test_an_order_that_is_given_up_for_a_deadlock_makes_a_test(tmp_path: Path) -> None:
    recorded(tmp_path, "library.py", HELD_WHILE_IT_WAITS)
    assert "assert outcome.hang is None" in exported(tmp_path)
    assert run_test(tmp_path)[0] == {"failed": 1}


LOCK_ACROSS_AN_AWAIT = """\
import asyncio, threading

lock = threading.Lock()

async def client(after):
    await asyncio.sleep(after)
    with lock:
        await asyncio.sleep(0.001)

async def main():
    await asyncio.gather(client(0), client(0.05))
"""


def test_a_loop_that_stops_for_a_lock_is_run_in_a_process_of_its_own(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "tracer.py").write_text(LOCK_ACROSS_AN_AWAIT)
    assert record_main(project / "tracer.py", project / "run.causeway") == 0
    proved(project)
    assert 'order.run(["-c", "import asyncio, tracer; asyncio.run(tracer.main())"]' in exported(project)
    assert run_test(project)[0] == {"failed": 1}


COUNTED = """\
import asyncio
from pathlib import Path

STORE = Path(STORED)

class Account:
    balance = int(STORE.read_text())

async def deposit(account, amount):
    seen = account.balance
    await asyncio.sleep(0)
    account.balance = seen + amount

async def main():
    account = Account()
    first = asyncio.create_task(deposit(account, 1))
    await asyncio.sleep(0.005)
    await asyncio.gather(first, asyncio.create_task(deposit(account, 2)))
    STORE.write_text(str(account.balance))
    print("balance", account.balance)

asyncio.run(main())
"""


def test_what_the_program_starts_from_is_brought_back_before_each_run(tmp_path: Path) -> None:
    folder, store = tmp_path / "project", tmp_path / "store.txt"
    folder.mkdir()
    store.write_text("5")
    program = folder / "app.py"
    program.write_text(COUNTED.replace("STORED", repr(str(store))))
    assert causeway(folder, "record", "-q", "--no-analyze", "-o", "run.causeway", "app.py").returncode == 0
    done = causeway(folder, "analyze", "run.causeway", "--verify", "--reset", f"printf 5 > {store}")
    assert "confirmed" in done.stdout, done.stdout + done.stderr
    text = exported(folder)
    assert "subprocess.run(" in text and "printf 5 > " in text and "'balance 8'" in text
    assert run_test(folder)[0] == {"failed": 1}
    program.write_text(program.read_text().replace(BROKEN, MENDED))
    assert [run_test(folder)[0] for _ in range(2)] == [{"passed": 1}] * 2
