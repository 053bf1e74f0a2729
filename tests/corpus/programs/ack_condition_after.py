"""A fabric client over an MQTT link: a subscription is complete when the broker's acknowledgement has been seen."""

import queue
import threading
from itertools import count


class MqttLink:
    """Reads packets on a thread of its own and calls the handlers back from it."""

    def __init__(self):
        self._callback_mutex = threading.RLock()
        self._incoming = queue.Queue()
        self._mids = count(1)
        self._on_subscribe = None
        self.log = []
        self._thread = threading.Thread(target=self._loop, name="mqtt")

    @property
    def on_subscribe(self):
        with self._callback_mutex:
            return self._on_subscribe

    @on_subscribe.setter
    def on_subscribe(self, handler):
        with self._callback_mutex:
            self._on_subscribe = handler

    def start(self):
        self._thread.start()

    def stop(self):
        self._incoming.put(None)
        self._thread.join()

    def subscribe(self, topic):
        mid = next(self._mids)
        self._incoming.put(("suback", mid))
        with self._callback_mutex:
            self.log.append(f"subscribe {topic}")
        return mid

    def _loop(self):
        while (packet := self._incoming.get()) is not None:
            _kind, mid = packet
            with self._callback_mutex:
                if self._on_subscribe is not None:
                    self._on_subscribe(mid)


class FabricClient:
    def __init__(self, link):
        self._link = link
        self._acknowledged = set()
        self._ack_condition = threading.Condition()
        link.on_subscribe = self._handle_ack

    def _handle_ack(self, mid):
        with self._ack_condition:
            self._acknowledged.add(mid)
            self._ack_condition.notify_all()

    def _wait_for_ack(self, mid):
        while mid not in self._acknowledged:
            self._ack_condition.wait()
        self._acknowledged.discard(mid)

    def subscribe(self, topic):
        mid = self._link.subscribe(topic)
        with self._ack_condition:
            self._wait_for_ack(mid)
        return mid


def main():
    link = MqttLink()
    client = FabricClient(link)
    link.start()
    mids = [client.subscribe(topic) for topic in ("/mcafee/event/tie", "/mcafee/service/reputation")]
    link.stop()
    return mids, link.log
