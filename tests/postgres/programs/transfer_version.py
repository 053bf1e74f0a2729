"""The row carries a version; a withdrawal that finds another one than it read begins again."""

import os
import threading

import psycopg

URL = os.environ["DATABASE_URL"]


def withdraw(amount):
    with psycopg.connect(URL, autocommit=True) as db:
        while True:
            balance, version = db.execute("SELECT balance, version FROM accounts WHERE id = %s", (1,)).fetchone()
            if balance < amount:
                return
            done = db.execute(
                "UPDATE accounts SET balance = %s, version = %s WHERE id = %s AND version = %s", (balance - amount, version + 1, 1, version)
            )
            if done.rowcount:
                return


def main():
    with psycopg.connect(URL, autocommit=True) as db:
        db.execute("DROP TABLE IF EXISTS accounts")
        db.execute("CREATE TABLE accounts (id integer PRIMARY KEY, balance integer, version integer)")
        db.execute("INSERT INTO accounts VALUES (1, 100, 1)")
        threads = [threading.Timer(0.08 * turn, withdraw, args=(30 + turn,)) for turn in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return db.execute("SELECT balance FROM accounts").fetchone()


if __name__ == "__main__":
    print(main())
