"""SQLAlchemy on asyncpg: a name that nobody has is taken."""

import asyncio
import os

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

URL = os.environ["DATABASE_URL"].replace("postgresql:", "postgresql+asyncpg:")


class Base(DeclarativeBase):
    pass


class Member(Base):
    __tablename__ = "members"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


async def sign_up(engine, name, turn):
    await asyncio.sleep(0.15 * turn)
    async with AsyncSession(engine) as session:
        known = (await session.execute(select(Member).where(Member.name == name))).scalar_one_or_none()
        if known is None:
            session.add(Member(name=name))
            await session.commit()


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.drop_all)
        await connection.run_sync(Base.metadata.create_all)
    await asyncio.gather(*(sign_up(engine, "ann", turn) for turn in range(2)))
    async with AsyncSession(engine) as session:
        count = await session.scalar(select(func.count()).select_from(Member))
    await engine.dispose()
    return count


if __name__ == "__main__":
    print(asyncio.run(main()))
