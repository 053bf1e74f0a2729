"""What a task has taken out as a whole when it is cancelled; beside it, the same code mended."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.proofs import judged, record

OUTBOX = """\
import asyncio

class Outbox:
    def __init__(self):
        self.waiting, self.sent, self.wake = [], [], asyncio.Event()
        self.task = asyncio.create_task(self.run())

    def post(self, text):
        self.waiting.append(text)
        self.wake.set()

    async def run(self):
        while True:
            await self.wake.wait()
            self.wake.clear()
            await self.flush()

    async def send(self, texts):
        await asyncio.sleep(0.001)
        self.sent.extend(texts)

    async def flush(self):
        FLUSH

    async def close(self):
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        await self.flush()

async def main():
    outbox = Outbox()
    for text in "ab":
        outbox.post(text)
        await asyncio.sleep(0.02)
    await outbox.close()
    print(sorted(outbox.sent))

asyncio.run(main())
"""
SWAP = "texts, self.waiting = self.waiting, []"
COPY = "texts = list(self.waiting)\n        self.waiting.clear()"
SEND = "\n        await self.send(texts)"
PUT_BACK = """
        try:
            await self.send(texts)
        except asyncio.CancelledError:
            self.waiting = texts + self.waiting
            raise"""
ONE = """while self.waiting:
            text = self.waiting.pop(0)
            await self.send([text])"""
ONE_PUT_BACK = """while self.waiting:
            text = self.waiting.pop(0)
            try:
                await self.send([text])
            except asyncio.CancelledError:
                self.waiting.insert(0, text)
                raise"""
AFTER = "texts = list(self.waiting)" + SEND + "\n        del self.waiting[:len(texts)]"


SHIELDED = SEND.replace("self.send(texts)", "asyncio.shield(self.send(texts))")


@pytest.mark.parametrize(("flush", "wrong"), [
    (SWAP + SEND, True), (COPY + SEND, True), (ONE, True), (ONE_PUT_BACK, False), (SWAP + PUT_BACK, False), (AFTER, False), (SWAP + SHIELDED, False),
])  # fmt: skip
def test_items_that_were_removed_to_be_sent_are_lost_with_the_cancelled_task(tmp_path: Path, flush: str, wrong: bool) -> None:
    assert handed_over(tmp_path, OUTBOX.replace("FLUSH", flush)) == (["confirmed"] if wrong else [])


SWITCHBOARD = """\
import asyncio

class Line:
    open = True

    async def hang_up(self):
        await asyncio.sleep(0.001)
        self.open = False

    def cut(self):
        self.open = False

class Board:
    def __init__(self):
        self.all = [Line(), Line()]
        self.lines = list(self.all)

    async def close(self):
        while self.lines:
            CLOSE

    def cut(self):
        while self.lines:
            self.lines.pop().cut()

async def main():
    board = Board()
    try:
        await asyncio.wait_for(board.close(), 60)
    except TimeoutError:
        LATE
    print([line.open for line in board.all])

asyncio.run(main())
"""
TAKEN = "line = self.lines.pop()\n            await line.hang_up()"
LOOKED_AT = "await self.lines[-1].hang_up()\n            self.lines.pop()"
CUT = "board.cut()"


@pytest.mark.parametrize(("close", "late", "wrong"), [(TAKEN, CUT, True), (LOOKED_AT, CUT, False), (TAKEN, "print('late')", False)])
def test_what_was_taken_when_the_time_is_over_is_not_among_what_is_left(tmp_path: Path, close: str, late: str, wrong: bool) -> None:
    assert handed_over(tmp_path, SWITCHBOARD.replace("CLOSE", close).replace("LATE", late)) == (["confirmed"] if wrong else [])


def handed_over(tmp_path: Path, source: str) -> list[str]:
    """The tiers of what is found to be handed over and lost."""
    (tmp_path / "app.py").write_text(source)
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    found = judged(tmp_path / "run.causeway")
    return [each.tier for each in found if "hands over what it took" in each.title]
