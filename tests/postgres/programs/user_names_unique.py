"""The name is unique in the table: who comes second is told by the server."""

import os
import threading

import psycopg
from psycopg.errors import UniqueViolation

URL = os.environ["DATABASE_URL"]


def register(name, email, taken):
    try:
        with psycopg.connect(URL) as db, db.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM users WHERE name = %s", (name,))
            if cursor.fetchone()[0] == 0:
                cursor.execute("INSERT INTO users (name, email) VALUES (%s, %s)", (name, email))
                return
    except UniqueViolation:
        pass
    taken.append(name)


def main():
    with psycopg.connect(URL, autocommit=True) as db:
        db.execute("DROP TABLE IF EXISTS users")
        db.execute("CREATE TABLE users (name text PRIMARY KEY, email text)")
        taken = []
        threads = [threading.Timer(0.08 * turn, register, args=("ann", f"ann@{turn}", taken)) for turn in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return taken, db.execute("SELECT count(*) FROM users").fetchone()


if __name__ == "__main__":
    print(main())
