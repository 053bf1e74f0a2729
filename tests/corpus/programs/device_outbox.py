"""A device's telegrams are sent in batches over a connection that lives on an event loop; any thread may post one."""

import asyncio
import time
from collections import deque


class Outbox:
    def __init__(self, batch):
        self._loop = asyncio.get_running_loop()
        self._batch = batch
        self._pending = deque()
        self.sent = []

    def post(self, telegram):
        self._pending.append(telegram)
        if len(self._pending) >= self._batch:
            asyncio.run_coroutine_threadsafe(self.flush(), self._loop).result()

    async def flush(self):
        while self._pending:
            telegram = self._pending.popleft()
            await asyncio.sleep(0.001)
            self.sent.append(telegram)


def sample(outbox, sensor, count):
    for number in range(count):
        time.sleep(0.015)
        outbox.post(f"{sensor}={number}")


async def announce(outbox, after):
    await asyncio.sleep(after)
    outbox.post("online")


async def device():
    outbox = Outbox(batch=3)
    await asyncio.gather(asyncio.to_thread(sample, outbox, "temp", 4), announce(outbox, 0.001))
    await outbox.flush()
    return sorted(outbox.sent)


def main():
    return asyncio.run(device())


if __name__ == "__main__":
    print(main())
