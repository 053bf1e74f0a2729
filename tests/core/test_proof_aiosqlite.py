"""Statements through aiosqlite, whose threads make them for tasks: they count as the tasks', and tasks are held at them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.proofs import judged, record

SHOP = """\
import asyncio, contextlib
import aiosqlite

lock = asyncio.Lock()

async def buy(count, delay):
    await asyncio.sleep(delay)
    async with GUARD:
        async with aiosqlite.connect("shop.db") as database:
            BEGIN
            async with database.execute("SELECT stock FROM item WHERE id = 1") as rows:
                stock = (await rows.fetchone())[0]
            if stock >= count:
                await database.execute("UPDATE item SET stock = ? WHERE id = 1", (stock - count,))
                await database.commit()
                return True
        return False

async def main():
    async with aiosqlite.connect("shop.db") as database:
        await database.executescript("DROP TABLE IF EXISTS item; CREATE TABLE item (id INTEGER PRIMARY KEY, stock INTEGER)")
        await database.execute("INSERT INTO item VALUES (1, 5)")
        await database.commit()
    print(await asyncio.gather(buy(3, 0), buy(3, 0.1)))

asyncio.run(main())
"""
MAPPED = """\
import asyncio
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase):
    pass

class Item(Base):
    __tablename__ = "item"
    id: Mapped[int] = mapped_column(primary_key=True)
    stock: Mapped[int]

engine = create_async_engine("sqlite+aiosqlite:///shop.db")

async def buy(count, delay):
    await asyncio.sleep(delay)
    async with AsyncSession(engine) as session:
        item = await session.get(Item, 1)
        if item.stock >= count:
            item.stock = item.stock - count
            await session.commit()
            return True
        return False

async def main():
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.drop_all)
        await connection.run_sync(Base.metadata.create_all)
    async with AsyncSession(engine) as session:
        session.add(Item(id=1, stock=5))
        await session.commit()
    print(await asyncio.gather(buy(3, 0), buy(3, 0.1)))
    await engine.dispose()

asyncio.run(main())
"""

COUPON = """\
import asyncio, sys
import aiosqlite

async def redeem(code, delay):
    await asyncio.sleep(delay)
    async with aiosqlite.connect("shop.db") as database:
        rows = await database.execute_fetchall("SELECT id, uses FROM coupon WHERE code = ?", (code,))
        if rows[0][1] < 1:
            return False
        await asyncio.sleep(0.2)
        await database.execute("UPDATE coupon SET uses = ? WHERE id = ?", (rows[0][1] - 1, rows[0][0]))
        await database.commit()
        return True

async def main():
    async with aiosqlite.connect("shop.db") as database:
        await database.executescript("DROP TABLE IF EXISTS coupon; CREATE TABLE coupon (id INTEGER PRIMARY KEY, code TEXT, uses INTEGER)")
        await database.execute("INSERT INTO coupon VALUES (1, 'XMAS', 1)")
        await database.commit()
    redeemed = await asyncio.gather(redeem("XMAS", 0), redeem("XMAS", 0.1))
    sys.exit(int(all(redeemed)))

asyncio.run(main())
"""


def verdicts(source: str, folder: Path) -> list[tuple[str, str, str, tuple[int, ...]]]:
    """Kind, tier, resource and lines of the findings of one run of a program."""
    project = folder / "project"
    project.mkdir()
    (project / "shop.py").write_text(source)
    record(["shop.py"], folder / "run.causeway", root=project)
    findings = judged(folder / "run.causeway")
    return [(each.kind, each.tier, each.resource, tuple(access.line for access in each.accesses)) for each in findings]


def shop(*, guard: str = "contextlib.nullcontext()", begin: str = "pass") -> str:
    return SHOP.replace("GUARD", guard).replace("BEGIN", begin)


def test_a_task_is_held_between_its_statements(tmp_path: Path) -> None:
    assert verdicts(shop(), tmp_path) == [("lost_update", "confirmed", "item row 1", (11, 14, 11))]


@pytest.mark.parametrize("kept", [{"guard": "lock"}, {"begin": 'await database.execute("BEGIN IMMEDIATE")'}])
def test_a_lock_or_a_transaction_around_both_statements_is_enough(kept: dict[str, str], tmp_path: Path) -> None:
    assert verdicts(shop(**kept), tmp_path) == []


def test_statements_of_an_object_mapper_are_at_the_awaits_of_its_session(tmp_path: Path) -> None:
    pytest.importorskip("sqlalchemy")
    assert verdicts(MAPPED, tmp_path) == [("lost_update", "confirmed", "item row 1", (18, 21, 18))]


def test_a_run_that_went_wrong_is_no_measure_of_what_is_right(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "shop.py").write_text(COUPON)
    assert record(["shop.py"], tmp_path / "run.causeway", root=project) == 1
    (finding,) = judged(tmp_path / "run.causeway")
    assert (finding.kind, finding.tier) == ("atomicity_violation", "confirmed") and "It happened in this run." in finding.explanation
