"""Log records of a tool that runs in a thread are put into the queue of the loop's sender."""

import asyncio
import logging


class Forward(logging.Handler):
    def __init__(self, queue):
        super().__init__()
        self.queue = queue

    def emit(self, record):
        self.queue.put_nowait(record.getMessage())


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
    logger.handlers[:] = [Forward(queue)]
    beating = asyncio.create_task(heart())
    sending = asyncio.create_task(sender(queue, sent))
    await asyncio.to_thread(tool, logger)
    await queue.put(None)
    await sending
    beating.cancel()
    return sent
