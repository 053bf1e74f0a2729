"""A counter of visits whose increment spans an await."""

import asyncio


class Counter:
    def __init__(self) -> None:
        self.visits = 0

    async def visit(self) -> None:
        seen = self.visits
        await asyncio.sleep(0)
        self.visits = seen + 1
