"""A home automation hub on asyncio over an MQTT client with a thread of its own: a subscription waits for its acknowledgement."""

import asyncio
import queue
import threading
import time
from itertools import count


class PahoClient:
    """The client library: calls are blocking, callbacks come from the network thread."""

    def __init__(self, latency):
        self._latency = latency
        self._packets = queue.SimpleQueue()
        self._mids = count(1)
        self.on_subscribe = None
        self._thread = threading.Thread(target=self._network, name="mqtt network")

    def loop_start(self):
        self._thread.start()

    def loop_stop(self):
        self._packets.put(None)
        self._thread.join()

    def subscribe(self, topic):
        mid = next(self._mids)
        self._packets.put((mid, topic))
        return mid

    def _network(self):
        while (packet := self._packets.get()) is not None:
            time.sleep(self._latency)
            self.on_subscribe(packet[0])


class MQTT:
    def __init__(self, client):
        self._client = client
        self._loop = asyncio.get_running_loop()
        self._paho_lock = asyncio.Lock()
        self._pending_acks = {}
        self.topics = []
        client.on_subscribe = self._mqtt_on_ack

    def _mqtt_on_ack(self, mid):
        self._loop.call_soon_threadsafe(self._mid_acknowledged, mid)

    def _mid_acknowledged(self, mid):
        self._ack_event(mid).set()

    def _ack_event(self, mid):
        return self._pending_acks.setdefault(mid, asyncio.Event())

    async def _wait_for_mid(self, mid):
        await self._ack_event(mid).wait()
        del self._pending_acks[mid]

    async def async_subscribe(self, topic):
        async with self._paho_lock:
            mid = await asyncio.to_thread(self._client.subscribe, topic)
        await self._wait_for_mid(mid)
        self.topics.append(topic)


async def main():
    client = PahoClient(0.01)
    mqtt = MQTT(client)
    client.loop_start()
    await asyncio.gather(mqtt.async_subscribe("home/porch/light"), mqtt.async_subscribe("home/attic/fan"))
    await asyncio.to_thread(client.loop_stop)
    return sorted(mqtt.topics)
