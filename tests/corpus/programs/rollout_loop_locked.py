"""Rollouts are called in threads, and run their coroutines on one event loop of the process, which the first call starts.

After https://github.com/radixark/miles/pull/2865
"""

import asyncio
import logging
import threading

logger = logging.getLogger("rollout")


class AsyncLoopThread:
    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="rollout-loop", daemon=True)
        self._thread.start()

    def run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result()

    def stop(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


class LoopRegistry:
    def __init__(self):
        self._loop_thread = None
        self._starting = threading.Lock()
        self.started = 0

    def get_async_loop(self):
        if self._loop_thread is None:
            with self._starting:
                if self._loop_thread is None:
                    self._loop_thread = AsyncLoopThread()
                    self.started += 1
        return self._loop_thread

    def run(self, coroutine):
        return self.get_async_loop().run(coroutine)

    def close(self):
        if self._loop_thread is not None:
            self._loop_thread.stop()


class GenerateState:
    def __init__(self, slots):
        self.semaphore = asyncio.Semaphore(slots)
        self.generated = []

    async def generate(self, prompt):
        async with self.semaphore:
            await asyncio.sleep(0.02)
            self.generated.append(prompt)
        return len(prompt)


class RolloutManager:
    def __init__(self, registry, state):
        self.registry = registry
        self.state = state

    async def _all(self, prompts):
        return await asyncio.gather(*(self.state.generate(prompt) for prompt in prompts))

    def call_rollout(self, kind, prompts):
        lengths = self.registry.run(self._all(prompts))
        logger.debug("%s: %d prompts", kind, len(lengths))
        return sum(lengths)


async def train(manager):
    evaluation = asyncio.create_task(asyncio.to_thread(manager.call_rollout, "eval", ["one", "two"]))
    await asyncio.sleep(0.15)
    rollout = await asyncio.to_thread(manager.call_rollout, "rollout", ["three", "four"])
    return await evaluation, rollout


async def main():
    registry = LoopRegistry()
    manager = RolloutManager(registry, GenerateState(1))
    lengths = await train(manager)
    registry.close()
    return lengths


if __name__ == "__main__":
    assert asyncio.run(main()) == (6, 9)
