"""Cabins of a ferry: a booking is one guarded UPDATE, and only who has changed a row has the cabin."""

import sqlite3
import tempfile
import threading
from contextlib import closing
from pathlib import Path


class Cabins:
    def __init__(self, path):
        self._path = path

    def _connect(self):
        return closing(sqlite3.connect(self._path, timeout=5))

    def create(self, numbers):
        with self._connect() as conn, conn:
            conn.execute("CREATE TABLE cabin (number INTEGER PRIMARY KEY, guest TEXT)")
            conn.executemany("INSERT INTO cabin VALUES (?, NULL)", [(number,) for number in numbers])

    def book(self, guest):
        with self._connect() as conn:
            while True:
                free = conn.execute("SELECT number FROM cabin WHERE guest IS NULL ORDER BY number LIMIT 1").fetchone()
                if free is None:
                    return None
                with conn:
                    taken = conn.execute(
                        "UPDATE cabin SET guest = ? WHERE number = ? AND guest IS NULL", (guest, free[0])
                    )
                if taken.rowcount == 1:
                    return free[0]

    def guests(self):
        with self._connect() as conn:
            return [guest for (guest,) in conn.execute("SELECT guest FROM cabin WHERE guest IS NOT NULL")]


def main():
    with tempfile.TemporaryDirectory() as folder:
        cabins = Cabins(Path(folder, "ferry.db"))
        cabins.create([101, 102])
        booked = {}
        guests = [
            threading.Thread(target=lambda name=name: booked.setdefault(name, cabins.book(name)))
            for name in ("ida", "jon", "kim")
        ]
        for guest in guests:
            guest.start()
        for guest in guests:
            guest.join()
        numbers = [number for number in booked.values() if number is not None]
        return len(numbers), len(set(numbers)), len(cabins.guests())


if __name__ == "__main__":
    assert main() == (2, 2, 2)
