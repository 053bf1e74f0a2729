"""A meter answers one question at a time; a poll that comes while another is under way leaves it to that one."""

import asyncio


class Meter:
    def __init__(self):
        self.asked = 0

    async def ask(self):
        if self.asked:
            raise BlockingIOError("the meter is being read")
        self.asked += 1
        await asyncio.sleep(0.002)
        self.asked -= 1
        return {"kwh": 812, "serial": "M-7"}


class Coordinator:
    def __init__(self, meter):
        self.meter = meter
        self.polling = False
        self.data = {}
        self.online = False

    async def poll(self):
        if self.polling:
            return
        self.polling = True
        try:
            self.data = await self.meter.ask()
            self.online = True
        finally:
            self.polling = False


async def every(coordinator, first, times):
    await asyncio.sleep(first)
    for _ in range(times):
        await coordinator.poll()
        await asyncio.sleep(0.004)


async def main():
    meter = Meter()
    coordinator = Coordinator(meter)
    await asyncio.gather(every(coordinator, 0, 3), every(coordinator, 0.01, 2))
    return coordinator.data, coordinator.online, coordinator.polling, meter.asked
