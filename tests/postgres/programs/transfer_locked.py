"""A lock of the program is held from before the transaction to after its commit."""

import os
import threading

import psycopg

URL = os.environ["DATABASE_URL"]


lock = threading.Lock()


def withdraw(amount):
    with lock, psycopg.connect(URL) as db:
        (balance,) = db.execute("SELECT balance FROM accounts WHERE id = %s", (1,)).fetchone()
        if balance >= amount:
            db.execute("UPDATE accounts SET balance = %s WHERE id = %s", (balance - amount, 1))


def main():
    with psycopg.connect(URL, autocommit=True) as db:
        db.execute("DROP TABLE IF EXISTS accounts")
        db.execute("CREATE TABLE accounts (id integer PRIMARY KEY, balance integer)")
        db.execute("INSERT INTO accounts VALUES (1, 100)")
        threads = [threading.Timer(0.08 * turn, withdraw, args=(30 + turn,)) for turn in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return db.execute("SELECT balance FROM accounts").fetchone()


if __name__ == "__main__":
    print(main())
