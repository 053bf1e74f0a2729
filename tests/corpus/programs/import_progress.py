"""An import in a worker thread reports its progress to the loop, which alone changes what is shown."""

import asyncio


class Progress:
    def __init__(self):
        self.done = 0
        self.messages = []

    def step(self, name):
        self.done += 1
        self.messages.append(f"{self.done}: {name}")


def import_rows(rows, report):
    total = 0
    for name, value in rows:
        total += value
        report(name)
    return total


async def main():
    loop = asyncio.get_running_loop()
    progress = Progress()

    def report(name):
        loop.call_soon_threadsafe(progress.step, name)

    peeks = []

    async def spinner():
        while progress.done < 4:
            peeks.append(progress.done)
            await asyncio.sleep(0.002)

    spinning = asyncio.create_task(spinner())
    halves = [[("a", 1), ("b", 2)], [("c", 3), ("d", 4)]]
    totals = await asyncio.gather(*(asyncio.to_thread(import_rows, rows, report) for rows in halves))
    await spinning
    return totals, progress.done, len(progress.messages), peeks == sorted(peeks)
