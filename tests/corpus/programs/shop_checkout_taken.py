"""A web shop sells what is in stock: the checkout takes one off in the statement that asks for it, and pays then."""

import asyncio
import sqlite3

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer


async def charge(customer):
    await asyncio.sleep(0.002)
    return f"paid by {customer}"


class Shop:
    def __init__(self):
        self.db = sqlite3.connect(":memory:", isolation_level=None)
        self.db.execute("CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT, stock INTEGER)")
        self.db.execute("CREATE TABLE orders (customer TEXT, product INTEGER)")
        self.db.execute("INSERT INTO products VALUES (1, 'kettle', 1)")

    def app(self):
        app = web.Application()
        app.router.add_get("/products/{id}", self.show)
        app.router.add_post("/checkout/{id}", self.checkout)
        return app

    async def show(self, request):
        (name,) = self.db.execute("SELECT name FROM products WHERE id = ?", (request.match_info["id"],)).fetchone()
        return web.json_response({"name": name})

    async def checkout(self, request):
        product, customer = int(request.match_info["id"]), request.query["customer"]
        taken = self.db.execute("UPDATE products SET stock = stock - 1 WHERE id = ? AND stock > 0", (product,))
        if taken.rowcount == 0:
            return web.json_response({"error": "out of stock"}, status=409)
        await charge(customer)
        self.db.execute("INSERT INTO orders VALUES (?, ?)", (customer, product))
        return web.json_response({"ordered": True})


async def buy(client, customer, browsing):
    for _ in range(browsing):
        async with client.get("/products/1") as page:
            assert page.status == 200
        await asyncio.sleep(0.01)
    async with client.post(f"/checkout/1?customer={customer}") as answer:
        return answer.status


async def main():
    shop = Shop()
    async with TestClient(TestServer(shop.app())) as client:
        statuses = await asyncio.gather(buy(client, "ann", 0), buy(client, "bob", 3))
    orders = shop.db.execute("SELECT COUNT(*) FROM orders").fetchone()[0]
    assert orders == 1, f"{orders} orders for one kettle"
    return sorted(statuses)


if __name__ == "__main__":
    print(asyncio.run(main()))
