"""A ticket shop as a service, with three customers. Some days it sells more than it has: `python orders.py 3` is such a day."""

import asyncio
import random
import sys


class Shop:
    def __init__(self, stock):
        self.stock = stock

    async def order(self, customer, pieces):
        left = self.stock
        if left < pieces:
            return "sold out"
        await self.pay(customer)
        self.stock = left - pieces
        return "ok"

    async def pay(self, customer):
        # Most banks answer at once, some take their time.
        if random.random() < 0.2:
            await asyncio.sleep(0.3)

    async def serve(self, reader, writer):
        customer, pieces = (await reader.readline()).decode().split()
        writer.write((await self.order(customer, int(pieces))).encode())
        await writer.drain()
        writer.close()


async def buy(port, customer, pieces):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"{customer} {pieces}\n".encode())
    answer = (await reader.read()).decode()
    writer.close()
    return pieces if answer == "ok" else 0


async def main():
    shop = Shop(10)
    server = await asyncio.start_server(shop.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    sold = sum(await asyncio.gather(buy(port, "ann", 1), buy(port, "bob", 2), buy(port, "cid", 3)))
    server.close()
    print(f"sold {sold}, {shop.stock} left")
    assert sold + shop.stock == 10, "the books do not balance"


random.seed(int(sys.argv[1]) if len(sys.argv) > 1 else None)
asyncio.run(main())
