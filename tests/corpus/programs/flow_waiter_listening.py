"""Waiting for flow runs: who asks for an ended run is told at once, who asks earlier is told when it ends."""

import asyncio


class RunTable:
    def __init__(self):
        self._ended = {}

    async def ended(self, run):
        """Asks the server: the answer is as old as the reply."""
        state = self._ended.get(run)
        await asyncio.sleep(0.002)
        return state

    def write(self, run, state):
        self._ended[run] = state


class Waiter:
    def __init__(self, table):
        self.table = table
        self.futures = {}

    def notice(self, run, state):
        for future in self.futures.pop(run, ()):
            if not future.done():
                future.set_result(state)

    def close(self):
        for run in list(self.futures):
            self.notice(run, "never heard of it")

    def listen(self, run):
        future = asyncio.get_running_loop().create_future()
        self.futures.setdefault(run, []).append(future)
        return future

    async def wait_for(self, run):
        news = self.listen(run)
        state = await self.table.ended(run)
        if state is not None:
            return state
        return await news


async def flow(table, waiter, run, seconds):
    await asyncio.sleep(seconds)
    table.write(run, "completed")
    waiter.notice(run, "completed")


async def main():
    table = RunTable()
    waiter = Waiter(table)
    asking = [asyncio.create_task(waiter.wait_for(run)) for run in ("ingest", "report")]
    await asyncio.gather(flow(table, waiter, "ingest", 0.02), flow(table, waiter, "report", 0.03))
    late = await waiter.wait_for("ingest")
    waiter.close()
    return await asyncio.gather(*asking), late
