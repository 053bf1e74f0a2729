"""A chat bot remembers how each user likes to be answered, and counts how often a user was mentioned."""

import asyncio
from collections.abc import Awaitable, Callable

Fetch = Callable[[str], Awaitable[dict]]


def remembered(fetch: Fetch) -> Fetch:
    """Asks the database once for each user."""
    known: dict[str, dict] = {}

    async def get(user: str) -> dict:
        if user not in known:
            known[user] = await fetch(user)
        return known[user]

    return get


class Database:
    def __init__(self, rows: dict[str, str]) -> None:
        self._rows = rows
        self.queries = 0

    async def preferences(self, user: str) -> dict:
        self.queries += 1
        await asyncio.sleep(0.01)
        return {"user": user, "style": self._rows.get(user, "plain"), "mentions": 0}


async def on_message(after: float, mentioned: list[str], memory: Fetch) -> None:
    await asyncio.sleep(after)
    for user in mentioned:
        preferences = await memory(user)
        preferences["mentions"] += 1


async def main() -> tuple:
    database = Database({"mira": "short", "tom": "with examples"})
    memory = remembered(database.preferences)
    async with asyncio.TaskGroup() as group:
        group.create_task(on_message(0.0, ["mira"], memory))
        group.create_task(on_message(0.04, ["tom", "mira"], memory))
        group.create_task(on_message(0.1, ["tom"], memory))
    users = [await memory(user) for user in ("mira", "tom")]
    return users, database.queries
