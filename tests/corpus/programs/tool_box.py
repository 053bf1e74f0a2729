"""Chats on an event loop call tools; a settings thread adds and lists them."""

import asyncio
import threading


class ToolBox:
    def __init__(self):
        self._lock = threading.Lock()
        self._tools = {}
        self.calls = {}

    def add(self, name, tool):
        with self._lock:
            self._tools[name] = tool
            self.calls[name] = 0

    def names(self):
        with self._lock:
            return sorted(self._tools)

    async def call(self, name, argument):
        with self._lock:
            tool = self._tools[name]
            self.calls[name] += 1
            return await tool(argument)


async def translate(text):
    for _ in ("request", "answer"):
        await asyncio.sleep(0.001)
    return text[::-1]


async def measure(text):
    await asyncio.sleep(0.002)
    return len(text)


async def chat(box, begins, name, argument):
    await asyncio.sleep(begins)
    return await box.call(name, argument)


async def server(box):
    return await asyncio.gather(
        chat(box, 0, "translate", "good day"),
        chat(box, 0.025, "measure", "how long is this?"),
        chat(box, 0.05, "translate", "bye"),
    )


def main():
    box = ToolBox()
    box.add("translate", translate)
    listed = []
    settings = threading.Thread(target=lambda: (box.add("measure", measure), listed.extend(box.names())))
    settings.start()
    settings.join()
    answers = asyncio.run(server(box))
    return answers, listed, box.calls


if __name__ == "__main__":
    print(main())
