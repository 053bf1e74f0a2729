"""A request that is cancelled between its command and the reply gives its connection up."""

import asyncio


class Wire:
    def __init__(self, data):
        self.data = data
        self.replies = asyncio.Queue()

    async def write(self, key):
        self.replies.put_nowait(self.data[key])

    async def read(self):
        await asyncio.sleep(0.001)
        return await self.replies.get()


class CacheClient:
    def __init__(self, connect):
        self._connect = connect
        self._free = [connect()]

    async def get(self, key):
        wire = self._free.pop() if self._free else self._connect()
        try:
            await wire.write(key)
            return await wire.read()
        except BaseException:
            wire = self._connect()
            raise
        finally:
            self._free.append(wire)


async def main():
    client = CacheClient(lambda: Wire({"user:1": "ada", "user:2": "bob"}))
    try:
        await asyncio.wait_for(client.get("user:1"), timeout=0.3)
    except TimeoutError:
        pass
    return await client.get("user:2")
