"""A channel that is not connected yet clears its event and waits; the connection may come just before the clearing."""

import threading
import time


class Channel:
    def __init__(self, name):
        self.name = name
        self.connected = False
        self.values = {}
        self._event = threading.Event()

    def on_search_reply(self, address):
        self.values["address"] = address
        self.connected = True
        self._event.set()

    def wait_for_connection(self):
        if not self.connected:
            self._event.clear()
            self._event.wait()

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
    time.sleep(0.02)
    readings = [channel.read() for channel in channels]
    network.join()
    return readings
