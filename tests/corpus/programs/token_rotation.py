"""A login service gives out a new refresh token for each that is shown to it, and takes none a second time."""

import asyncio
import itertools
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path


class TokenRepository:
    def __init__(self, path):
        self.path = path
        self.numbers = itertools.count(1)

    def _run(self, statement, *values):
        with closing(sqlite3.connect(self.path)) as connection, connection:
            return connection.execute(statement, values).fetchall()

    def create(self):
        token = f"t{next(self.numbers)}"
        self._run("INSERT INTO tokens VALUES (?, 0)", token)
        return token

    def is_good(self, token):
        return self._run("SELECT revoked FROM tokens WHERE token = ?", token) == [(0,)]

    def revoke(self, token):
        self._run("UPDATE tokens SET revoked = 1 WHERE token = ?", token)


def auth_service(repository):
    async def refresh(reader, writer):
        token = (await reader.readline()).decode().split()[1].strip("/")
        if await asyncio.to_thread(repository.is_good, token):
            await asyncio.to_thread(repository.revoke, token)
            fresh = await asyncio.to_thread(repository.create)
            writer.write(f"HTTP/1.0 200 OK\r\n\r\n{fresh}".encode())
        else:
            writer.write(b"HTTP/1.0 401 Unauthorized\r\n\r\n")
        await writer.drain()
        writer.close()

    return refresh


async def tab(port, token, delay):
    await asyncio.sleep(delay)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"POST /{token} HTTP/1.0\r\n".encode())
    answer = await reader.read()
    writer.close()
    return int(answer.split()[1])


async def main():
    with tempfile.TemporaryDirectory() as folder:
        repository = TokenRepository(Path(folder, "auth.db"))
        repository._run("CREATE TABLE tokens (token TEXT, revoked INTEGER)")
        token = repository.create()
        server = await asyncio.start_server(auth_service(repository), "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            statuses = await asyncio.gather(tab(port, token, 0), tab(port, token, 0.2))
        good = repository._run("SELECT count(*) FROM tokens WHERE revoked = 0")
        return sorted(statuses), good[0][0]
