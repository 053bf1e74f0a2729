"""One running turn a conversation: a new turn replaces the old one, and `stop` ends whatever runs."""

import asyncio


class TurnRegistry:
    def __init__(self):
        self._turns = {}

    def begin(self, key, coro):
        old = self._turns.get(key)
        if old is not None and not old.done():
            old.cancel()
        turn = asyncio.create_task(coro)
        self._turns[key] = turn

        def finished(_task):
            if self._turns.get(key) is turn:
                del self._turns[key]

        turn.add_done_callback(finished)
        return turn

    async def stop(self, key):
        turn = self._turns.get(key)
        if turn is None:
            return False
        turn.cancel()
        await asyncio.wait([turn])
        return True


async def greet(words):
    for _ in words.split():
        await asyncio.sleep(0.001)


async def follow(log, following):
    """Follows the log file until it is stopped."""
    following.set()
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        log.append("follow stopped")
        raise


async def main():
    registry, log, following = TurnRegistry(), [], asyncio.Event()
    registry.begin("lobby", greet("good morning to you"))
    await asyncio.sleep(0.03)
    registry.begin("lobby", follow(log, following))
    await following.wait()
    stopped = await registry.stop("lobby")
    return stopped, tuple(log)
