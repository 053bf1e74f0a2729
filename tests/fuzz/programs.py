"""Random, valid spools: every kind of record, several processes and threads, small and large ids."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from causeway_core.wire.kinds import HandleKind, StepState, SyncOp, XKind

from tests.support.spool import ABSENT, UNCAPTURED, Obj, ProcessBuilder, SpoolBuilder, StreamBuilder

_NAMES = ("a", "balance", "pop", "clear", "setdefault", None)
_FUNCTIONS = ("<module>", "f", "g", "C.method")


def random_spool(choice: random.Random, path: Path) -> SpoolBuilder:
    """A spool of up to a few hundred records, not yet written."""
    spool = SpoolBuilder(path, segment_words=choice.choice((300, 1000, 1 << 14)))
    for _ in range(choice.randrange(1, 3)):
        process = spool.process()
        threads = [process.thread(f"t{index}") for index in range(choice.randrange(1, 4))]
        process.begin(threads[0])
        objects = [process.object("m.C", {"a": 1}), process.object("builtins.dict", {"k": 1}, 2), process.object("builtins.list", [1], 1)]
        for _ in range(choice.randrange(200)):
            _act(choice, process, choice.choice(threads), objects)
        if choice.random() < 0.7:
            process.end()
    return spool


def _value(choice: random.Random, objects: list[Obj]) -> Any:
    return choice.choice((None, True, -1, 1 << 40, 0.5, "text", b"bytes", (1, "x"), ABSENT, UNCAPTURED, *objects))


def _act(choice: random.Random, process: ProcessBuilder, stream: StreamBuilder, objects: list[Obj]) -> None:
    kinds = ("line", "call", "return", "yield", "await", "resume", "local", "attr", "item", "iterate", "contains", "global", "cell", "method")
    site = process.site(choice.choice(kinds), choice.randrange(1, 30), choice.choice(_NAMES), choice.choice(_FUNCTIONS))
    owner, value, frame = choice.choice(objects), _value(choice, objects), choice.randrange(1, 6)
    actor = choice.randrange(1, 6)
    actions = (
        lambda: stream.line(site), lambda: stream.call(site, frame), lambda: stream.ret(site, value), lambda: stream.unwind(site, value),
        lambda: stream.suspend(site, frame, value), lambda: stream.resume(site, frame, value), lambda: stream.local(site, value),
        lambda: stream.setattr(site, owner, value), lambda: stream.getattr(site, owner, value), lambda: stream.setitem(site, owner, value, value),
        lambda: stream.getitem(site, owner, value, value), lambda: stream.setvar(site, value, choice.randrange(3)),
        lambda: stream.getvar(site, value, choice.randrange(3)), lambda: stream.task("t"), lambda: stream.handle(choice.choice(list(HandleKind))),
        lambda: stream.step(actor, choice.randrange(4)), lambda: stream.step_end(actor, choice.choice(list(StepState)), owner),
        lambda: stream.sync(choice.choice(list(SyncOp)), owner, actor, choice.randrange(16)), lambda: stream.mutate(site, owner, [value], value),
        lambda: stream.raised(site, owner, 3, "E", "m"), lambda: stream.handler(site, frame, owner), lambda: stream.output("o"),
        lambda: stream.json(XKind.IO, {"op": "file", "phase": "point", "id": 1}),
        lambda: stream.json(XKind.SQL, {"system": "s", "phase": "end", "statement": "x"}),
        lambda: stream.json(XKind.MESSAGE, {"id": "m", "from": ["1000", 0, 5]}, choice.randrange(1, 3)),
        lambda: stream.json(XKind.SPAN, {"name": "s"}, choice.randrange(1, 3), 1, 0),
        lambda: stream.json(XKind.WAITING, {"actor": actor, "waiting_on": "x", "object": 1, "stack": []}),
    )
    choice.choice(actions)()
