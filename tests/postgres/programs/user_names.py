"""A name is free if nobody has it; two who ask at the same time both get it."""

import os
import threading

import psycopg

URL = os.environ["DATABASE_URL"]


def register(name, email):
    with psycopg.connect(URL) as db, db.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM users WHERE name = %s", (name,))
        if cursor.fetchone()[0] == 0:
            cursor.execute("INSERT INTO users (name, email) VALUES (%s, %s)", (name, email))


def main():
    with psycopg.connect(URL, autocommit=True) as db:
        db.execute("DROP TABLE IF EXISTS users")
        db.execute("CREATE TABLE users (name text, email text)")
        threads = [threading.Timer(0.08 * turn, register, args=("ann", f"ann@{turn}")) for turn in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return db.execute("SELECT count(*) FROM users").fetchone()


if __name__ == "__main__":
    print(main())
