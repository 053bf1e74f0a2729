"""Tool calls of an agent wait for approval; people decide on them from a queue they all see.

After https://github.com/vstorm-co/agenticos/pull/1114
"""

import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import ForeignKey, create_engine, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker


class Base(DeclarativeBase):
    pass


class Approval(Base):
    __tablename__ = "approvals"
    id: Mapped[int] = mapped_column(primary_key=True)
    tool: Mapped[str]
    status: Mapped[str] = mapped_column(default="pending")


class Decision(Base):
    __tablename__ = "decisions"
    id: Mapped[int] = mapped_column(primary_key=True)
    approval_id: Mapped[int] = mapped_column(ForeignKey("approvals.id"))
    by: Mapped[str]
    verdict: Mapped[str]


class BadRequest(Exception):
    pass


class ApprovalService:
    def __init__(self, session: Session):
        self.session = session

    def decide(self, approval_id: int, verdict: str, by: str) -> None:
        approval = self.session.get_one(Approval, approval_id)
        if approval.status != "pending":
            raise BadRequest(f"already {approval.status}")
        statement = update(Approval).where(Approval.id == approval_id, Approval.status == "pending").values(status=verdict)
        if self.session.execute(statement).rowcount == 0:
            raise BadRequest("decided by somebody else meanwhile")
        self.session.add(Decision(approval_id=approval_id, by=by, verdict=verdict))
        self.session.commit()


def endpoint(sessions, approval_id, verdict, by, after):
    time.sleep(after)
    with sessions() as session:
        try:
            ApprovalService(session).decide(approval_id, verdict, by)
        except BadRequest as error:
            return 400, str(error)
    return 200, verdict


def main():
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{Path(folder, 'agent.db')}")
        Base.metadata.create_all(engine)
        sessions = sessionmaker(engine)
        with sessions.begin() as session:
            session.add(Approval(id=1, tool="rm -r build"))
        with ThreadPoolExecutor(2) as pool:
            first = pool.submit(endpoint, sessions, 1, "approved", "ines", 0.0)
            second = pool.submit(endpoint, sessions, 1, "denied", "otto", 0.3)
            codes = sorted([first.result()[0], second.result()[0]])
        with sessions() as session:
            decided = len(session.scalars(select(Decision)).all())
        engine.dispose()
    return codes, decided


if __name__ == "__main__":
    print(main())
