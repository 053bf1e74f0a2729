"""Calls to a node are sent in batches by a task that resolves the calls that still wait."""

import asyncio


class Node:
    def __init__(self):
        self.posts = []

    async def post(self, methods):
        self.posts.append(list(methods))
        await asyncio.sleep(0.003)
        return [f"{method} ok" for method in methods]


class Batcher:
    def __init__(self, node):
        self.node = node
        self._calls = []
        self._wake = asyncio.Event()

    def call(self, method):
        future = asyncio.get_running_loop().create_future()
        self._calls.append((method, future))
        self._wake.set()
        return future

    async def run(self):
        while True:
            await self._wake.wait()
            self._wake.clear()
            calls, self._calls = self._calls, []
            answers = await self.node.post([method for method, _ in calls])
            for (_, future), answer in zip(calls, answers):
                if not future.done():
                    future.set_result(answer)


class Client:
    def __init__(self, batcher):
        self.batcher = batcher
        self.answers = {}

    async def ask(self, method, after=0, within=None):
        await asyncio.sleep(after)
        self.answers[method] = "asked"
        try:
            async with asyncio.timeout(within):
                assert await self.batcher.call(method) == f"{method} ok"
        except TimeoutError:
            pass


async def main():
    client = Client(Batcher(Node()))
    batching = asyncio.create_task(client.batcher.run())
    await asyncio.gather(
        client.ask("eth_call", within=0.5),
        client.ask("eth_block"),
        client.ask("eth_logs", after=0.03),
    )
    batching.cancel()
    posted = [method for methods in client.batcher.node.posts for method in methods]
    return sorted(client.answers.items()), sorted(posted)
