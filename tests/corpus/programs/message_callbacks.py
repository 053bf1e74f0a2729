"""An MQTT-like client calls on_message under its callback lock; the application keeps the readings under a lock of its own."""

import threading


class Client:
    def __init__(self):
        self._callback_mutex = threading.RLock()
        self._out = []
        self.on_message = None

    def publish(self, topic, payload):
        with self._callback_mutex:
            self._out.append((topic, payload))

    def handle_incoming(self, topic, payload):
        with self._callback_mutex:
            if self.on_message is not None:
                self.on_message(topic, payload)

    def published(self):
        return list(self._out)


class Readings:
    def __init__(self, client):
        self._client = client
        self._lock = threading.Lock()
        self._values = {}

    def update(self, topic, payload):
        with self._lock:
            self._values[topic] = payload

    def announce(self):
        with self._lock:
            for topic, value in sorted(self._values.items()):
                self._client.publish(f"state/{topic}", value)


def network_loop(client):
    for number in range(3):
        client.handle_incoming(f"sensor/{number}", number * 10)


def main():
    client = Client()
    readings = Readings(client)
    client.on_message = readings.update
    network = threading.Thread(target=network_loop, args=(client,))
    status = threading.Thread(target=readings.announce)
    network.start()
    status.start()
    network.join()
    status.join()
    readings.announce()
    last = client.published()[-3:]
    assert last == [("state/sensor/0", 0), ("state/sensor/1", 10), ("state/sensor/2", 20)], last
    return last


if __name__ == "__main__":
    print(main())
