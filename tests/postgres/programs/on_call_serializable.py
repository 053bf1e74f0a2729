"""The same at SERIALIZABLE: the server sees that each has read what the other writes, and the one it refuses begins again."""

import os
import threading

import psycopg
from psycopg import IsolationLevel
from psycopg.errors import SerializationFailure

URL = os.environ["DATABASE_URL"]


def leave(doctor):
    with psycopg.connect(URL) as db:
        db.isolation_level = IsolationLevel.SERIALIZABLE
        for _ in range(5):
            try:
                with db.transaction():
                    (others,) = db.execute("SELECT count(*) FROM doctors WHERE on_call AND name <> %s", (doctor,)).fetchone()
                    if others >= 1:
                        db.execute("UPDATE doctors SET on_call = false WHERE name = %s", (doctor,))
                return
            except SerializationFailure:
                continue


def main():
    with psycopg.connect(URL, autocommit=True) as db:
        db.execute("DROP TABLE IF EXISTS doctors")
        db.execute("CREATE TABLE doctors (name text PRIMARY KEY, on_call boolean)")
        db.execute("INSERT INTO doctors VALUES ('ann', true), ('bob', true)")
        threads = [threading.Timer(0.08 * turn, leave, args=(name,)) for turn, name in enumerate(("ann", "bob"))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return db.execute("SELECT count(*) FROM doctors WHERE on_call").fetchone()


if __name__ == "__main__":
    print(main())
