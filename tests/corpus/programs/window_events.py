"""A desktop application asks its window for an answer; events of the window come on a thread of its own.

After https://github.com/pytauri/pytauri/issues/132
"""

import asyncio
import json
import queue
import threading
import time


class Window(threading.Thread):
    """The native side: takes messages, and calls listeners on its own thread."""

    def __init__(self):
        super().__init__(name="webview")
        self._inbox = queue.SimpleQueue()
        self._listeners = {}

    def once(self, event, listener):
        self._listeners[event] = listener

    def emit(self, event, payload):
        self._inbox.put((event, payload))

    def close(self):
        self._inbox.put(None)

    def run(self):
        while (message := self._inbox.get()) is not None:
            event, payload = message
            time.sleep(0.02)
            listener = self._listeners.pop(f"{event}-response", None)
            if listener is not None:
                listener(json.dumps({"sum": sum(payload)}))


async def draw_progress(frames):
    for _ in range(frames):
        await asyncio.sleep(0.02)


async def ask(window, event, payload):
    answered = asyncio.Event()
    answers = []

    def handle(event_payload):
        answers.append(json.loads(event_payload))
        answered.set()

    window.once(f"{event}-response", handle)
    window.emit(event, payload)
    await draw_progress(5)
    await answered.wait()
    return answers[0]


async def main():
    window = Window()
    window.start()
    try:
        return await ask(window, "add", [3, 4, 5])
    finally:
        window.close()
        window.join()


if __name__ == "__main__":
    print(asyncio.run(main()))
