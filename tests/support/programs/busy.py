"""Tasks and threads that note the clock in a variable, for tests that kill something at a random moment. Prints a line a round."""

import asyncio
import sys
import threading
import time

lock = threading.Lock()
counts = {}


def note(name):
    now = time.monotonic_ns()
    with lock:
        counts[name] = counts.get(name, 0) + 1
    return now


async def task(name):
    for _ in range(20):
        note(name)
        await asyncio.sleep(0)


async def everybody():
    await asyncio.gather(*(task(f"task-{number}") for number in range(5)))


def work(name, rounds):
    for _ in range(rounds):
        note(name)


def main(rounds):
    for number in range(rounds):
        threads = [threading.Thread(target=work, args=(f"thread-{index}", 30)) for index in range(3)]
        for thread in threads:
            thread.start()
        asyncio.run(everybody())
        for thread in threads:
            thread.join()
        print(number, flush=True)


main(int(sys.argv[1]))
