"""The statement computes with the row as it is when it is written."""

import os
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg2

URL = os.environ["DATABASE_URL"]


def order(turn):
    time.sleep(0.08 * turn)
    db = psycopg2.connect(URL)
    try:
        with db, db.cursor() as cursor:
            cursor.execute("UPDATE stock SET amount = amount - 1 WHERE item_id = %(item)s", {"item": 4})
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
