"""The network loop of a telemetry uplink: started in the background, stopped when the readings have been handed over."""

import queue
import threading
from collections import deque
from dataclasses import dataclass, field


@dataclass
class Uplink:
    """Stands for the socket to the broker."""

    sent: list = field(default_factory=list)

    def write(self, topic, payload):
        self.sent.append((topic, payload))


class LoopClient:
    def __init__(self, uplink):
        self._uplink = uplink
        self._outgoing = deque()
        self._wake = queue.SimpleQueue()
        self._thread = None
        self._thread_terminate = False

    def publish(self, topic, payload):
        self._outgoing.append((topic, payload))
        self._wake.put(None)

    def loop_start(self):
        if self._thread is not None:
            raise RuntimeError("the loop runs already")
        self._thread_terminate = False
        self._thread = threading.Thread(target=self._thread_main, name="telemetry")
        self._thread.start()

    def loop_stop(self):
        if self._thread is None:
            return
        self._thread_terminate = True
        self._thread.join()
        self._thread = None

    def _thread_main(self):
        self.loop_forever()

    def loop_forever(self):
        while not (self._thread_terminate and not self._outgoing):
            self._loop_once()

    def _loop_once(self, timeout=0.01):
        try:
            self._wake.get(timeout=timeout)
        except queue.Empty:
            return
        while self._outgoing:
            self._uplink.write(*self._outgoing.popleft())


class RainStation:
    def __init__(self, client, serial):
        self.client = client
        self.serial = serial

    def report(self, *millimetres):
        for index, amount in enumerate(millimetres):
            self.client.publish(f"rainstation/{self.serial}/rain{index}", amount)


def main():
    uplink = Uplink()
    client = LoopClient(uplink)
    station = RainStation(client, "16c28153")
    client.loop_start()
    station.report(0, 3, 1)
    client.loop_stop()
    return uplink.sent
