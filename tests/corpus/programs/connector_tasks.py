"""A connector indexes documents one after another; whoever feeds it has to wait while it is busy.

After https://github.com/elastic/connectors/pull/1477
"""

import asyncio
import functools


class ConcurrentTasks:
    """Runs at most so many tasks at a time."""

    def __init__(self, max_concurrency=5):
        self.max_concurrency = max_concurrency
        self.tasks = []
        self._task_over = asyncio.Event()

    def __len__(self):
        return len(self.tasks)

    def _callback(self, task):
        self.tasks.remove(task)
        self._task_over.set()

    async def put(self, coroutine):
        if len(self.tasks) >= self.max_concurrency:
            await self._task_over.wait()
            self._task_over.clear()
        task = asyncio.create_task(coroutine())
        self.tasks.append(task)
        task.add_done_callback(self._callback)
        return task

    async def join(self):
        await asyncio.gather(*self.tasks)


class Index:
    def __init__(self):
        self.documents = []
        self.writers = 0
        self.most_writers = 0

    async def write(self, document):
        self.writers += 1
        self.most_writers = max(self.most_writers, self.writers)
        try:
            await asyncio.sleep(0.03)
            self.documents.append(document)
        finally:
            self.writers -= 1


async def fetch_documents(names):
    for name in names:
        await asyncio.sleep(0.001)
        yield name


async def main():
    index = Index()
    runner = ConcurrentTasks(max_concurrency=1)
    async for name in fetch_documents(["contracts", "invoices", "minutes", "offers"]):
        await runner.put(functools.partial(index.write, name))
    await runner.join()
    return sorted(index.documents), index.most_writers


if __name__ == "__main__":
    documents, most = asyncio.run(main())
    print(len(documents), "documents,", most, "at a time")
