"""A mail client's protocol: replies come in the order of the commands and complete their waiters; a command can be given up."""

import asyncio
from collections import deque


class Server:
    """Answers every command after a while, by calling the protocol back."""

    def __init__(self, latency):
        self._latency = latency
        self.commands = []

    def take(self, line, protocol):
        self.commands.append(line)
        asyncio.get_running_loop().call_later(self._latency, protocol.data_received, f"250 {line} ok")


class SMTPProtocol:
    def __init__(self, server):
        self._server = server
        self._waiters = deque()
        self.unexpected = []

    async def execute(self, line):
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        self._server.take(line, self)
        return await waiter

    def data_received(self, line):
        if not self._waiters:
            self.unexpected.append(line)
            return
        waiter = self._waiters.popleft()
        if not waiter.done():
            waiter.set_result(line)


class Mailbox:
    def __init__(self, protocol):
        self._protocol = protocol
        self.log = []

    async def probe(self, address):
        reply = await self._protocol.execute(f"VRFY {address}")
        self.log.append(reply)

    async def quit(self):
        self.log.append(await self._protocol.execute("QUIT"))


class FaultLog:
    def __init__(self, loop):
        self.messages = []
        loop.set_exception_handler(self._handle)

    def _handle(self, _loop, context):
        self.messages.append(type(context.get("exception")).__name__)


async def give_up(task, after):
    await asyncio.sleep(after)
    task.cancel()


async def main():
    faults = FaultLog(asyncio.get_running_loop())
    mailbox = Mailbox(SMTPProtocol(Server(0.003)))
    probe = asyncio.create_task(mailbox.probe("decaz@example.org"))
    await asyncio.gather(probe, give_up(probe, 0.04), return_exceptions=True)
    await asyncio.sleep(0.005)
    await mailbox.quit()
    return faults.messages, mailbox.log[-1]
