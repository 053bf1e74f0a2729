"""A channel to a message broker declares a copy of the list of its exchanges again when it has been reopened."""

import asyncio


class Exchange:
    def __init__(self, broker, name):
        self.broker = broker
        self.name = name

    async def declare(self):
        await asyncio.sleep(0.002)
        self.broker.declared.add(self.name)


class Broker:
    def __init__(self):
        self.declared = set()

    def restart(self):
        self.declared.clear()


class RobustChannel:
    def __init__(self, broker):
        self.broker = broker
        self._exchanges = {}
        self.reopened = 0

    async def declare_exchange(self, name):
        exchange = Exchange(self.broker, name)
        await exchange.declare()
        self._exchanges[name] = exchange
        return exchange

    async def reopen(self):
        for exchange in tuple(self._exchanges.values()):
            await exchange.declare()
        self.reopened += 1


async def supervise(channel):
    channel.broker.restart()
    await channel.reopen()


async def service(channel, name, comes):
    await asyncio.sleep(comes)
    await channel.declare_exchange(name)


async def main():
    channel = RobustChannel(Broker())
    for name in ("orders", "invoices"):
        await channel.declare_exchange(name)
    await asyncio.gather(supervise(channel), service(channel, "alerts", 0.04))
    return channel.reopened, sorted(channel.broker.declared)
