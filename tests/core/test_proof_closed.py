"""An object of a library that one closes and another uses; beside it, the same code mended."""

from __future__ import annotations

from pathlib import Path

import pytest
from causeway_core.analysis import examine
from causeway_core.storage import Recording

from tests.support.proofs import judged, record

RECORDER = """\
import asyncio

class Recorder:
    def __init__(self, path):
        self.file = open(path, "w")

    async def note(self, text):
        await asyncio.sleep(0.001)
        NOTE

    def close(self):
        self.file.close()

async def talk(recorder):
    for text in "ab":
        await recorder.note(text)

async def hang_up(recorder, talking):
    await asyncio.sleep(0.1)
    HANG_UP

async def main():
    recorder = Recorder("notes.txt")
    talking = asyncio.create_task(talk(recorder))
    await asyncio.gather(talking, hang_up(recorder, talking))

asyncio.run(main())
"""
WRITE, CLOSE = "self.file.write(text)", "recorder.close()"
LOOK = "if not self.file.closed:\n            self.file.write(text)"
WAIT = "await talking\n    recorder.close()"


@pytest.mark.parametrize(("note", "hang_up", "wrong"), [(WRITE, CLOSE, True), (LOOK, CLOSE, False), (WRITE, WAIT, False)])
def test_a_file_that_is_closed_while_others_may_still_write(tmp_path: Path, note: str, hang_up: str, wrong: bool) -> None:
    (tmp_path / "app.py").write_text(RECORDER.replace("NOTE", note).replace("HANG_UP", hang_up))
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    found = judged(tmp_path / "run.causeway")
    assert [(each.kind, each.tier) for each in found] == ([("order_violation", "confirmed")] if wrong else [])


FEED = """\
import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

GUARD = threading.Lock()

class Feed:
    def __init__(self, sink):
        self.sink = sink

    def send(self, done):
        CHECK

def make():
    MAKE

def close(sink):
    CLOSE

def send(feed, done):
    for _ in range(2):
        feed.send(done)

def main():
    sink, done = make(), []
    sender = threading.Thread(target=send, args=(Feed(sink), done))
    sender.start()
    time.sleep(0.05)
    JOIN
    close(sink)
    sender.join()

main()
"""
LOOP, POOL = "return asyncio.new_event_loop()", "return ThreadPoolExecutor(max_workers=1)"
OF_LOOP = "if not self.sink.is_closed():\n            self.sink.call_soon_threadsafe(done.append, 1)"
OF_LOCAL = "pool = self.sink\n        if pool._shutdown:\n            return\n        pool.submit(done.append, 1)"
LOCKED = "with GUARD:\n            if not self.sink.is_closed():\n                self.sink.call_soon_threadsafe(done.append, 1)"
CAUGHT = f"try:\n            {OF_LOOP}\n        except RuntimeError:\n            pass".replace("            self", "                self")


@pytest.mark.parametrize(
    ("make", "check", "close", "join", "tier"),
    [
        (LOOP, OF_LOOP, "sink.close()", "pass", "confirmed"),
        (POOL, OF_LOCAL, "sink.shutdown()", "pass", "confirmed"),
        (LOOP, OF_LOOP, "sink.close()", "sender.join()", None),
        (LOOP, LOCKED, "with GUARD:\n        sink.close()", "pass", None),
        (LOOP, CAUGHT, "sink.close()", "pass", "hint"),
    ],
)
def test_a_loop_or_pool_that_is_closed_between_a_check_and_the_use(
    tmp_path: Path, make: str, check: str, close: str, join: str, tier: str | None
) -> None:
    source = FEED.replace("CHECK", check).replace("MAKE", make).replace("CLOSE", close).replace("JOIN", join)
    (tmp_path / "app.py").write_text(source)
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    found = judged(tmp_path / "run.causeway")
    assert [each.tier for each in found if "is open" in each.title] == ([tier] if tier else []), [(each.title, each.proof) for each in found]


WORK = """\
import asyncio
import time

async def main():
    for number in range(4):
        await asyncio.to_thread(time.sleep, 0.001)
        await asyncio.sleep(0.002)

asyncio.run(main())
"""


def test_what_an_executor_counts_its_idle_workers_with_is_no_lock_of_the_program(tmp_path: Path) -> None:
    """The loop shuts its executor down, so the recording knows what that holds."""
    (tmp_path / "app.py").write_text(WORK)
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    with Recording.open(tmp_path / "run.causeway") as recording:
        assert not examine(recording).findings


LINK = """\
import os
import threading
import time

class Link:
    def __init__(self):
        self.reader, self.writer = os.pipe()
        self.guard = threading.Lock()
        self.is_closed = False

    def send(self, text):
        GUARDED:
            if not self.is_closed:
                os.write(self.writer, text)

    def close(self):
        with self.guard:
            self.is_closed = True
            os.close(self.writer)

def hang_up(link):
    time.sleep(0.1)
    link.close()

link = Link()
threads = [threading.Thread(target=link.send, args=(b"a",)), threading.Thread(target=hang_up, args=(link,))]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
os.close(link.reader)
"""


@pytest.mark.parametrize(("guarded", "wrong"), [("if True", True), ("with self.guard", False)])
def test_a_descriptor_that_is_closed_between_a_check_and_the_use(tmp_path: Path, guarded: str, wrong: bool) -> None:
    (tmp_path / "app.py").write_text(LINK.replace("GUARDED", guarded))
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    found = [(each.tier, each.kind, each.resource) for each in judged(tmp_path / "run.causeway") if each.tier != "hint"]
    assert found == ([("confirmed", "atomicity_violation", "Link.is_closed")] if wrong else [])
