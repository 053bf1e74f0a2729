"""An engine may be stopped by its user and stops itself when its packets are through; one stop waits for the worker to end."""

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
        self.stop()

    def stop(self):
        with self._stop_lock:
            if not self._stopping.is_set():
                self._stopping.set()
                self.closed += 1
            if threading.current_thread() is not self._worker:
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
