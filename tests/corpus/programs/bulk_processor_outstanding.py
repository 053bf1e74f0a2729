"""A bulk processor of a database client: records are put from anywhere, a worker sends them table by table in chunks."""

import threading
import time
from collections import defaultdict, deque


class Transport:
    """Counts what a server would have taken."""

    def __init__(self):
        self.received = defaultdict(int)

    def bulk_insert(self, table, records):
        self.received[table] += len(records)
        return {"status": 200, "rows": len(records)}


class Records:
    def __init__(self, chunk):
        self._chunk = chunk
        self._store = {}
        self._outstanding = 0
        self._lock = threading.Lock()
        self.available = threading.Condition(self._lock)

    def put(self, table, records):
        with self.available:
            self._store.setdefault(table, deque()).extend(records)
            self._outstanding += len(records)
            self.available.notify()

    def next_batch(self):
        for table, rows in self._store.items():
            if rows:
                return table, [rows.popleft() for _ in range(min(self._chunk, len(rows)))]
        return None

    def done(self, rows):
        with self._lock:
            self._outstanding -= rows

    def size(self):
        with self._lock:
            return self._outstanding


class BulkProcessor:
    def __init__(self, transport, chunk=2):
        self._transport = transport
        self._records = Records(chunk)
        self._closed = False
        self.stats = {"total": 0, "batches": 0}
        self._worker = threading.Thread(target=self._process, name="bulk worker")
        self._worker.start()

    def put_records(self, table, records):
        self._records.put(table, records)

    def _process(self):
        while True:
            with self._records.available:
                while (batch := self._records.next_batch()) is None and not self._closed:
                    self._records.available.wait()
            if batch is None:
                return
            answer = self._transport.bulk_insert(*batch)
            self._account(answer["rows"])

    def _account(self, rows):
        self.stats["total"] += rows
        self.stats["batches"] += 1
        self._records.done(rows)

    def flush_queue(self):
        while self._records.size():
            time.sleep(0.002)
        return dict(self.stats)

    def close(self):
        with self._records.available:
            self._closed = True
            self._records.available.notify_all()
        self._worker.join()


def main():
    processor = BulkProcessor(Transport())
    processor.put_records("users", [{"name": name} for name in ("ana", "bo", "cy")])
    processor.put_records("posts", [{"title": "hello"}, {"title": "again"}])
    time.sleep(0.01)
    flushed = processor.flush_queue()
    processor.close()
    return flushed
