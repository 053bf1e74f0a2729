"""Messages of several items in a queue that two actors read; beside it, the same mended, and workers for whom each item is complete."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.proofs import judged, record

SOCKET = """\
import asyncio

def same(letters):
    assert len(set(letters)) == 1, letters
    return letters

class Socket:
    def __init__(self):
        self.chunks = asyncio.Queue()
        self.turn = asyncio.Lock()

    async def serve(self, *texts):
        for text in texts:
            for chunk in (text, text + "."):
                await self.chunks.put(chunk)
                await asyncio.sleep(0.002)

    async def read(self):
        return await self.chunks.get()

    async def message(self):
        parts = []
        while True:
            part = await self.read()
            parts.append(part)
            if part.endswith("."):
                return same("".join(parts).rstrip("."))

    async def alone(self):
        async with self.turn:
            return await self.message()

async def follow(socket, after):
    await asyncio.sleep(after)
    return await socket.READS()

async def main():
    socket = Socket()
    server = asyncio.create_task(socket.serve("aa", "bb"))
    found = await asyncio.gather(follow(socket, 0), follow(socket, 0.02))
    await server
    return sorted(found)

print(asyncio.run(main()))
"""
LINE = """\
import queue
import threading

line = queue.Queue()
guard = threading.Lock()
received = []

def read_record():
    size = line.get()
    body = line.get()
    return body[:size.real]

def read_alone():
    with guard:
        return read_record()

def work():
    received.append(READS())

for item in (3, "abc", 2, "de"):
    line.put(item)
readers = [threading.Thread(target=work) for _ in range(2)]
for reader in readers:
    reader.start()
for reader in readers:
    reader.join()
print(sorted(received))
"""
POOL = """\
import queue
import threading

jobs = queue.Queue()

def work(done):
    seen = []
    while (job := jobs.get()) is not None:
        seen.append(job)
    done.append(tuple(seen))

done = []
for job in (1, 2, 3, 4, None, None):
    jobs.put(job)
workers = [threading.Thread(target=work, args=(done,)) for _ in range(2)]
for worker in workers:
    worker.start()
for worker in workers:
    worker.join()
print(sum(map(sum, done)))
"""


def above_hint(folder: Path, program: str) -> list[tuple[str, str, str]]:
    (folder / "app.py").write_text(program)
    assert record(["app.py"], folder / "run.causeway", root=folder) == 0
    return [(each.tier, each.kind, each.resource) for each in judged(folder / "run.causeway") if each.tier != "hint"]


@pytest.mark.parametrize(("reads", "splits"), [("message", True), ("alone", False)])
def test_two_tasks_share_the_chunks_of_a_message(tmp_path: Path, reads: str, splits: bool) -> None:
    found = above_hint(tmp_path, SOCKET.replace("READS", reads))
    assert found == ([("confirmed", "atomicity_violation", "queue")] if splits else [])


@pytest.mark.parametrize(("reads", "splits"), [("read_record", True), ("read_alone", False)])
def test_two_threads_share_a_header_and_a_body(tmp_path: Path, reads: str, splits: bool) -> None:
    assert above_hint(tmp_path, LINE.replace("READS", reads)) == ([("confirmed", "atomicity_violation", "queue")] if splits else [])


def test_which_of_two_workers_gets_a_whole_job_does_not_matter(tmp_path: Path) -> None:
    assert above_hint(tmp_path, POOL) == []
