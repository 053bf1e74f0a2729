"""Forced re-runs: a program runs again under a partial order of named places (sdk/SPEC.md section 9).

In a test:

    from causeway import order

    READ = order.place("main/main/withdraw", "read of balance", "bank.py", "Account.withdraw", "seen = self.balance")
    WRITE = order.place("main/main/withdraw", "write of balance", "bank.py", "Account.withdraw", "self.balance = seen - amount")
    OTHER = order.place("main/main/withdraw#2", "end")

    def test_no_withdrawal_is_lost():
        with order.forced([order.wait(WRITE, until=OTHER, since=READ)]) as run:
            assert run.main("bank:main") == 70

This package is imported only if `CAUSEWAY_ORDER` is set or a test uses it. It does not need a recording.
"""

from __future__ import annotations

from causeway.order.answered import answer, answers, readings, request, response
from causeway.order.command import run
from causeway.order.document import Order, OrderError
from causeway.order.forced import Forced, HangError, forced
from causeway.order.outcome import Outcome
from causeway.order.readable import Check, Injection, SlowPeers, Wait, Watch, check, inject, place, slow_peers, wait, watch

__all__ = [
    "Check",
    "Forced",
    "HangError",
    "Injection",
    "Order",
    "OrderError",
    "Outcome",
    "SlowPeers",
    "Wait",
    "Watch",
    "answer",
    "answers",
    "check",
    "forced",
    "inject",
    "place",
    "readings",
    "request",
    "response",
    "run",
    "slow_peers",
    "wait",
    "watch",
]  # fmt: skip
