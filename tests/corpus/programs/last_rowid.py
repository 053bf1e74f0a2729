"""A small layer over SQLite: a row is inserted, and its number returned.

After https://github.com/AnswerDotAI/sqlite-minutils/issues/43
"""

import sqlite3
import threading
import time


class Table:
    def __init__(self, conn, name):
        self._conn = conn
        self.name = name

    def insert(self, **values):
        columns = ", ".join(values)
        marks = ", ".join("?" * len(values))
        self._conn.execute(f"INSERT INTO {self.name} ({columns}) VALUES ({marks})", tuple(values.values()))
        return self._conn.execute("SELECT last_insert_rowid()").fetchone()[0]

    def get(self, number):
        return self._conn.execute(f"SELECT name FROM {self.name} WHERE id = ?", (number,)).fetchone()[0]


class Zoo:
    def __init__(self):
        self._conn = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        for name in ("species", "keepers"):
            self._conn.execute(f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, name TEXT)")
        self.species = Table(self._conn, "species")
        self.keepers = Table(self._conn, "keepers")
        self.species.insert(name="lion")

    def close(self):
        self._conn.close()


def add(table, name, after, added):
    time.sleep(after)
    added[name] = table.insert(name=name)


def main():
    zoo, added = Zoo(), {}
    clerks = [
        threading.Thread(target=add, args=(zoo.species, "otter", 0.0, added)),
        threading.Thread(target=add, args=(zoo.keepers, "mona", 0.06, added)),
    ]
    for clerk in clerks:
        clerk.start()
    for clerk in clerks:
        clerk.join()
    names = zoo.species.get(added["otter"]), zoo.keepers.get(added["mona"])
    zoo.close()
    return names


if __name__ == "__main__":
    assert main() == ("otter", "mona")
