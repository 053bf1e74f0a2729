"""A lock of the program is let go before the transaction commits, with psycopg2."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

import psycopg2

URL = os.environ["DATABASE_URL"]


lock = Lock()


def order(turn):
    time.sleep(0.08 * turn)
    db = psycopg2.connect(URL)
    try:
        with db, db.cursor() as cursor:
            with lock:
                cursor.execute("SELECT amount FROM stock WHERE item_id = %(item)s", {"item": 4})
                (amount,) = cursor.fetchone()
                cursor.execute("UPDATE stock SET amount = %(amount)s WHERE item_id = %(item)s", {"amount": amount - 1, "item": 4})
    finally:
        db.close()


def main():
    db = psycopg2.connect(URL)
    db.autocommit = True
    with db.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS stock")
        cursor.execute("CREATE TABLE stock (item_id integer PRIMARY KEY, amount integer)")
        cursor.execute("INSERT INTO stock VALUES (4, 10)")
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(order, range(2)))
        cursor.execute("SELECT amount FROM stock")
        return cursor.fetchone()


if __name__ == "__main__":
    print(main())
