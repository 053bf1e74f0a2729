"""An engine whose packets are through stops itself, unless another is stopping it already."""

import threading
import time


class Engine:
    def __init__(self, packets):
        self.packets = packets
        self.seen = []
        self.closed = 0
        self._stopping = threading.Event()
        self._stop_lock = threading.Lock()
        self._worker = None

    def start(self):
        self._worker = threading.Thread(target=self._capture)
        self._worker.start()

    def _capture(self):
        for packet in self.packets:
            if self._stopping.is_set():
                break
            self.seen.append(packet)
        if self._stop_lock.acquire(blocking=False):
            try:
                self._close()
            finally:
                self._stop_lock.release()

    def _close(self):
        if not self._stopping.is_set():
            self._stopping.set()
            self.closed += 1

    def stop(self):
        with self._stop_lock:
            self._close()
            self._worker.join()


class Console:
    def __init__(self, engine):
        self.engine = engine

    def press_stop(self):
        self.engine.stop()
        return "stopped"


def main():
    engine = Engine(["syn", "ack", "fin"])
    console = Console(engine)
    engine.start()
    time.sleep(0.03)
    state = console.press_stop()
    return state, engine.closed, engine._worker.is_alive()
