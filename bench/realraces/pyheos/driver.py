"""A device refuses a command, and a callback for such errors signs in again; gives what came back."""

import asyncio
import json

from pyheos.connection import ConnectionBase
from pyheos.error import CommandFailedError
from pyheos.message import HeosCommand


async def device(reader, writer):
    while line := await reader.readline():
        command = line.decode().strip().removeprefix("heos://").split("?")[0]
        fails = command == "browse/browse"
        answer = {"heos": {"command": command, "result": "fail" if fails else "success", "message": "eid=8&text=User not logged in" if fails else ""}}
        writer.write((json.dumps(answer) + "\r\n").encode())
        await writer.drain()
    writer.close()


async def main():
    server = await asyncio.start_server(device, "127.0.0.1", 1255)
    connection = ConnectionBase("127.0.0.1", timeout=1)
    said = []

    async def sign_in(error):
        answer = await connection.command(HeosCommand("system/sign_in", {"un": "u", "pw": "p"}))
        said.append(answer.command)

    connection.add_on_command_error(sign_in)
    await connection.connect()
    await connection.command(HeosCommand("system/heart_beat"))
    try:
        await asyncio.wait_for(connection.command(HeosCommand("browse/browse", {"sid": "1"})), 0.5)
    except (CommandFailedError, TimeoutError) as error:
        said.append(type(error).__name__)
    await connection.disconnect()
    server.close()
    return said


if __name__ == "__main__":
    print(asyncio.run(main()))
