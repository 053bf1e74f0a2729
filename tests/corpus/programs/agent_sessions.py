"""Agents keep the state of a chat in a JSON file: modules load it, put their part in and save it."""

import asyncio
import json
import tempfile
from pathlib import Path


class SessionStore:
    def __init__(self, folder):
        self.folder = Path(folder)

    def _path(self, session_id):
        return self.folder / f"{session_id}.json"

    def _read(self, session_id):
        path = self._path(session_id)
        return json.loads(path.read_text()) if path.exists() else {}

    async def load(self, session_id):
        return await asyncio.to_thread(self._read, session_id)

    def save(self, session_id, state):
        self._path(session_id).write_text(json.dumps(state))

    async def update(self, session_id, module, change):
        state = await self.load(session_id)
        state[module] = change(state.get(module))
        self.save(session_id, state)


class Agent:
    def __init__(self, store, session_id):
        self.store = store
        self.session_id = session_id

    async def remember(self, after, text):
        await asyncio.sleep(after)
        await self.store.update(self.session_id, "memory", lambda old: [*(old or []), text])

    async def plan(self, after, step):
        await asyncio.sleep(after)
        await self.store.update(self.session_id, "plan", lambda old: step)


async def main():
    with tempfile.TemporaryDirectory() as folder:
        agent = Agent(SessionStore(folder), "chat-7")
        async with asyncio.TaskGroup() as group:
            group.create_task(agent.remember(0, "likes tea"))
            group.create_task(agent.plan(0.15, "brew"))
            group.create_task(agent.remember(0.3, "no sugar"))
        return await agent.store.load("chat-7")
