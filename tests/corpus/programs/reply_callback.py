"""Queries to a database answer through futures: a callback is run at once if the reply is there, else when it comes."""

import threading
import time
from functools import partial

_NOT_SET = object()


class ResponseFuture:
    def __init__(self, query):
        self.query = query
        self._result = _NOT_SET
        self._callback = None

    def add_callback(self, fn, *args):
        if self._result is not _NOT_SET:
            fn(self._result, *args)
        else:
            self._callback = (fn, args)

    def _set_final_result(self, rows):
        self._result = rows
        if self._callback is not None:
            fn, args = self._callback
            fn(rows, *args)


class Session:
    """Each query is answered on a thread of the connection's."""

    def __init__(self, tables):
        self._tables = tables
        self._readers = []

    def execute_async(self, table, latency):
        future = ResponseFuture(table)

        def read_reply():
            time.sleep(latency)
            future._set_final_result(self._tables[table])

        reader = threading.Thread(target=read_reply, name=f"read-{table}")
        self._readers.append(reader)
        reader.start()
        return future

    def shutdown(self):
        for reader in self._readers:
            reader.join()


def keep(rows, into, table):
    into[table] = len(rows)


def main():
    counts = {}
    session = Session({"users": ["ann", "bob"], "orders": [7, 8, 9]})
    users = session.execute_async("users", latency=0.1)
    orders = session.execute_async("orders", latency=0.0)
    on_rows = partial(keep)
    users.add_callback(on_rows, counts, "users")
    time.sleep(0.05)
    orders.add_callback(on_rows, counts, "orders")
    session.shutdown()
    return sorted(counts.items())
