"""The rows that decide are locked when they are read, in one order; the second to come waits, and then reads what is left."""

import os
import threading

import psycopg

URL = os.environ["DATABASE_URL"]


def leave(doctor):
    with psycopg.connect(URL) as db:
        rows = db.execute("SELECT name FROM doctors WHERE on_call ORDER BY name FOR UPDATE").fetchall()
        if [name for (name,) in rows if name != doctor]:
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
