"""The session reads a member for his name and sets when he was seen, whatever that was before: nothing that was read goes into it."""

import os
import threading
from datetime import datetime

from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

URL = os.environ["DATABASE_URL"].replace("postgresql:", "postgresql+psycopg2:")


class Base(DeclarativeBase):
    pass


class Member(Base):
    __tablename__ = "members"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    seen: Mapped[datetime | None]


def greet(engine, greeted):
    with Session(engine) as session:
        member = session.get(Member, 1)
        greeted.append(member.name)
        member.seen = datetime.now()
        session.commit()


def main():
    engine = create_engine(URL)
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Member(id=1, name="ann"))
        session.commit()
    greeted = []
    threads = [threading.Timer(0.15 * turn, greet, args=(engine, greeted)) for turn in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return greeted


if __name__ == "__main__":
    print(main())
