"""Commands go to another process over its standard input, written by a thread so that callers need not wait."""

import os
import queue
import threading
import time

GOODBYE = object()


class RemoteChannel:
    def __init__(self, stream):
        self._stream = stream
        self._outgoing = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write_all, name="channel-writer")
        self._writer.start()

    def send(self, command, *arguments):
        self._outgoing.put(" ".join((command, *arguments)))

    def _write_all(self):
        while (line := self._outgoing.get()) is not GOODBYE:
            self._stream.write(f"{line}\n".encode())

    def close(self):
        self._outgoing.put(GOODBYE)
        self._writer.join()
        self._stream.close()

    def __enter__(self):
        return self

    def __exit__(self, *_exc_info):
        self.close()


def read_everything(descriptor, lines):
    with os.fdopen(descriptor, "rb") as stream:
        lines.extend(line.decode().strip() for line in stream)


def main():
    reading, writing = os.pipe()
    received = []
    remote = threading.Thread(target=read_everything, args=(reading, received))
    remote.start()
    with RemoteChannel(os.fdopen(writing, "wb")) as channel:
        channel.send("mkdir", "/srv/site")
        channel.send("put", "index.html", "/srv/site")
        time.sleep(0.03)  # the page is rendered meanwhile
        channel.send("chmod", "644", "/srv/site/index.html")
        time.sleep(0.03)
    remote.join()
    return received
