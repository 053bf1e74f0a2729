"""Rows are written by a pool; the sink is closed when main thinks that they are in."""

import io
import time
from concurrent.futures import ThreadPoolExecutor


class Sink:
    def __init__(self):
        self.out = io.StringIO()

    def write(self, row):
        if self.out is None:
            raise RuntimeError("closed")
        line = ",".join(map(str, row))
        self.out.write(line + "\n")
        return len(line)

    def close(self):
        text, self.out = self.out.getvalue(), None
        return text


def late(sink, row, seconds):
    time.sleep(seconds)
    return sink.write(row)


def main():
    sink = Sink()
    pool = ThreadPoolExecutor(2)
    rows = [pool.submit(late, sink, (1, "ann"), 0.001), pool.submit(late, sink, (2, "bob"), 0.01)]
    time.sleep(0.08)
    text = sink.close()
    pool.shutdown()
    return text.splitlines(), [row.exception() is None for row in rows]
