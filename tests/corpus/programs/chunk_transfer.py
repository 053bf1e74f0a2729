"""Files go to a data lake in chunks, each on a thread of a pool; a file is finished after its last chunk."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor


class Transfer:
    def __init__(self, lake, chunk_size, workers=3):
        self._lake = lake
        self._chunk_size = chunk_size
        self._pool = ThreadPoolExecutor(workers)
        self._lock = threading.Lock()
        self._file_of = {}
        self._missing = {}
        self.states = {}

    def upload(self, name, data):
        offsets = range(0, len(data), self._chunk_size)
        self._missing[name] = len(offsets)
        self.states[name] = "transferring"
        for offset in offsets:
            chunk = data[offset : offset + self._chunk_size]
            future = self._pool.submit(self._send, name, offset, chunk)
            future.add_done_callback(self._update)
            self._file_of[future] = name

    def _send(self, name, offset, chunk):
        time.sleep(0.05)
        self._lake[name, offset] = chunk

    def _update(self, future):
        with self._lock:
            if (name := self._file_of.pop(future, None)) is None:
                return  # not one of ours
            self._missing[name] -= 1
            if not self._missing[name]:
                self.states[name] = "finished"

    def close(self):
        self._pool.shutdown(wait=True)


def main():
    lake = {}
    transfer = Transfer(lake, chunk_size=4)
    transfer.upload("stations.csv", b"oslo,bergen")
    transfer.upload("notes.txt", b"wind")
    transfer.close()
    return transfer.states, sorted(lake)
