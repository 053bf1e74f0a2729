"""Programs recorded and analysed by the command: what is confirmed, what is not, and when nothing is run."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import causeway

LOST_UPDATE = """\
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
    print("balance", account.balance)

asyncio.run(main())
"""

HARMLESS = """\
import asyncio

class Writer:
    def __init__(self):
        self.buffer = []
        self.sent = []

async def flush(writer):
    if writer.buffer:
        batch = writer.buffer
        await asyncio.sleep(0.001)
        writer.sent.extend(batch)
        writer.buffer = []

async def write(writer, item):
    writer.buffer.append(item)

async def main():
    writer = Writer()
    await write(writer, 1)
    flushing = asyncio.create_task(flush(writer))
    await asyncio.sleep(0.01)
    await asyncio.gather(flushing, asyncio.create_task(write(writer, 2)))
    await flush(writer)
    print(sorted(writer.sent))

asyncio.run(main())
"""

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

ROWS = """\
import os, sqlite3, threading

def setup():
    if os.path.exists("bank.db"):
        os.remove("bank.db")
    with sqlite3.connect("bank.db") as database:
        database.execute("create table account (id integer primary key, balance integer)")
        database.execute("insert into account values (1, 100)")
    database.close()

def withdraw(amount):
    database = sqlite3.connect("bank.db", isolation_level=None)
    (balance,) = database.execute("select balance from account where id = ?", (1,)).fetchone()
    database.execute("update account set balance = ? where id = ?", (balance - amount, 1))
    database.close()

setup()
for amount in (10, 20):
    thread = threading.Thread(target=withdraw, args=(amount,))
    thread.start()
"""

FINALIZER = """\
import gc, threading

lines, lock, inside = [], threading.Lock(), threading.local()

class Session:
    def __init__(self):
        self.itself = self

    def __del__(self):
        write("ended")

def write(line):
    GUARD
    with lock:
        lines.append(line)

Session()
write("working")
gc.collect()
print(lines)
"""
MARKED = """if getattr(inside, "marked", False):
        raise RuntimeError
    inside.marked = True"""


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return causeway(*words, cwd=folder)


def recorded(folder: Path, source: str) -> None:
    (folder / "app.py").write_text(source)
    done = run(folder, "record", "-q", "-o", "run.causeway", "app.py")
    assert done.returncode == 0, done.stderr


def analysed(folder: Path, *words: str) -> list[dict[str, Any]]:
    done = run(folder, "analyze", "run.causeway", "--format", "json", *words)
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout)["findings"])


def test_a_lost_update_is_confirmed_and_the_proof_is_kept(tmp_path: Path) -> None:
    recorded(tmp_path, LOST_UPDATE)
    [finding] = analysed(tmp_path, "--repeat", "4")
    assert (finding["tier"], finding["kind"], finding["reproduced"]) == ("confirmed", "lost_update", {"runs": 4, "failures": 4})
    assert finding["proof"]["verdict"] == "confirmed" and finding["proof"]["outcome"].startswith("every serial order gives balance 3; this one gave")
    assert finding["orders"][finding["proof"]["order"]]["aim"] == "bad"
    # The program can no longer be run, yet what was proved is known.
    (tmp_path / "app.py").unlink()
    [again] = analysed(tmp_path)
    assert again == finding


def test_an_order_that_ends_as_a_serial_one_does_is_only_a_hint(tmp_path: Path) -> None:
    recorded(tmp_path, HARMLESS)
    findings = analysed(tmp_path)
    assert findings and {finding["tier"] for finding in findings} == {"hint"}
    assert any(finding["proof"] is not None and finding["proof"]["verdict"] == "harmless" for finding in findings)


def test_locks_in_both_orders_are_a_deadlock_once_forced(tmp_path: Path) -> None:
    recorded(tmp_path, DEADLOCK)
    [finding] = analysed(tmp_path)
    assert (finding["tier"], finding["kind"]) == ("confirmed", "deadlock")
    assert "the program hangs" in finding["proof"]["outcome"] and "only a hint" not in finding["explanation"]


def test_rows_of_a_database_are_proved_on_a_copy(tmp_path: Path) -> None:
    recorded(tmp_path, ROWS)
    before = (tmp_path / "bank.db").read_bytes()
    findings = analysed(tmp_path)
    assert [(finding["tier"], finding["resource"]) for finding in findings if finding["kind"] == "lost_update"] == [("confirmed", "account row 1")]
    assert (tmp_path / "bank.db").read_bytes() == before


@pytest.mark.parametrize(("change", "reason"), [
    (lambda source: source + "# edited\n", "app.py has changed since"),
    (None, "it may read standard input (app.py:1)"),
], ids=["changed", "stdin"])  # fmt: skip
def test_what_is_not_safe_is_not_run_and_said(tmp_path: Path, change: Any, reason: str) -> None:
    recorded(tmp_path, LOST_UPDATE if change else f"import sys; sys.stdin.read()\n{LOST_UPDATE}")
    if change:
        (tmp_path / "app.py").write_text(change(LOST_UPDATE))
    done = run(tmp_path, "analyze", "run.causeway", "--format", "json")
    [finding] = json.loads(done.stdout)["findings"]
    assert (finding["tier"], finding["proof"], finding["reproduced"]) == ("likely", None, None) and finding["orders"]
    assert f"nothing was proved by a re-run: {reason}" in done.stderr
    assert run(tmp_path, "analyze", "run.causeway", "--no-verify").stderr == ""
    if not change:
        [finding] = analysed(tmp_path, "--verify")
        assert finding["tier"] == "confirmed"


def test_recordings_of_re_runs_can_be_kept(tmp_path: Path) -> None:
    recorded(tmp_path, LOST_UPDATE)
    analysed(tmp_path, "--keep", "kept")
    kept = sorted((tmp_path / "kept").glob("*.causeway"))
    assert kept and any("bad" in path.name for path in kept) and any("serial" in path.name for path in kept)
    assert run(tmp_path, "why", str(kept[0]), "Account.balance").returncode == 0


def test_a_program_that_no_longer_runs_as_it_was_recorded_proves_nothing(tmp_path: Path) -> None:
    (tmp_path / "needed").touch()
    recorded(tmp_path, f"import os; os.stat('needed')\n{LOST_UPDATE}")
    (tmp_path / "needed").unlink()
    [finding] = analysed(tmp_path)
    assert (finding["tier"], finding["proof"]["verdict"]) == ("likely", "untried")
    assert "without any order, the program fails" in finding["proof"]["reason"]


def test_a_finalizer_that_waits_for_its_own_thread_is_confirmed_by_collecting_garbage_there(tmp_path: Path) -> None:
    recorded(tmp_path, FINALIZER.replace("GUARD", "pass"))
    [finding] = analysed(tmp_path)
    assert (finding["tier"], finding["kind"]) == ("confirmed", "deadlock")
    assert "garbage is collected while thread MainThread holds" in finding["proof"]["reason"]
    assert "the program hangs" in finding["proof"]["outcome"]


def test_who_finds_the_mark_of_its_own_thread_does_not_wait(tmp_path: Path) -> None:
    recorded(tmp_path, FINALIZER.replace("GUARD", MARKED))
    assert not analysed(tmp_path)
