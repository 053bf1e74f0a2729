"""A motion capture client: the reply to a command that nobody waits for any more is dropped."""

import asyncio
from collections import deque


class Server:
    def __init__(self):
        self.packets = asyncio.Queue()
        self._tasks = set()

    def write(self, command):
        task = asyncio.ensure_future(self._answer(command))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, command):
        await asyncio.sleep(0.005)
        self.packets.put_nowait(f"{command} ok")


class Protocol:
    def __init__(self, server):
        self.server = server
        self.request_queue = deque()
        self.connected = True
        self._reader = asyncio.ensure_future(self._receive())

    async def send_command(self, command, timeout):
        future = asyncio.get_running_loop().create_future()
        self.request_queue.append(future)
        self.server.write(command)
        return await asyncio.wait_for(future, timeout)

    async def _receive(self):
        try:
            while (packet := await self.server.packets.get()) is not None:
                self._deliver(packet)
        except asyncio.InvalidStateError:
            self.connected = False

    def _deliver(self, packet):
        future = self.request_queue.popleft()
        if not future.done():
            future.set_result(packet)

    async def close(self):
        self.server.packets.put_nowait(None)
        await self._reader


async def ask(protocol, command):
    try:
        return await protocol.send_command(command, timeout=0.4)
    except TimeoutError:
        return "timeout"


async def main():
    protocol = Protocol(Server())
    answers = [await ask(protocol, command) for command in ("version", "start")]
    await asyncio.sleep(0.02)
    await protocol.close()
    return answers[-1], protocol.connected
