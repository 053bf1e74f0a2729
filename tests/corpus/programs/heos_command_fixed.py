"""Listeners are told after the lock of commands is released."""

import asyncio


class Connection:
    def __init__(self):
        self._command_lock = asyncio.Lock()
        self.listeners = []
        self.log = []

    async def _round_trip(self, command):
        await asyncio.sleep(0.001)
        self.log.append(command)
        return "credentials invalid" if command == "browse" else "ok"

    async def command(self, command):
        async with self._command_lock:
            answer = await self._round_trip(command)
        if answer == "credentials invalid":
            for listener in self.listeners:
                await listener()
        return answer


async def main():
    connection = Connection()

    async def sign_in():
        await connection.command("sign_in")

    connection.listeners.append(sign_in)
    outcome = [await connection.command("play")]
    try:
        outcome.append(await asyncio.wait_for(connection.command("browse"), 0.2))
    except TimeoutError:
        outcome.append("timed out")
    return outcome, connection.log
