"""A thread works off the first job and a task the second; gives what was worked off when all is said to be done."""

import asyncio
import threading

import janus


async def main():
    queue = janus.Queue()
    done = []

    def by_thread():
        done.append(queue.sync_q.get())
        queue.sync_q.task_done()

    async def by_task():
        done.append(await queue.async_q.get())
        await asyncio.sleep(0.01)
        queue.async_q.task_done()

    worker = threading.Thread(target=by_thread)
    worker.start()
    await queue.async_q.put("first")
    await asyncio.sleep(0.05)
    second = asyncio.create_task(by_task())
    await queue.async_q.put("second")
    await queue.async_q.join()
    await second
    worker.join()
    queue.close()
    await queue.wait_closed()
    return done


if __name__ == "__main__":
    print(asyncio.run(main()))
