"""A controller asks an accessory over one link, and gives up after a while; a link that drops fails what is open.

After https://github.com/Jc2k/aiohomekit/pull/377
"""

import asyncio
from collections import deque


class Link:
    def __init__(self):
        self.open = deque()
        self.connected = True

    def data_received(self, value):
        if self.open:
            answer = self.open.popleft()
            if not answer.done():
                answer.set_result(value)

    def connection_lost(self, error):
        self.connected = False
        while self.open:
            answer = self.open.popleft()
            if not answer.done():
                answer.set_exception(error)

    async def request(self, name, limit):
        answer = asyncio.get_running_loop().create_future()
        self.open.append(answer)
        try:
            async with asyncio.timeout(limit):
                return f"{name}={await answer}"
        except TimeoutError:
            return f"{name} timed out"


async def accessory(link, answers):
    for value in answers:
        await asyncio.sleep(0.03)
        link.data_received(value)


async def poll(link, name, after):
    await asyncio.sleep(after)
    try:
        return await link.request(name, 1)
    except ConnectionError:
        return f"{name} lost"


async def main():
    link = Link()
    device = asyncio.create_task(accessory(link, ["on", "21"]))
    pollers = [asyncio.create_task(poll(link, name, 0)) for name in ("lamp", "heat")]
    await asyncio.sleep(0.15)
    pollers[0].cancel()
    states = await asyncio.gather(*pollers, return_exceptions=True)
    await device
    link.connection_lost(ConnectionError("closed"))
    return [str(state) for state in states]


if __name__ == "__main__":
    assert asyncio.run(main())[1] == "heat=21"
