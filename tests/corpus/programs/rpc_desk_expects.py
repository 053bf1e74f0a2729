"""Calls over one wire: answers come back with the number of their question, in any order."""

import asyncio
import itertools
from typing import Protocol


class Wire(Protocol):
    async def send(self, frame) -> None: ...

    async def receive(self): ...


class Loopback:
    """The other end answers by itself, after a while."""

    def __init__(self, answer, thinks):
        self._answers = asyncio.Queue()
        self._answer = answer
        self._thinks = thinks

    async def send(self, frame):
        number, question = frame
        asyncio.get_running_loop().call_later(self._thinks, self._answers.put_nowait, (number, self._answer(question)))
        for _ in ("write", "drain"):
            await asyncio.sleep(0.001)

    async def receive(self):
        return await self._answers.get()


class RpcDesk:
    def __init__(self, wire: Wire):
        self._wire = wire
        self._numbers = itertools.count(1)
        self._waiting = {}

    async def listen(self):
        while True:
            number, answer = await self._wire.receive()
            waiting = self._waiting.pop(number, None)
            if waiting is not None:
                waiting.set_result(answer)

    async def call(self, question):
        number = next(self._numbers)
        answered = self._waiting[number] = asyncio.get_running_loop().create_future()
        await self._wire.send((number, question))
        return await answered


async def conversation():
    desk = RpcDesk(Loopback(str.upper, thinks=0.05))
    listening = asyncio.create_task(desk.listen())
    answers = await asyncio.gather(*(desk.call(question) for question in ("ping", "version", "peers")))
    listening.cancel()
    return answers


def main():
    return asyncio.run(conversation())


if __name__ == "__main__":
    print(main())
