"""Queues of database connections: what going from hand to hand orders, and what it does not."""

from __future__ import annotations

import json

import pytest

from tests.support.facts import Facts

POOL = 5


class Service(Facts):
    """Tasks of one loop that take connections from a queue, use them, and put them back; puts are told apart by their tokens."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = self.thread()
        self.put_tokens = 0

    def put(self, actor: int) -> int:
        self.put_tokens += 1
        self.last_put = self.sync(actor, "put", POOL, extra=self.put_tokens)
        return self.put_tokens

    def get(self, actor: int, token: int) -> int:
        return self.sync(actor, "get", POOL, extra=token)

    def use(self, actor: int, connection: int) -> None:
        self._insert(
            "sql", at=self.at(actor), actor=actor, system="postgresql", connection=connection, statement="SELECT 1", access="read",
            rows=json.dumps([]), started_ns=0, details="{}",
        )  # fmt: skip

    def queue_edges(self) -> list[tuple[int, int, bool]]:
        return [(src, dst, hard) for src, dst, kind, hard in self.edges() if kind == "queue"]


@pytest.mark.parametrize(("size", "hard"), [(1, True), (2, False)])
def test_a_connection_put_back_orders_only_where_there_is_no_other(size: int, hard: bool) -> None:
    service = Service()
    one, two = service.task(service.loop, "one"), service.task(service.loop, "two")
    tokens = [service.put(service.loop) for _ in range(size)]
    service.get(one, tokens[-1])
    service.use(one, 1)
    token, put_back = service.put(one), service.last_put
    got = service.get(two, token)
    service.use(two, 1)
    assert service.queue_edges()[-1] == (put_back, got, hard)


def test_a_pool_that_makes_connections_on_demand_orders_nothing() -> None:
    service = Service()
    one, two = service.task(service.loop, "one"), service.task(service.loop, "two")
    service.use(service.loop, 1)
    token = service.put(service.loop)
    service.get(one, token)
    service.use(one, 1)
    token, put_back = service.put(one), service.last_put
    got = service.get(two, token)
    service.use(two, 1)
    assert service.queue_edges()[-1] == (put_back, got, False)


def test_work_passed_through_a_queue_orders_actors_that_share_a_connection() -> None:
    service = Service()
    one, two = service.task(service.loop, "one"), service.task(service.loop, "two")
    for _ in range(2):
        service.use(one, 1)
        token = service.put(one)
        service.get(two, token)
        service.use(two, 1)
    assert [hard for _, _, hard in service.queue_edges()] == [True, True]
