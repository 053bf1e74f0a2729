"""A small MQTT client: sensors publish from their own threads, the broker acknowledges packets by their id."""

import queue
import threading

MAX_MID = 65535


def following(mid):
    return 1 if mid >= MAX_MID else mid + 1


class MessageInfo:
    __slots__ = ("_acked", "mid", "topic")

    def __init__(self, mid, topic):
        self.mid = mid
        self.topic = topic
        self._acked = threading.Event()

    def acknowledge(self):
        self._acked.set()

    @property
    def is_published(self):
        return self._acked.is_set()


class Broker:
    def __init__(self):
        self.packets = queue.SimpleQueue()

    def deliver(self, mid, topic, payload):
        self.packets.put((mid, topic, payload))

    def acknowledgements(self):
        while not self.packets.empty():
            mid, _topic, _payload = self.packets.get()
            yield mid


class Client:
    def __init__(self, broker, start_mid=0):
        self._broker = broker
        self._last_mid = start_mid
        self._out_messages = {}
        self._out_mutex = threading.Lock()

    def _mid_generate(self):
        self._last_mid = following(self._last_mid)
        return self._last_mid

    def publish(self, topic, payload):
        mid = self._mid_generate()
        info = MessageInfo(mid, topic)
        with self._out_mutex:
            self._out_messages[mid] = info
        self._broker.deliver(mid, topic, payload)
        return info

    def loop_read(self):
        for mid in self._broker.acknowledgements():
            with self._out_mutex:
                info = self._out_messages.pop(mid, None)
            if info is not None:
                info.acknowledge()


class Sensor(threading.Thread):
    def __init__(self, client, name, readings):
        super().__init__(name=name)
        self.client = client
        self.readings = readings
        self.infos = []

    def run(self):
        for reading in self.readings:
            self.infos.append(self.client.publish(f"site/{self.name}", str(reading)))


def main():
    client = Client(Broker(), start_mid=MAX_MID - 2)
    sensors = [Sensor(client, "boiler", (61.5, 62.0)), Sensor(client, "intake", (18.25, 18.5))]
    for sensor in sensors:
        sensor.start()
    for sensor in sensors:
        sensor.join()
    client.loop_read()
    return {sensor.name: [info.is_published for info in sensor.infos] for sensor in sensors}
