"""Two tasks withdraw from one account; the second write is computed from a stale read."""

import asyncio


class Account:
    def __init__(self, balance):
        self.balance = balance


async def withdraw(account, amount):
    seen = account.balance  # @read
    await asyncio.sleep(0.001 * amount)  # @await
    account.balance = seen - amount  # @write
    return account.balance  # @after


async def main():
    account = Account(100)
    await asyncio.gather(withdraw(account, 10), withdraw(account, 20))  # @gather
    print(account.balance)  # @print


asyncio.run(main())  # @run
