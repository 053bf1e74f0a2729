"""A function of the server locks the row, so that the second withdrawal waits there; the text of the statement does not say so."""

import os
import threading

import psycopg

URL = os.environ["DATABASE_URL"]
LOCKING = """
CREATE OR REPLACE FUNCTION begin_withdrawal(account integer) RETURNS void LANGUAGE sql
AS 'SELECT 1 FROM accounts WHERE id = account FOR UPDATE'
"""


def withdraw(amount):
    with psycopg.connect(URL) as db:
        db.execute("SELECT begin_withdrawal(%s)", (1,))
        (balance,) = db.execute("SELECT balance FROM accounts WHERE id = %s", (1,)).fetchone()
        db.execute("UPDATE accounts SET balance = %s WHERE id = %s", (balance - amount, 1))


def main():
    with psycopg.connect(URL, autocommit=True) as db:
        db.execute("DROP TABLE IF EXISTS accounts")
        db.execute("CREATE TABLE accounts (id integer PRIMARY KEY, balance integer)")
        db.execute("INSERT INTO accounts VALUES (1, 100)")
        db.execute(LOCKING)
        threads = [threading.Timer(0.08 * turn, withdraw, args=(30 + turn,)) for turn in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return db.execute("SELECT balance FROM accounts").fetchone()


if __name__ == "__main__":
    print(main())
