"""Bugs of asyncio programs that an ordinary run does not show, confirmed by re-runs; beside each, the same code mended, which is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from causeway_core.model import Finding

from tests.support.proofs import judged, record

DISPATCHER = """\
import asyncio

class Dispatcher:
    def __init__(self):
        self.inbox, self.handled, self.signal = [], [], asyncio.Event()

    def post(self, message):
        self.inbox.append(message)
        self.signal.set()

    async def handle(self, message):
        await asyncio.sleep(0.001)
        self.handled.append(message)

    async def run(self, count):
        while len(self.handled) < count:
            EARLY
            batch, self.inbox = self.inbox, []
            for message in batch:
                await self.handle(message)
            LATE
            await self.signal.wait()

async def main():
    dispatcher = Dispatcher()
    running = asyncio.create_task(dispatcher.run(2))
    for number in range(2):
        await asyncio.sleep(0.02)
        dispatcher.post(number)
    await asyncio.sleep(0.02)
    dispatcher.signal.set()
    await running

asyncio.run(main())
"""

COMMANDS = """\
import asyncio

class Device:
    def __init__(self):
        self.pending = {}

    def command(self, name):
        self.pending[name] = asyncio.get_running_loop().create_future()
        return self.pending[name]

    async def on_answer(self, name, text):
        future = self.pending.FIND
        LOOK
        await asyncio.sleep(0.001)
        LATE
        future.set_result(text)

    def on_lost(self):
        for future in self.pending.values():
            if not future.done():
                future.set_result("lost")

async def main():
    device = Device()
    waiting = device.command("status")

    async def lost():
        await asyncio.sleep(0.05)
        device.on_lost()

    await asyncio.gather(device.on_answer("status", "ok"), lost())
    await waiting

asyncio.run(main())
"""
ASKS = "if future is None or future.done(): return"

POOL = """\
import asyncio

class Connection:
    failed = False

    async def connect(self):
        await asyncio.sleep(0.001)
        self.failed = True
        raise OSError("nobody there")

class Pool:
    def __init__(self):
        self.connections, self.lock = [], asyncio.Lock()

    async def tidy(self):
        await asyncio.sleep(0)
        for connection in list(self.connections):
            if connection.failed:
                self.connections.remove(connection)

    async def request(self):
        connection = Connection()
        async with self.lock:
            await self.tidy()
            self.connections.append(connection)
        try:
            await connection.connect()
        except OSError:
            async with self.lock:
                LOOK
                    self.connections.remove(connection)
            return "no connection"

async def main():
    pool = Pool()

    async def fetch(delay):
        await asyncio.sleep(delay)
        return await pool.request()

    return await asyncio.gather(fetch(0), fetch(0.05), return_exceptions=True)

print(asyncio.run(main()))
"""

LOG = """\
import asyncio

class Worker:
    def __init__(self):
        self.queue, self.written = asyncio.Queue(), []

    async def run(self):
        while (line := await self.queue.get()) is not None:
            await asyncio.sleep(0)
            self.written.append(line)

    def log(self, line):
        self.queue.put_nowait(line)

async def request(worker):
    await asyncio.sleep(0.005)
    worker.log("done")

async def main():
    worker = Worker()
    running = asyncio.create_task(worker.run())
    serving = asyncio.create_task(request(worker))
    WAIT
    worker.queue.put_nowait(None)
    await running
    await serving
    return worker.written

print(asyncio.run(main()))
"""


def proved(tmp_path: Path, source: str) -> list[Finding]:
    (tmp_path / "app.py").write_text(source)
    (tmp_path / "run.causeway").unlink(missing_ok=True)
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    return [each for each in judged(tmp_path / "run.causeway") if each.tier != "hint"]


@pytest.mark.parametrize("reset", ["self.signal.clear()", "self.signal = asyncio.Event()"])
@pytest.mark.parametrize("late", [True, False])
def test_an_event_is_reset_after_the_look_at_what_it_is_set_for(tmp_path: Path, reset: str, late: bool) -> None:
    source = DISPATCHER.replace("LATE" if late else "EARLY", reset).replace("EARLY" if late else "LATE", "pass")
    found = [each for each in proved(tmp_path, source) if each.kind == "lost_wakeup"]
    assert [each.tier for each in found] == (["confirmed"] if late else [])


@pytest.mark.parametrize(("find", "look", "late", "wrong"), [
    ("get(name)", ASKS, "pass", True), ("get(name)", "pass", "pass", True), ("get(name)", "pass", ASKS, False), ("pop(name)", ASKS, "pass", False),
])  # fmt: skip
def test_a_future_that_two_may_settle(tmp_path: Path, find: str, look: str, late: str, wrong: bool) -> None:
    found = proved(tmp_path, COMMANDS.replace("FIND", find).replace("LOOK", look).replace("LATE", late))
    assert [(each.resource, each.tier) for each in found] == ([("Device.pending['status']", "confirmed")] if wrong else [])


@pytest.mark.parametrize(("look", "wrong"), [("if connection.failed:", True), ("if connection in self.connections:", False)])
def test_an_element_that_another_has_removed_by_then(tmp_path: Path, look: str, wrong: bool) -> None:
    found = proved(tmp_path, POOL.replace("LOOK", look))
    assert [(each.resource, each.tier) for each in found] == ([("Pool.connections", "confirmed")] if wrong else [])
    assert not wrong or "removes from Pool.connections" in found[0].title


@pytest.mark.parametrize(("wait", "wrong"), [("await asyncio.sleep(0.05)", True), ("await serving", False)])
def test_an_item_that_is_put_after_the_last_one(tmp_path: Path, wait: str, wrong: bool) -> None:
    found = proved(tmp_path, LOG.replace("WAIT", wait))
    assert [(each.resource, each.tier) for each in found] == ([("Worker.queue", "confirmed")] if wrong else [])


SETTINGS = """\
import asyncio, json, tempfile
from pathlib import Path

lock = asyncio.Lock()

def read(path):
    return json.loads(path.read_text()) if path.exists() else {}

async def load(path):
    return await asyncio.to_thread(read, path)

def save(path, settings):
    path.write_text(json.dumps(settings))

async def put(path, after, key, value):
    await asyncio.sleep(after)
    UNDER:
        settings = await load(path)
        settings[key] = value
        save(path, settings)

async def main():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "settings.json"
        await asyncio.gather(put(path, 0, "colour", "red"), put(path, 0.1, "size", 2))
        print(sorted(read(path)))

asyncio.run(main())
"""


@pytest.mark.parametrize(("under", "wrong"), [("if True", True), ("async with lock", False)])
def test_a_file_that_a_pools_thread_reads_and_the_task_writes(tmp_path: Path, under: str, wrong: bool) -> None:
    found = proved(tmp_path, SETTINGS.replace("UNDER", under))
    assert [(each.kind, each.tier) for each in found] == ([("lost_update", "confirmed")] if wrong else [])
