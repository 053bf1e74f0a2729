"""The channel waits on a condition, and looks whether it is connected while it holds the condition's lock."""

import threading


class Channel:
    def __init__(self, name):
        self.name = name
        self.connected = False
        self.values = {}
        self._changed = threading.Condition()

    def on_search_reply(self, address):
        with self._changed:
            self.values["address"] = address
            self.connected = True
            self._changed.notify_all()

    def wait_for_connection(self):
        with self._changed:
            while not self.connected:
                self._changed.wait()

    def read(self):
        self.wait_for_connection()
        return f"{self.name}@{self.values['address']}"


class Network(threading.Thread):
    def __init__(self, channels):
        super().__init__(daemon=True)
        self.channels = channels

    def run(self):
        for number, channel in enumerate(self.channels, 1):
            channel.on_search_reply(f"10.0.0.{number}")


def main():
    channels = [Channel("motor"), Channel("shutter")]
    network = Network(channels)
    network.start()
    readings = [channel.read() for channel in channels]
    network.join()
    return readings
