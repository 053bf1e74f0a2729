"""Writes the sample recording that is kept for every schema version: python -m tests.support.sample FILE."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from causeway_core.wire.kinds import StepState, SyncOp, XKind

from tests.support.ingest import ingest
from tests.support.spool import SpoolBuilder

SOURCE = "def transfer(n):\n    before = account.balance\n    account.balance = before - n\n"


def sample(spool: SpoolBuilder) -> None:
    """Two threads lose an update; a task, an exception, a span, a statement, a message and answers from outside."""
    process = spool.process(service="bank")
    process.source(SOURCE, "/project/bank.py")
    process.function("transfer", first=1, last=3, names=["n", "before"])
    main, worker = process.thread(), process.thread("worker-0")
    account = process.object("bank.Account", {"balance": 100})
    main.setvar(process.site("global", 5, "account"), account)
    for stream in (main, worker):
        stream.call(process.site("call", 1, function="transfer"))
        stream.local(process.site("param", 1, "n", "transfer"), 10)
        stream.line(process.site("line", 2, function="transfer"))
        stream.getattr(process.site("attr", 2, "balance", "transfer"), account, 100)
        stream.local(process.site("local", 2, "before", "transfer"), 100)
    for stream in (main, worker):
        stream.line(process.site("line", 3, function="transfer"))
        stream.setattr(process.site("attr", 3, "balance", "transfer"), account, 90)
        stream.ret(process.site("return", 3, function="transfer"))
    task = main.task("Task-1", "/project/bank.py:1:transfer")
    main.step(task, main.handle(), True)
    error = process.object("builtins.ValueError", None, 128)
    main.raised(process.site("unwind", 3, function="transfer"), error, 3, "builtins.ValueError", "too little")
    main.step_end(task, StepState.FAILED)
    main.sync(SyncOp.JOIN, None, worker.actor_number)
    main.json(XKind.SPAN, {"name": "request", "trace_id": "0" * 32, "parent": None, "attributes": {}}, 1, 1, 0)
    main.json(XKind.SQL, {"system": "sqlite", "phase": "point", "id": 1, "connection": 1, "statement": "SELECT 1", "access": "read"})
    main.json(XKind.MESSAGE, {"id": "a", "carrier": "http", "trace_id": "0" * 32}, 1)
    main.json(XKind.SPAN, {"status": "ok"}, 2, 1, 0)
    main.json(XKind.ANSWER, {"id": 1, "kind": "time", "what": "", "value": 1.5})
    main.json(XKind.ANSWER, {"id": 2, "kind": "http", "what": "GET http://service/", "value": {"status": 200}, "body": True})
    main.json(XKind.ANSWER, {"id": 2, "part": "aGVs", "last": False})
    main.json(XKind.ANSWER, {"id": 2, "part": "bG8=", "last": True})
    main.json(XKind.ANSWER, {"id": 3, "kind": "http", "what": "GET http://service/big", "value": {"status": 200}, "body": True})
    main.json(XKind.ANSWER, {"id": 3, "missing": "its body is larger than 1 MiB"})
    main.json(XKind.ANSWER, {"id": 4, "kind": "http", "what": "GET http://service/left", "value": {"status": 200}, "body": True})
    process.end()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        builder = SpoolBuilder(Path(folder) / "spool")
        sample(builder)
        ingest(builder, Path(sys.argv[1]), chunk_words=120)
