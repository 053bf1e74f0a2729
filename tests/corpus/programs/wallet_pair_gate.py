"""Wallets are locked in either order, but a transfer goes through the bank's gate first; deposits lock one wallet only."""

import asyncio


class Wallet:
    def __init__(self, owner, cents):
        self.owner = owner
        self.cents = cents
        self.lock = asyncio.Lock()


class Bank:
    def __init__(self, wallets):
        self.wallets = {wallet.owner: wallet for wallet in wallets}
        self.gate = asyncio.Lock()

    async def _check(self, wallet, cents):
        await asyncio.sleep(0.001)
        return wallet.cents >= cents

    async def transfer(self, payer, payee, cents):
        source, target = self.wallets[payer], self.wallets[payee]
        async with self.gate, source.lock:
            if not await self._check(source, cents):
                return "refused"
            async with target.lock:
                source.cents -= cents
                target.cents += cents
        return "paid"

    async def deposit(self, owner, cents):
        wallet = self.wallets[owner]
        async with wallet.lock:
            await asyncio.sleep(0)
            wallet.cents += cents


async def order(bank, delay, *transfer):
    await asyncio.sleep(delay)
    return await bank.transfer(*transfer)


async def main():
    bank = Bank([Wallet("ada", 100), Wallet("bob", 100)])
    answers = await asyncio.gather(order(bank, 0, "ada", "bob", 30), order(bank, 0.03, "bob", "ada", 10), bank.deposit("bob", 5))
    return answers, [(wallet.owner, wallet.cents) for wallet in bank.wallets.values()]
