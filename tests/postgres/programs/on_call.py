"""Each of two doctors may leave if another is on call. Each reads all rows and writes its own, so REPEATABLE READ lets both pass (write skew)."""

import os
import threading

import psycopg
from psycopg import IsolationLevel

URL = os.environ["DATABASE_URL"]


def leave(doctor):
    with psycopg.connect(URL) as db:
        db.isolation_level = IsolationLevel.REPEATABLE_READ
        with db.transaction():
            (others,) = db.execute("SELECT count(*) FROM doctors WHERE on_call AND name <> %s", (doctor,)).fetchone()
            if others >= 1:
                db.execute("UPDATE doctors SET on_call = false WHERE name = %s", (doctor,))


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
