"""Sheets of a map are fetched once: who asks while one is fetched waits for the same task."""

import asyncio


class SheetServer:
    def __init__(self):
        self.asked = []

    async def fetch(self, name):
        self.asked.append(name)
        await asyncio.sleep(0.02)
        return f"sheet {name}"


class Atlas:
    def __init__(self, server):
        self._server = server
        self._sheets = {}

    async def sheet(self, name):
        task = self._sheets.get(name)
        if task is None:
            task = self._sheets[name] = asyncio.create_task(self._server.fetch(name))
        return await asyncio.shield(task)


async def walk(atlas, names):
    return [await atlas.sheet(name) for name in names]


async def main():
    server = SheetServer()
    atlas = Atlas(server)
    walks = await asyncio.gather(
        walk(atlas, ["B2", "B3"]),
        walk(atlas, ["B3", "C3"]),
        walk(atlas, ["B2", "C3"]),
    )
    return walks, sorted(server.asked)


if __name__ == "__main__":
    assert asyncio.run(main())[1] == ["B2", "B3", "C3"]
