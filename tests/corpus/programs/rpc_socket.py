"""A database client sends its calls over one socket and reads the answers from it."""

import asyncio
import itertools
import json

TABLES = {"person": ["ada", "grace"], "city": ["york", "lund"]}


async def serve(reader, writer):
    """The database: answers one call after the other, each with the number of the call."""
    while line := await reader.readline():
        call = json.loads(line)
        await asyncio.sleep(0.005)
        answer = {"id": call["id"], "result": TABLES[call["table"]]}
        writer.write(json.dumps(answer).encode() + b"\n")
        await writer.drain()
    writer.close()


class RpcSocket:
    def __init__(self, reader, writer):
        self._reader = reader
        self._writer = writer
        self._ids = itertools.count(1)

    @classmethod
    async def connect(cls, host, port):
        return cls(*await asyncio.open_connection(host, port))

    async def select(self, table):
        call = {"id": next(self._ids), "method": "select", "table": table}
        self._writer.write(json.dumps(call).encode() + b"\n")
        await self._writer.drain()
        answer = json.loads(await self._reader.readline())
        return answer["result"]

    async def close(self):
        self._writer.close()
        await self._writer.wait_closed()


async def page(db, table, after):
    await asyncio.sleep(after)
    return f"{table}: {', '.join(await db.select(table))}"


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        db = await RpcSocket.connect(*server.sockets[0].getsockname()[:2])
        pages = await asyncio.gather(page(db, "person", 0.0), page(db, "city", 0.05), return_exceptions=True)
        await db.close()
    return [str(text) for text in pages]
