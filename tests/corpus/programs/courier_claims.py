"""Couriers take parcels from a table, each parcel by the one statement that says whether it was still there."""

import sqlite3
import tempfile
import threading
from contextlib import closing
from pathlib import Path


class ParcelTable:
    def __init__(self, connection):
        self._connection = connection

    def waiting(self):
        rows = self._connection.execute("SELECT id FROM parcels WHERE courier IS NULL ORDER BY id")
        return [number for (number,) in rows.fetchall()]

    def claim(self, number, courier):
        with self._connection:
            statement = "UPDATE parcels SET courier = ? WHERE id = ? AND courier IS NULL"
            return self._connection.execute(statement, (courier, number)).rowcount == 1

    def deliver(self, number):
        with self._connection:
            self._connection.execute("UPDATE parcels SET deliveries = deliveries + 1 WHERE id = ?", (number,))


def round_trip(database, courier):
    with closing(sqlite3.connect(database, timeout=600)) as connection:
        parcels = ParcelTable(connection)
        while waiting := parcels.waiting():
            for number in waiting:
                if parcels.claim(number, courier):
                    parcels.deliver(number)
                    break


def main():
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder, "parcels.db")
        with closing(sqlite3.connect(database)) as connection, connection:
            connection.execute("CREATE TABLE parcels (id INTEGER PRIMARY KEY, courier TEXT, deliveries INTEGER DEFAULT 0)")
            connection.executemany("INSERT INTO parcels (id) VALUES (?)", [(number,) for number in range(1, 5)])
        couriers = [threading.Thread(target=round_trip, args=(database, name)) for name in ("ines", "otto")]
        for courier in couriers:
            courier.start()
        for courier in couriers:
            courier.join()
        with closing(sqlite3.connect(database)) as connection:
            return connection.execute("SELECT id, deliveries, courier IS NULL FROM parcels ORDER BY id").fetchall()
