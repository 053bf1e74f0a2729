"""The state of a chat is a JSON file: read in a thread, changed, written back in a thread."""

import asyncio
import json
import tempfile
from pathlib import Path


class JSONSession:
    def __init__(self, folder):
        self.folder = Path(folder)

    def path(self, chat):
        return self.folder / f"{chat}.json"

    async def state(self, chat):
        path = self.path(chat)
        if not path.exists():
            return {}
        return json.loads(await asyncio.to_thread(path.read_text))

    async def update(self, chat, key, value):
        state = await self.state(chat)
        state[key] = value
        await asyncio.to_thread(self.path(chat).write_text, json.dumps(state))


async def run(session, after, key, value):
    await asyncio.sleep(after)
    await session.update("c1", key, value)


async def main():
    with tempfile.TemporaryDirectory() as folder:
        session = JSONSession(folder)
        await session.update("c1", "title", "untitled")
        await asyncio.gather(run(session, 0, "agent", "planner"), run(session, 0.1, "title", "trip to Rome"))
        return await session.state("c1")
