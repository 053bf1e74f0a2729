"""What callbacks of futures note, read by who has waited for the futures alone; beside it, the same code mended."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.test_proof_templates import proved

SIZES = """\
import threading
from concurrent.futures import ThreadPoolExecutor, wait

class Sizes:
    def __init__(self):
        self.of, self.noted = {}, threading.Semaphore(0)

    def note(self, future):
        self.of[future.result()] = len(future.result())
        TELL

def measure(word):
    threading.Event().wait(0.02)
    return word

sizes = Sizes()
with ThreadPoolExecutor(2) as pool:
    futures = [pool.submit(measure, word) for word in ("ann", "bobby")]
    for future in futures:
        future.add_done_callback(sizes.note)
    wait(futures)
    WAIT
    found = sorted(sizes.of.items())
SHOW
"""
TELLS = {"TELL": "self.noted.release()", "WAIT": "[sizes.noted.acquire() for _ in futures]"}
BAD = {"TELL": "pass", "WAIT": "pass"}


@pytest.mark.parametrize(
    ("parts", "show", "wrong"), [(BAD, "print(found)", True), (TELLS, "print(found)", False), (BAD, "print(sorted(sizes.of.items()))", False)]
)
def test_what_a_callback_notes_is_read_when_the_future_is_done(tmp_path: Path, parts: dict[str, str], show: str, wrong: bool) -> None:
    source = SIZES.replace("SHOW", show)
    for name, text in parts.items():
        source = source.replace(name, text)
    if "sizes.of.items()))" in show:
        source = source.replace("    found = sorted(sizes.of.items())\n", "")
    found = [(each.kind, each.tier) for each in proved(tmp_path, source) if each.tier == "confirmed"]
    assert found == ([("order_violation", "confirmed")] if wrong else [])


ROOMS = """\
import queue
import threading

class Rooms:
    def __init__(self, workers):
        self.todo, self.size = queue.Queue(), {}
        for _ in range(workers):
            threading.Thread(target=self.work, daemon=True).start()

    def work(self):
        while True:
            name = self.todo.get()
            FIRST
            THEN

rooms = Rooms(WORKERS)
for name in ("hall", "attic"):
    rooms.todo.put(name)
rooms.todo.join()
print(sorted(rooms.size.items()))
"""
NOTES, DONE = "self.size[name] = len(name)", "self.todo.task_done()"


@pytest.mark.parametrize(("first", "then", "workers", "wrong"), [(DONE, NOTES, "1", True), (DONE, NOTES, "2", True), (NOTES, DONE, "2", False)])
def test_what_a_worker_notes_after_it_has_said_that_it_is_done(tmp_path: Path, first: str, then: str, workers: str, wrong: bool) -> None:
    source = ROOMS.replace("FIRST", first).replace("THEN", then).replace("WORKERS", workers)
    found = [(each.kind, each.tier) for each in proved(tmp_path, source) if each.tier != "hint"]
    assert found == ([("order_violation", "confirmed")] if wrong else [])


FILES = """\
import threading, time
from concurrent.futures import ThreadPoolExecutor

class Transfer:
    def __init__(self):
        self.pool, self.file_of, self.open = ThreadPoolExecutor(2), {}, {"a": 1, "b": 1}

    def upload(self, name):
        UPLOAD

    def finished(self, key):
        name = self.file_of.pop(key, None)
        if name is not None:
            self.open[name] -= 1

transfer = Transfer()
for name in ("a", "b"):
    transfer.upload(name)
transfer.pool.shutdown()
print(transfer.open)
"""
STARTED_FIRST = """\
future = self.pool.submit(time.sleep, 0.05)
        future.add_done_callback(self.finished)
        self.file_of[future] = name"""
STORED_FIRST = """\
self.file_of[name] = name
        self.pool.submit(time.sleep, 0.05).add_done_callback(lambda future: self.finished(name))"""


@pytest.mark.parametrize(("upload", "wrong"), [(STARTED_FIRST, True), (STORED_FIRST, False)])
def test_work_that_is_done_before_its_entry_is_stored(tmp_path: Path, upload: str, wrong: bool) -> None:
    found = [(each.kind, each.tier) for each in proved(tmp_path, FILES.replace("UPLOAD", upload)) if each.tier != "hint"]
    assert found == ([("order_violation", "confirmed")] if wrong else [])
