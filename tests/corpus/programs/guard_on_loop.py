"""A lock of asyncio is made on first use; on one loop nothing comes between looking and making."""

import asyncio


class Session:
    def __init__(self):
        self._lock = None
        self.sequence = 0
        self.sent = []

    @property
    def lock(self):
        if self._lock is None:
            self._lock = asyncio.Lock()
        return self._lock

    async def send(self, text):
        async with self.lock:
            number = self.sequence
            await asyncio.sleep(0.001)
            self.sequence = number + 1
            self.sent.append((number, text))


async def main():
    session = Session()
    first = asyncio.create_task(session.send("hello"))
    await asyncio.sleep(0.01)
    second = asyncio.create_task(session.send("there"))
    await asyncio.gather(first, second)
    return sorted(number for number, _ in session.sent), session.sequence
