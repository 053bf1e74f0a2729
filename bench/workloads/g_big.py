"""(g) Ten million events: tasks and threads that loop, call, update locals and shared state. The argument scales it."""

import asyncio
import sys
import threading


class Shared:
    def __init__(self):
        self.lock = threading.Lock()
        self.count = 0
        self.table = {}


def crunch(n):
    total = 0
    for i in range(n):
        total = (total * 3 + i) % 1009
        if total > 1000:
            total -= 7
    return total


async def worker(shared, number):
    seen = shared.count
    crunch(400)
    await asyncio.sleep(0)
    shared.count = seen + 1
    shared.table[number % 50] = crunch(100)


async def tasks(shared, count):
    for start in range(0, count, 100):
        await asyncio.gather(*(worker(shared, number) for number in range(start, min(count, start + 100))))


def thread(shared, rounds):
    for number in range(rounds):
        value = crunch(200)
        with shared.lock:
            shared.table[number % 50] = value


def main(scale):
    shared = Shared()
    threads = [threading.Thread(target=thread, args=(shared, 2_500 * scale // 10), name=f"cruncher-{i}") for i in range(2)]
    for one in threads:
        one.start()
    asyncio.run(tasks(shared, 4_000 * scale // 10))
    for one in threads:
        one.join()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
