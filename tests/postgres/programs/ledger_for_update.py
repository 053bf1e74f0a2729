"""The session reads the account with a lock on its row."""

import os
import threading

from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

URL = os.environ["DATABASE_URL"].replace("postgresql:", "postgresql+psycopg:")


class Base(DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "accounts"
    id: Mapped[int] = mapped_column(primary_key=True)
    balance: Mapped[int]


def deposit(engine, amount):
    with Session(engine) as session:
        account = session.get(Account, 1, with_for_update=True)
        account.balance += amount
        session.commit()


def main():
    engine = create_engine(URL)
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Account(id=1, balance=100))
        session.commit()
    threads = [threading.Timer(0.15 * turn, deposit, args=(engine, 10 + turn)) for turn in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Session(engine) as session:
        return session.get(Account, 1).balance


if __name__ == "__main__":
    print(main())
