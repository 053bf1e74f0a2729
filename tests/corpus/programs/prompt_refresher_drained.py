"""Prompts of an application are refreshed in the background by consumers of a queue of tasks.

After https://github.com/langfuse/langfuse-python/pull/1670
"""

import queue
import threading
import time

_SHUTDOWN = object()


class RefreshConsumer(threading.Thread):
    def __init__(self, tasks):
        super().__init__(daemon=True)
        self._tasks = tasks

    def run(self):
        while True:
            task = self._tasks.get()
            if task is _SHUTDOWN:
                self._tasks.task_done()
                break
            try:
                task()
            finally:
                self._tasks.task_done()


class RefreshManager:
    def __init__(self, consumers=1):
        self._tasks = queue.Queue()
        self._known = set()
        self._consumers = [RefreshConsumer(self._tasks) for _ in range(consumers)]
        for consumer in self._consumers:
            consumer.start()

    def add_task(self, key, task):
        if key in self._known:
            return
        self._known.add(key)
        self._tasks.put(task)

    def wait_for_idle(self):
        self._tasks.join()

    def shutdown(self):
        for _ in self._consumers:
            self._tasks.put(_SHUTDOWN)
        self.wait_for_idle()
        for consumer in self._consumers:
            consumer.join()


class PromptClient:
    def __init__(self, server):
        self._server = server
        self.cache = {}
        self.manager = RefreshManager()

    def refresh(self, name):
        def fetch():
            self.cache[name] = self._server[name]

        self.manager.add_task(name, fetch)


def main():
    client = PromptClient({"greeting": "Hello, {name}!", "farewell": "Bye, {name}."})
    client.refresh("greeting")
    client.refresh("farewell")
    time.sleep(0.1)  # the application does its work
    client.manager.shutdown()
    return sorted(client.cache)


if __name__ == "__main__":
    print(main())
