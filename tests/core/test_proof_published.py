"""An object that others find before it is filled, and use elsewhere; beside it, the same code mended."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.proofs import judged, record

CATALOG = """\
import threading

class Catalog:
    known = {}
    lock = threading.Lock()

    def __init__(self):
        self.prices = {}

    def fill(self):
        for name, price in (("tea", 3), ("rum", 8)):
            self.prices[name] = price

    def price(self, name):
        return self.prices[name]

def catalog(shop):
    found = Catalog.known.get(shop)
    if found is None:
        with Catalog.lock:
            found = Catalog.known.get(shop) or build(shop)
    return found

def build(shop):
    found = Catalog()
    BUILD
    return found

def sell(name):
    sold = catalog("corner")
    print(sold.price(name))

sellers = [threading.Thread(target=sell, args=(name,)) for name in ("tea", "rum")]
for seller in sellers:
    seller.start()
for seller in sellers:
    seller.join()
"""
PUT, FILL = "Catalog.known[shop] = found", "found.fill()"


@pytest.mark.parametrize(("steps", "early"), [((PUT, FILL), True), ((FILL, PUT), False)])
def test_what_others_find_before_it_is_filled_is_used_in_any_function(tmp_path: Path, steps: tuple[str, str], early: bool) -> None:
    (tmp_path / "app.py").write_text(CATALOG.replace("BUILD", "; ".join(steps)))
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    found = judged(tmp_path / "run.causeway")
    assert [each.tier for each in found if "could find the first without the second" in each.title] == (["confirmed"] if early else [])
    assert early or all(each.tier == "hint" for each in found)


MODELS = """\
import asyncio
from dataclasses import dataclass, field

@dataclass
class Model:
    name: str
    weights: list = field(default_factory=list)

    def predict(self, x):
        if not self.weights:
            raise RuntimeError("not loaded")
        return x * self.weights[0]

class Registry:
    def __init__(self):
        self.models = {}

    async def load(self, name):
        if name not in self.models:
            model = Model(name)
            LOAD
        return self.models[name]

async def ask(registry, x, delay):
    await asyncio.sleep(delay)
    model = await registry.load("tiny")
    print(model.predict(x))

async def main():
    registry = Registry()
    await asyncio.gather(ask(registry, 1, 0), ask(registry, 2, 0.05))

asyncio.run(main())
"""
KEEP, WAIT, GROW = "self.models[name] = model", "await asyncio.sleep(0.001)", "model.weights.append(3)"


@pytest.mark.parametrize(("steps", "early"), [((KEEP, WAIT, GROW), True), ((WAIT, GROW, KEEP), False)])
def test_a_list_inside_that_is_still_empty(tmp_path: Path, steps: tuple[str, ...], early: bool) -> None:
    (tmp_path / "app.py").write_text(MODELS.replace("LOAD", "; ".join(steps)))
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    found = judged(tmp_path / "run.causeway")
    assert [each.tier for each in found if "could find the first without the second" in each.title] == (["confirmed"] if early else [])


MAIL = """\
import asyncio

class Service:
    async def load(self):
        await asyncio.sleep(0.001)
        self.judge = lambda mail: "prize" in mail
        self.ready.set()

    async def mail(self, text):
        WAIT
        return self.judge(text)

    def __init__(self):
        self.ready = asyncio.Event()

async def main():
    service = Service()
    print(await asyncio.gather(service.load(), service.mail("a prize"), service.mail("hello")))

asyncio.run(main())
"""


@pytest.mark.parametrize(("wait", "early"), [("await asyncio.sleep(0.05)", True), ("await self.ready.wait()", False)])
def test_what_is_called_is_read_where_it_was_put_into_an_attribute(tmp_path: Path, wait: str, early: bool) -> None:
    (tmp_path / "app.py").write_text(MAIL.replace("WAIT", wait))
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    found = judged(tmp_path / "run.causeway")
    assert [(each.tier, each.kind, each.resource) for each in found] == ([("confirmed", "order_violation", "Service.judge")] if early else [])


SESSIONS = """\
import asyncio

class Servers:
    def __init__(self):
        self.started, self.sessions = {}, {}

    async def run(self, name, ready):
        await asyncio.sleep(0)
        self.sessions[name] = name.upper()
        ready.set()

    async def session(self, name):
        if name not in self.started:
            ready = asyncio.Event()
            task = asyncio.create_task(self.run(name, ready))
            self.started[name] = task, ready
            WAITS
        return self.sessions[name]

async def ask(servers, comes):
    await asyncio.sleep(comes)
    print(await servers.session("files"))

async def main():
    servers = Servers()
    await asyncio.gather(ask(servers, 0), ask(servers, 0.03))

asyncio.run(main())
"""
ALONE, ALL = "await ready.wait()", "pass\n        await self.started[name][1].wait()"


@pytest.mark.parametrize(("waits", "early"), [(ALONE, True), (ALL, False)])
def test_what_a_task_of_its_own_fills_in_is_not_there_when_it_is_noted(tmp_path: Path, waits: str, early: bool) -> None:
    (tmp_path / "app.py").write_text(SESSIONS.replace("WAITS", waits))
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    found = judged(tmp_path / "run.causeway")
    assert [each.tier for each in found if "before `run`" in each.title] == (["confirmed"] if early else [])
    assert early or all(each.tier == "hint" for each in found)
