"""Log records of a tool that runs in a thread are posted to the loop, which puts them into its sender's queue."""

import asyncio
import logging


class Forward(logging.Handler):
    def __init__(self, queue, loop):
        super().__init__()
        self.queue = queue
        self.loop = loop

    def emit(self, record):
        self.loop.call_soon_threadsafe(self.queue.put_nowait, record.getMessage())


def tool(logger):
    logger.info("%d rows", 3)
    logger.info("%d errors", 0)


async def sender(queue, sent):
    while (line := await queue.get()) is not None:
        sent.append(line)


async def heart():
    while True:
        await asyncio.sleep(0.005)


async def main():
    queue, sent = asyncio.Queue(), []
    logger = logging.getLogger("tool")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logger.handlers[:] = [Forward(queue, asyncio.get_running_loop())]
    beating = asyncio.create_task(heart())
    sending = asyncio.create_task(sender(queue, sent))
    await asyncio.to_thread(tool, logger)
    await queue.put(None)
    await sending
    beating.cancel()
    return sent
