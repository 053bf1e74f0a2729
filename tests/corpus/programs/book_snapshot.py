"""An order book feed fetches a snapshot when messages are missing; a new connection starts with an empty book."""

import asyncio


class Exchange:
    def __init__(self):
        self.sequence = 100

    async def depth(self, pair):
        answer = {"pair": pair, "sequence": self.sequence, "bids": {50: 1.0}}
        await asyncio.sleep(0.003)
        return answer


class Feed:
    def __init__(self, exchange):
        self._exchange = exchange
        self.connection = 1
        self.books = {}

    async def snapshot(self, pair):
        self.books[pair] = await self._exchange.depth(pair)

    def gap(self, pair):
        return asyncio.create_task(self.snapshot(pair))

    async def reconnect(self, pair):
        self.connection += 1
        self.books.clear()
        self._exchange.sequence = 500
        self.books[pair] = {"pair": pair, "sequence": self._exchange.sequence, "bids": {}}


async def lose_messages(feed, pair):
    await asyncio.sleep(0.001)
    await feed.gap(pair)


async def lose_connection(feed, pair):
    await asyncio.sleep(0.05)
    await feed.reconnect(pair)


async def main():
    feed = Feed(Exchange())
    await asyncio.gather(lose_messages(feed, "BTC-USD"), lose_connection(feed, "BTC-USD"))
    book = feed.books["BTC-USD"]
    assert book["sequence"] == 500, f"the book of the old connection: {book}"
    return book["sequence"]


if __name__ == "__main__":
    print(asyncio.run(main()))
