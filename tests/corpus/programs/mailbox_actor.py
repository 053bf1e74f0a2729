"""One task owns the state; the others send it messages."""

import asyncio


class Account:
    def __init__(self):
        self.inbox = asyncio.Queue()
        self.balance = 0

    async def run(self):
        while True:
            amount = await self.inbox.get()
            if amount is None:
                return
            balance = self.balance
            await asyncio.sleep(0)
            self.balance = balance + amount


async def send(account, amount):
    await account.inbox.put(amount)


async def main():
    account = Account()
    running = asyncio.create_task(account.run())
    await asyncio.gather(send(account, 1), send(account, 2))
    await account.inbox.put(None)
    await running
    return account.balance
