"""The buffer belongs to the class, the lock to the instance: two jobs lock each its own and change the same slots."""

import threading


class BufferStats:
    __slots__ = ("size", "writes")

    def __init__(self):
        self.size = 0
        self.writes = 0


class BufferedJSON:
    _stats = BufferStats()
    _buffer = {}

    def __init__(self, filename):
        self.filename = filename
        self._lock = threading.Lock()

    @staticmethod
    def _encode(data):
        return repr(sorted(data.items()))

    def save(self, data):
        with self._lock:
            self._buffer[self.filename] = data
            self._stats.size += len(self._encode(data))
            self._stats.writes = sum((self._stats.writes, 1))

    @classmethod
    def clear(cls):
        cls._buffer.clear()
        cls._stats.size = cls._stats.writes = 0


def sweep(name, points):
    document = BufferedJSON(name)
    for point in points:
        document.save({"point": point})


def main():
    BufferedJSON.clear()
    jobs = {"job-a.json": (1, 2), "job-b.json": (10, 20)}
    threads = [threading.Thread(target=sweep, args=job) for job in jobs.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stats = BufferedJSON._stats
    return stats.size, stats.writes, dict(sorted(BufferedJSON._buffer.items()))
