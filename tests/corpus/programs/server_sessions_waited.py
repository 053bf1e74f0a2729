"""Tool servers are started when first called and kept; whoever calls one that is being started waits until it is ready."""

import asyncio


class Session:
    def __init__(self, name):
        self.name = name
        self.calls = 0

    async def initialize(self):
        await asyncio.sleep(0.003)

    async def call(self, tool):
        self.calls += 1
        await asyncio.sleep(0.001)
        return f"{self.name}.{tool}"


class ServerClient:
    def __init__(self):
        self._tasks = {}
        self._sessions = {}

    async def _session_runner(self, name, ready, stop):
        session = Session(name)
        await session.initialize()
        self._sessions[name] = session
        ready.set()
        await stop.wait()
        del self._sessions[name]

    async def _session(self, name):
        if name not in self._tasks:
            ready, stop = asyncio.Event(), asyncio.Event()
            task = asyncio.create_task(self._session_runner(name, ready, stop))
            self._tasks[name] = task, ready, stop
        _, ready, _ = self._tasks[name]
        await ready.wait()
        return self._sessions[name]

    async def call_tool(self, name, tool):
        session = await self._session(name)
        return await session.call(tool)

    async def cleanup(self):
        for task, _, stop in self._tasks.values():
            stop.set()
            await task
        self._tasks.clear()


async def agent(client, tool, comes):
    await asyncio.sleep(comes)
    try:
        return await client.call_tool("files", tool)
    except KeyError as error:
        return f"no session {error}"


async def main():
    client = ServerClient()
    results = await asyncio.gather(agent(client, "read", 0), agent(client, "list", 0.04))
    await client.cleanup()
    return results
