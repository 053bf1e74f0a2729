"""Map tiles are kept up to a budget of bytes; old ones are dropped by a sweep that runs on a thread."""
import asyncio


class TileStore:
    def __init__(self, budget):
        self.budget = budget
        self.tiles = {}
        self.used = 0
        self.lock = asyncio.Lock()

    async def fetch(self, name):
        await asyncio.sleep(0.001)
        return b"." * len(name) * 10

    async def get(self, name):
        async with self.lock:
            if name not in self.tiles:
                self._keep(name, await self.fetch(name))
            return len(self.tiles[name])

    def _keep(self, name, tile):
        self.tiles[name] = tile
        self.used += len(tile)

    def sweep(self):
        """Drops the oldest tiles; called on a thread, for it also removes their files."""
        for name in list(self.tiles):
            if self.used <= self.budget:
                break
            tile = self.tiles.pop(name)
            self.used -= len(tile)


async def visitor(store, names, pause):
    await asyncio.sleep(pause)
    return [await store.get(name) for name in names]


async def sweeper(store, pause):
    await asyncio.sleep(pause)
    await asyncio.to_thread(store.sweep)


async def main():
    store = TileStore(budget=60)
    await asyncio.gather(
        visitor(store, ("north", "east"), 0), sweeper(store, 0.02), visitor(store, ("by-sea",), 0.05)
    )
    return store.used == sum(map(len, store.tiles.values())), store.used
