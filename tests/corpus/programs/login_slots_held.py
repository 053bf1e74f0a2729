"""An FTP server logs in one client at a time; a client that is not served in time goes away."""

import asyncio
from contextlib import asynccontextmanager


class LoginDesk:
    def __init__(self, places):
        self.places = places
        self._free = asyncio.Semaphore(places)
        self.inside = 0
        self.most_inside = 0

    @asynccontextmanager
    async def place(self):
        await self._free.acquire()
        self.inside += 1
        self.most_inside = max(self.most_inside, self.inside)
        try:
            yield self
        finally:
            self.inside -= 1
            self._free.release()

    async def count_free(self):
        count = 0
        while not self._free.locked():
            await self._free.acquire()
            count += 1
        return count


async def client(desk, patience, greeting):
    try:
        async with asyncio.timeout(patience):
            async with desk.place():
                await asyncio.sleep(greeting)
    except TimeoutError:
        return


async def day():
    desk = LoginDesk(1)
    async with asyncio.TaskGroup() as group:
        for _ in range(4):
            group.create_task(client(desk, patience=0.05, greeting=0.002))
    return {"free at night": await desk.count_free(), "places": desk.places}


def main():
    return asyncio.run(day())


if __name__ == "__main__":
    print(main())
