"""A function of the server locks the meter, so that the second process waits there; the text of the statement does not say so."""

import multiprocessing
import os
import time

import psycopg

URL = os.environ["DATABASE_URL"]
LOCKING = """
CREATE OR REPLACE FUNCTION begin_reading(meter integer) RETURNS void LANGUAGE sql
AS 'SELECT 1 FROM meters WHERE id = meter FOR UPDATE'
"""


def add(amount, turn):
    time.sleep(0.3 * turn)
    with psycopg.connect(URL) as db:
        db.execute("SELECT begin_reading(%s)", (3,))
        (total,) = db.execute("SELECT total FROM meters WHERE id = %s", (3,)).fetchone()
        db.execute("UPDATE meters SET total = %s WHERE id = %s", (total + amount, 3))


def main():
    with psycopg.connect(URL, autocommit=True) as db:
        db.execute("DROP TABLE IF EXISTS meters")
        db.execute("CREATE TABLE meters (id integer PRIMARY KEY, total integer)")
        db.execute("INSERT INTO meters VALUES (3, 0)")
        db.execute(LOCKING)
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=add, args=(10 + turn, turn)) for turn in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    with psycopg.connect(URL) as db:
        return db.execute("SELECT total FROM meters").fetchone()


if __name__ == "__main__":
    print(main())
