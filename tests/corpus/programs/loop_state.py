"""Each event loop has its own collections: who asks for his drops those of loops that are closed.

After https://github.com/theexperiencecompany/gaia/pull/1243
"""

import asyncio
import threading
import time

_states = {}


class Collections:
    def __init__(self, loop):
        self.loop = loop
        self.names = []


def state():
    loop = asyncio.get_running_loop()
    for key, kept in list(_states.items()):
        if kept.loop.is_closed():
            del _states[key]
    if id(loop) not in _states:
        _states[id(loop)] = Collections(loop)
    return _states[id(loop)]


async def remember(name):
    collections = state()
    await asyncio.sleep(0)
    collections.names.append(name)
    return len(collections.names)


def ingest(name, after, counts):
    time.sleep(after)
    counts[name] = asyncio.run(remember(name))


def main():
    _states.clear()
    counts = {}
    asyncio.run(remember("warm-up"))
    workers = [
        threading.Thread(target=ingest, args=(name, after, counts)) for name, after in (("mail", 0.0), ("notes", 0.15))
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sorted(counts)


if __name__ == "__main__":
    assert main() == ["mail", "notes"]
