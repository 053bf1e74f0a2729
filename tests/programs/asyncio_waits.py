"""One wait of each kind of asyncio. Every line marked `# @x` is where a wait ends or what ends it."""

import asyncio
import threading


class App:
    def __init__(self):
        self.lock = asyncio.Lock()
        self.ready = asyncio.Event()
        self.changed = asyncio.Condition()
        self.slots = asyncio.Semaphore(1)
        self.orders = asyncio.Queue(1)
        self.open = False
        self.total = 0


async def locked(app):
    async with app.lock:
        total = app.total
        await asyncio.sleep(0)
        app.total = total + 1  # @locked write


async def limited(app):
    async with app.slots:
        total = app.total
        await asyncio.sleep(0)
        app.total = total + 1  # @limited write


async def waiter(app):
    await app.ready.wait()
    app.total += 1  # @after event
    async with app.changed:
        while not app.open:
            await app.changed.wait()
        app.total += 1  # @after condition


async def opener(app):
    await asyncio.sleep(0)
    app.ready.set()  # @set
    await asyncio.sleep(0.001)
    async with app.changed:
        app.open = True
        app.changed.notify_all()  # @notify


async def producer(app):
    for item in range(2):
        await app.orders.put(item)  # @put


async def consumer(app):
    for _ in range(2):
        app.total += await app.orders.get()  # @get


def compute(app):
    app.total += 10  # @in thread


def from_outside(loop, future):
    loop.call_soon_threadsafe(future.set_result, "done")  # @threadsafe


async def main():
    app = App()
    await asyncio.gather(*[asyncio.create_task(locked(app), name=f"locked-{i}") for i in range(2)])
    app.total += 1  # @after gather
    async with asyncio.TaskGroup() as group:
        group.create_task(limited(app), name="limited-0")
        group.create_task(limited(app), name="limited-1")
    app.total += 1  # @after group
    await asyncio.gather(
        asyncio.create_task(waiter(app), name="waiter"), asyncio.create_task(opener(app), name="opener")
    )
    done, _ = await asyncio.wait([
        asyncio.create_task(producer(app), name="producer"), asyncio.create_task(consumer(app), name="consumer")
    ])
    app.total += 1  # @after wait
    await asyncio.to_thread(compute, app)  # @submit
    app.total += 1  # @after thread
    future = asyncio.get_running_loop().create_future()
    helper = threading.Thread(target=from_outside, args=(asyncio.get_running_loop(), future), name="helper")
    helper.start()
    await future
    helper.join()
    sleeper = asyncio.create_task(asyncio.sleep(60), name="sleeper")
    await asyncio.sleep(0)
    sleeper.cancel()  # @cancel
    try:
        await sleeper
    except asyncio.CancelledError:
        app.total += 1
    print(app.total)


asyncio.run(main())
