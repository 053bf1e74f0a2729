"""Both accounts are locked in the order of their names."""

import asyncio


class Account:
    def __init__(self, name, balance):
        self.name = name
        self.balance = balance
        self.lock = asyncio.Lock()


class Bank:
    def __init__(self):
        self.accounts = {name: Account(name, 100) for name in ("ann", "bob")}

    async def _audit(self, source, target, amount):
        await asyncio.sleep(0.001)
        return source.balance >= amount and target.name != source.name

    async def transfer(self, paying, paid, amount):
        source, target = self.accounts[paying], self.accounts[paid]
        first, second = sorted((source, target), key=lambda account: account.name)
        async with first.lock, second.lock:
            if not await self._audit(source, target, amount):
                return False
            source.balance -= amount
            target.balance += amount
        return True


async def main():
    bank = Bank()
    morning = asyncio.create_task(bank.transfer("ann", "bob", 30))
    await asyncio.sleep(0.01)
    noon = asyncio.create_task(bank.transfer("bob", "ann", 10))
    done = await asyncio.gather(morning, noon)
    return done, {name: account.balance for name, account in bank.accounts.items()}
