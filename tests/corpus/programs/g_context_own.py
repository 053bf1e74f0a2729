"""Values of a request for a web framework: each request has a dict of its own.

After https://github.com/chrisK824/fastapi-g-context/issues/2
"""

import asyncio
from contextvars import ContextVar

_values = ContextVar("g")


class Globals:
    def __getattr__(self, name):
        try:
            return _values.get()[name]
        except KeyError:
            raise AttributeError(f"{name!r} is not set") from None

    def __setattr__(self, name, value):
        _values.get()[name] = value


g = Globals()


async def globals_middleware(handler, request):
    token = _values.set({})
    try:
        return await handler(request)
    finally:
        _values.reset(token)


async def fetch_orders(user):
    await asyncio.sleep(0.02)
    return {"ada": ["tea", "milk"], "ben": ["salt"]}[user]


async def list_orders(request):
    g.username = request["user"]
    orders = await fetch_orders(request["user"])
    return f"{g.username}: {', '.join(orders)}"


async def browse(user, after):
    await asyncio.sleep(after)
    return await globals_middleware(list_orders, {"user": user})


async def main():
    return await asyncio.gather(browse("ada", 0.0), browse("ben", 0.1))


if __name__ == "__main__":
    assert asyncio.run(main()) == ["ada: tea, milk", "ben: salt"]
