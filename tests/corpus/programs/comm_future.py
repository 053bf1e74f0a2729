"""Tasks hand their messages to a communicator thread and await the replies; the loop beats for the broker meanwhile."""

import asyncio
import queue
import threading
import time


class Communicator:
    def __init__(self, loop):
        self._loop = loop
        self._inbox = queue.Queue()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def rpc(self, function, *arguments):
        future = self._loop.create_future()
        self._inbox.put((function, arguments, future))
        return future

    def _run(self):
        while (item := self._inbox.get()) is not None:
            function, arguments, future = item
            try:
                result = function(*arguments)
            except Exception as error:
                future.set_exception(error)
            else:
                self._loop.call_soon_threadsafe(future.set_result, result)

    def close(self):
        self._inbox.put(None)
        self._thread.join()


def status(process):
    time.sleep(0.01)
    if process == 7:
        raise LookupError(process)
    return "running"


async def heartbeat(times):
    for _ in range(times):
        await asyncio.sleep(0.01)
    return times


async def ask(communicator, process):
    try:
        return await communicator.rpc(status, process)
    except LookupError:
        return "unknown"


async def main():
    communicator = Communicator(asyncio.get_running_loop())
    beats = asyncio.ensure_future(heartbeat(8))
    answers = [await ask(communicator, process) for process in (3, 7)]
    beats_sent = await beats
    communicator.close()
    return answers, beats_sent
