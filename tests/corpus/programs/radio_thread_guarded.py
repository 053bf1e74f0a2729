"""A radio driver with an event loop of its own on a thread; the application and a lost link may both end it."""

import asyncio
import threading
import time


class EventLoopThread:
    def __init__(self, name):
        self.name = name
        self.loop = None
        self._guard = threading.Lock()
        self._running = threading.Event()
        self._thread = None

    def start(self):
        self._thread = threading.Thread(target=self._thread_main, name=self.name)
        self._thread.start()
        self._running.wait()

    def _thread_main(self):
        self.loop = asyncio.new_event_loop()
        try:
            self.loop.call_soon(self._running.set)
            self.loop.run_forever()
        finally:
            self._dispose()

    def _dispose(self):
        with self._guard:
            self.loop.close()
            self.loop = None

    def run_coroutine_threadsafe(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop)

    def force_stop(self):
        with self._guard:
            if self.loop is None:
                return
            self.loop.call_soon_threadsafe(self.loop.stop)

    def join(self):
        self._thread.join()


class Gateway:
    """Speaks to the stick; its link goes away when somebody pulls it."""

    def __init__(self, thread):
        self._thread = thread
        self.frames = []

    async def connect(self, lifetime):
        self.frames.append("RST")
        await asyncio.sleep(0.001)
        asyncio.get_running_loop().call_later(lifetime, self._connection_lost)
        return "RSTACK"

    def _connection_lost(self):
        self.frames.append("lost")
        asyncio.get_running_loop().stop()


class Application:
    def __init__(self):
        self._thread = EventLoopThread("radio")
        self.gateway = Gateway(self._thread)

    def startup(self):
        self._thread.start()
        return self._thread.run_coroutine_threadsafe(self.gateway.connect(0.01)).result()

    def shutdown(self):
        self._thread.force_stop()
        self._thread.join()


def main():
    application = Application()
    hello = application.startup()
    time.sleep(0.04)
    application.shutdown()
    return hello, application.gateway.frames
