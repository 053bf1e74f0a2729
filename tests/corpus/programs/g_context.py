"""Values of a request for a web framework: a dependency fills them in, and they are cleared when the request ends.

After https://github.com/chrisK824/fastapi-g-context/issues/2
"""

import asyncio
from contextvars import ContextVar

_values = ContextVar("g", default={})  # noqa: B039


class Globals:
    def __getattr__(self, name):
        try:
            return _values.get()[name]
        except KeyError:
            raise AttributeError(f"{name!r} is not set") from None

    def __setattr__(self, name, value):
        _values.get()[name] = value

    def clear(self):
        _values.get().clear()


g = Globals()


async def globals_middleware(handler, request):
    try:
        return await handler(request)
    finally:
        g.clear()


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
