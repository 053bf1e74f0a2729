"""Swimmers take lockers at two desks of a pool; the table lets each locker be taken once."""

import sqlite3
import tempfile
import threading
from contextlib import closing
from pathlib import Path

LOCKERS = range(1, 7)


def open_database(path):
    return sqlite3.connect(path, timeout=10, isolation_level=None)


def taken(connection):
    return {number for (number,) in connection.execute("SELECT locker FROM rentals")}


def rent(connection, swimmer):
    """The lowest free locker; when somebody else is quicker, the next one."""
    for locker in LOCKERS:
        if locker in taken(connection):
            continue
        try:
            connection.execute("INSERT INTO rentals (locker, swimmer) VALUES (?, ?)", (locker, swimmer))
        except sqlite3.IntegrityError:
            continue
        return locker
    return None


def desk(path, swimmers, keys):
    with closing(open_database(path)) as connection:
        for swimmer in swimmers:
            keys[swimmer] = rent(connection, swimmer)


def main():
    keys = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "pool.db")
        with closing(open_database(path)) as connection:
            connection.execute("CREATE TABLE rentals (locker INTEGER PRIMARY KEY, swimmer TEXT NOT NULL)")
        desks = [
            threading.Thread(target=desk, args=(path, swimmers, keys))
            for swimmers in (("ada", "bo", "cem"), ("dag", "eve"))
        ]
        for each in desks:
            each.start()
        for each in desks:
            each.join()
        with closing(open_database(path)) as connection:
            rentals = dict(connection.execute("SELECT swimmer, locker FROM rentals"))
    assert rentals == keys
    return len(set(keys.values())), sorted(keys)


if __name__ == "__main__":
    print(*main())
