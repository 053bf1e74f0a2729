"""A lock of threads is held while an executor makes a connection, and taken again by the next query on the loop."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor


class Warehouse:
    def __init__(self, executor):
        self._executor = executor
        self._pool_lock = threading.Lock()
        self._pool = []
        self.made = 0

    def _connect(self):
        self.made += 1
        return f"connection-{self.made}"

    async def _get_connection(self):
        with self._pool_lock:
            if self._pool:
                return self._pool.pop()
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._executor, self._connect)

    async def query(self, text):
        connection = await self._get_connection()
        try:
            await asyncio.sleep(0.001)
            return f"{text} ok"
        finally:
            with self._pool_lock:
                self._pool.append(connection)


async def main():
    with ThreadPoolExecutor(2) as executor:
        warehouse = Warehouse(executor)
        first = asyncio.create_task(warehouse.query("select 1"))
        await asyncio.sleep(0.03)
        second = asyncio.create_task(warehouse.query("select 2"))
        answers = await asyncio.gather(first, second)
    return answers, warehouse.made in (1, 2)
