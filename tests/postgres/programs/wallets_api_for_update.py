"""The same service, which has the server lock the wallet when it reads it."""

import asyncio
import os
from typing import Annotated

import httpx
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

engine = create_engine(os.environ["DATABASE_URL"].replace("postgresql:", "postgresql+psycopg:"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Wallet(Base):
    __tablename__ = "wallets"
    id: Mapped[int] = mapped_column(primary_key=True)
    balance: Mapped[int]


def open_session():
    with Session(engine) as session:
        yield session


@app.post("/wallets/{id}/pay")
def pay(id: int, amount: int, session: Annotated[Session, Depends(open_session)]):
    wallet = session.get(Wallet, id, with_for_update=True)
    if wallet is None:
        raise HTTPException(404)
    if wallet.balance < amount:
        raise HTTPException(409, "not enough")
    wallet.balance -= amount
    session.commit()
    return {"balance": wallet.balance}


async def main():
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Wallet(id=1, balance=100))
        session.commit()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        answers = await asyncio.gather(*(client.post("/wallets/1/pay", params={"amount": 60 + n}) for n in range(2)))
    codes = sorted(answer.status_code for answer in answers)
    with Session(engine) as session:
        return codes, session.scalar(select(Wallet.balance))


if __name__ == "__main__":
    print(asyncio.run(main()))
