"""Answers computed on a native thread are relayed to futures of the event loop; a caller may give its question up."""

import asyncio
import queue
import threading
import time


class Relay:
    def __init__(self, loop):
        self.loop = loop
        self.questions = queue.Queue()
        self.errors = []
        self.thread = threading.Thread(target=self._compute, name="native")
        loop.set_exception_handler(lambda _loop, context: self.errors.append(type(context["exception"]).__name__))

    def ask(self, number):
        future = self.loop.create_future()
        self.questions.put((number, future))
        return future

    def _compute(self):
        while (question := self.questions.get()) is not None:
            number, future = question
            time.sleep(0.002)
            self._answer(future, number * 3)

    def _answer(self, future, value):
        self.loop.call_soon_threadsafe(self._deliver, future, value)

    @staticmethod
    def _deliver(future, value):
        if not future.done():
            future.set_result(value)

    async def close(self):
        self.questions.put(None)
        await asyncio.to_thread(self.thread.join)


async def fickle(relay, patience):
    future = relay.ask(5)
    await asyncio.sleep(patience)
    return future.result() if not future.cancel() else "given up"


async def main():
    relay = Relay(asyncio.get_running_loop())
    relay.thread.start()
    patient = await relay.ask(4)
    await fickle(relay, 0.03)
    await fickle(relay, 0)
    await relay.close()
    await asyncio.sleep(0)
    return patient, relay.errors
