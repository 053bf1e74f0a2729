"""An agent streams what its tools do; a tool runs on a thread and reports through the bus of the agent."""

import asyncio
import threading
from dataclasses import dataclass


@dataclass(frozen=True)
class Action:
    source: str
    text: str


LAST = Action("bus", "closed")


class ActionBus:
    def __init__(self):
        self._queue = asyncio.Queue()

    def put(self, action):
        self._queue.put_nowait(action)

    def close(self):
        self.put(LAST)

    async def merge(self):
        while (action := await self._queue.get()) is not LAST:
            yield action


def query_tool(bus, sql):
    bus.put(Action("tool", f"running {sql}"))
    rows = [(1, "north"), (2, "south")]
    bus.put(Action("tool", f"{len(rows)} rows"))
    bus.close()


async def stream_answer(text):
    """The words of the model, as they come from the network."""
    for word in text.split():
        await asyncio.sleep(0.01)
        yield word


async def main():
    bus = ActionBus()
    tool = threading.Thread(target=query_tool, args=(bus, "select * from regions"))
    tool.start()
    transcript = [word async for word in stream_answer("let me look at the regions")]
    async for action in bus.merge():
        transcript.append(f"{action.source}: {action.text}")
    tool.join()
    return transcript
