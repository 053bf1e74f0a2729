"""Writers share one connection inside an `atomic` block: when one of them fails, nothing of the block may stay."""

import asyncio
from contextlib import asynccontextmanager


class Connection:
    def __init__(self):
        self.rows = []
        self.pending = None

    def execute(self, row):
        if self.pending is None:
            self.rows.append(row)
        else:
            self.pending.append(row)


@asynccontextmanager
async def atomic(connection):
    connection.pending = []
    try:
        yield connection
    except BaseException:
        connection.pending = None
        raise
    else:
        connection.rows += connection.pending
        connection.pending = None


async def insert(connection, row, seconds):
    await asyncio.sleep(seconds)
    connection.execute(row)


async def insert_checked(connection, row, seconds):
    await asyncio.sleep(seconds)
    if row["qty"] < 0:
        raise ValueError(row["item"])
    connection.execute(row)


async def save_order(connection):
    async with atomic(connection):
        await asyncio.gather(
            insert(connection, {"item": "header"}, 0.005),
            insert_checked(connection, {"item": "bolt", "qty": -1}, 0.03),
        )


async def main():
    connection = Connection()
    connection.execute({"item": "old"})
    try:
        await save_order(connection)
        saved = True
    except ValueError:
        saved = False
    others = asyncio.all_tasks() - {asyncio.current_task()}
    if others:
        await asyncio.wait(others)
    return saved, [row["item"] for row in connection.rows]
