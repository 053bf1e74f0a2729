"""Requests through a pool to a server that is down; gives the errors, which should all be that the connection failed."""

import asyncio
import socket

import httpcore


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


async def main():
    port = free_port()
    async with httpcore.AsyncConnectionPool(max_connections=2) as pool:

        async def fetch(delay):
            await asyncio.sleep(delay)
            try:
                await pool.request("GET", f"http://127.0.0.1:{port}/", headers={"Host": "localhost"})
            except httpcore.ConnectError:
                return "no connection"

        answers = await asyncio.gather(fetch(0), fetch(0.1), fetch(0.2), return_exceptions=True)
        return [str(answer) for answer in answers], len(pool.connections)


if __name__ == "__main__":
    print(asyncio.run(main()))
