"""A pager pulls alerts from a mailbox, each is acknowledged; if none comes for a while it says that it is idle."""

import asyncio

END = "end of shift"


class Mailbox:
    def __init__(self, broker_delay):
        self._queue = asyncio.Queue()
        self._broker_delay = broker_delay
        self.acknowledged = set()
        self._taken = None

    def post(self, alert):
        self._queue.put_nowait(alert)

    async def _acknowledge(self, alert):
        for _ in range(2):
            await asyncio.sleep(self._broker_delay(alert))
        self.acknowledged.add(alert)

    async def receive(self):
        if self._taken is None:
            self._taken = await self._queue.get()
        await self._acknowledge(self._taken)
        alert, self._taken = self._taken, None
        return alert


async def pager(mailbox, paged, idle):
    while True:
        try:
            alert = await asyncio.wait_for(mailbox.receive(), 0.03)
        except TimeoutError:
            idle()
            continue
        if alert == END:
            return
        paged.append(alert)


async def shift():
    mailbox = Mailbox(lambda alert: 0.001)
    paged, idle_signs = [], []
    duty = asyncio.create_task(pager(mailbox, paged, lambda: idle_signs.append("idle")))
    for alert, pause in (("disk full", 0.005), ("fan stopped", 0.05), ("door open", 0.004)):
        mailbox.post(alert)
        await asyncio.sleep(pause)
    mailbox.post(END)
    await duty
    return paged


def main():
    return asyncio.run(shift())


if __name__ == "__main__":
    print(main())
