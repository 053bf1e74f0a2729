"""The row carries a version that SQLAlchemy checks when it writes; who finds another begins again."""

import os
import threading
from typing import ClassVar

from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.orm.exc import StaleDataError

URL = os.environ["DATABASE_URL"].replace("postgresql:", "postgresql+psycopg:")


class Base(DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "accounts"
    id: Mapped[int] = mapped_column(primary_key=True)
    balance: Mapped[int]
    version: Mapped[int] = mapped_column()
    __mapper_args__: ClassVar = {"version_id_col": version}


def deposit(engine, amount):
    while True:
        with Session(engine) as session:
            account = session.get(Account, 1)
            account.balance += amount
            try:
                session.commit()
                return
            except StaleDataError:
                continue


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
