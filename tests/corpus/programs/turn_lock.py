"""A hand-made fair lock for a club's cash book, in which each booking reads the sum, asks the bank and writes it back."""

import asyncio
from collections import deque
from contextlib import asynccontextmanager


class TurnLock:
    def __init__(self):
        self.taken = False
        self.line = deque()

    async def acquire(self):
        if self.taken:
            ticket = asyncio.get_running_loop().create_future()
            self.line.append(ticket)
            await ticket
        self.taken = True

    def release(self):
        self.taken = False
        while self.line:
            ticket = self.line.popleft()
            if not ticket.done():
                ticket.set_result(True)
                return

    @asynccontextmanager
    async def turn(self):
        await self.acquire()
        try:
            yield
        finally:
            self.release()


class CashBook:
    def __init__(self):
        self.sum = 100
        self.lock = TurnLock()

    async def bank(self):
        await asyncio.sleep(0.006)

    async def book(self, amount, after):
        await asyncio.sleep(after)
        async with self.lock.turn():
            before = self.sum
            await self.bank()
            self.sum = before + amount


async def main():
    book = CashBook()
    await asyncio.gather(book.book(10, 0), book.book(20, 0.003), book.book(-5, 0.03))
    return book.sum, book.lock.taken, len(book.lock.line)
