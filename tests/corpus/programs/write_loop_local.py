"""The reading loop joins the writing loop through a reference of its own."""

import queue
import threading
import time


class Client:
    def __init__(self):
        self.packets = queue.Queue()
        self.sent = []
        self.write_task = None
        self.failure = None

    def connect(self):
        self.write_task = threading.Thread(target=self._write_loop)
        reader = threading.Thread(target=self._read_loop)
        self.write_task.start()
        reader.start()
        return reader

    def _encode(self, packet):
        return packet.upper()

    def _write_loop(self):
        while (packet := self.packets.get()) is not None:
            self.sent.append(self._encode(packet))
        time.sleep(0.05)
        self.write_task = None

    def _read_loop(self):
        self.packets.put("ping")
        self.packets.put(None)
        try:
            task = self.write_task
            if task:
                self._note("waiting for write loop")
                task.join()
        except AttributeError as error:
            self.failure = str(error)

    def _note(self, text):
        self.last_note = text


def main():
    client = Client()
    reader = client.connect()
    reader.join()
    return client.sent, client.failure
