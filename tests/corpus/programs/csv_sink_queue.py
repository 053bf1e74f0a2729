"""Rows are handed to the one thread that writes them; the sink closes when it takes the mark that ends the queue."""

import io
import queue
import threading
import time
from concurrent.futures import ThreadPoolExecutor

END = object()


class Sink:
    def __init__(self):
        self.rows = queue.SimpleQueue()
        self.out = io.StringIO()
        self.text = None
        self.thread = threading.Thread(target=self._write)
        self.thread.start()

    def _write(self):
        for row in iter(self.rows.get, END):
            self.out.write(",".join(map(str, row)) + "\n")
        self.text, self.out = self.out.getvalue(), None

    def close(self):
        self.rows.put(END)
        self.thread.join()
        return self.text


def late(sink, row, seconds):
    time.sleep(seconds)
    sink.rows.put(row)


def main():
    sink = Sink()
    with ThreadPoolExecutor(2) as pool:
        rows = [pool.submit(late, sink, (1, "ann"), 0.001), pool.submit(late, sink, (2, "bob"), 0.01)]
    return sorted(sink.close().splitlines()), [row.exception() is None for row in rows]
