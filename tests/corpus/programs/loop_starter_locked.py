"""Blocking code runs coroutines on an event loop of the library, which is started under a lock when first needed."""

import asyncio
import threading
import time


class Synchronizer:
    def __init__(self):
        self._loop = None
        self._thread = None
        self._lock = threading.Lock()
        self.started = []

    def _start_loop(self):
        if self._loop is not None:
            return self._loop
        ready = threading.Event()
        loop = asyncio.new_event_loop()

        def run():
            asyncio.set_event_loop(loop)
            loop.call_soon(ready.set)
            loop.run_forever()
            loop.close()

        self._thread = threading.Thread(target=run, daemon=True)
        self._thread.start()
        self.started.append(self._thread)
        ready.wait()
        self._loop = loop
        return loop

    def run(self, coroutine):
        with self._lock:
            loop = self._start_loop()
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result()

    def close(self):
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(1)


async def lookup(name):
    await asyncio.sleep(0.001)
    return name.title()


def caller(synchronizer, name, results, comes):
    time.sleep(comes)
    results[name] = synchronizer.run(lookup(name))


def main():
    synchronizer, results = Synchronizer(), {}
    callers = [
        threading.Thread(target=caller, args=(synchronizer, "ada", results, 0)),
        threading.Thread(target=caller, args=(synchronizer, "alan", results, 0.05)),
    ]
    for each in callers:
        each.start()
    for each in callers:
        each.join()
    synchronizer.close()
    return results, len(synchronizer.started)
