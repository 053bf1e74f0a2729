"""The balance is looked at for a message; the statement that takes the money decides by itself."""

import os
import threading

import psycopg

URL = os.environ["DATABASE_URL"]


def withdraw(amount, refused):
    with psycopg.connect(URL) as db:
        (balance,) = db.execute("SELECT balance FROM accounts WHERE id = %s", (1,)).fetchone()
        taken = db.execute("UPDATE accounts SET balance = balance - %s WHERE id = %s AND balance >= %s", (amount, 1, amount))
        if not taken.rowcount:
            refused.append(f"{amount} is more than {balance}")


def main():
    with psycopg.connect(URL, autocommit=True) as db:
        db.execute("DROP TABLE IF EXISTS accounts")
        db.execute("CREATE TABLE accounts (id integer PRIMARY KEY, balance integer)")
        db.execute("INSERT INTO accounts VALUES (1, 100)")
        refused = []
        threads = [threading.Timer(0.08 * turn, withdraw, args=(80, refused)) for turn in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return len(refused), db.execute("SELECT balance FROM accounts").fetchone()


if __name__ == "__main__":
    print(main())
