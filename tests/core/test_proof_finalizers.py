"""Finalizers that take a lock, and what its holder lets go of; beside it, the same code mended."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.proofs import judged, record

SHELF = """\
import threading

class Page:
    def __init__(self, shelf):
        self.shelf = shelf

    def __del__(self):
        self.shelf.give_back()

class Shelf:
    def __init__(self):
        self.lock, self.room, self.pages = threading.Lock(), 2, {}

    def put(self, name):
        self.pages[name] = Page(self)

    def give_back(self):
        with self.lock:
            self.room += 1

    def drop(self, name):
        gone = []
        with self.lock:
            DROP
        gone.clear()

shelf = Shelf()
shelf.put("a")
has_it, dropped = threading.Event(), threading.Event()

def read():
    page = shelf.pages["a"]
    has_it.set()
    WAIT
    return page.shelf

reader = threading.Thread(target=read)
reader.start()
has_it.wait()
shelf.drop("a")
dropped.set()
reader.join()
"""


@pytest.mark.parametrize(
    ("drop", "wrong"),
    [("self.pages.pop(name)", True), ("del self.pages[name]", True), ("self.pages[name] = None", True), ("gone.append(self.pages.pop(name))", False)],
)
def test_the_last_reference_may_be_let_go_of_under_the_lock(tmp_path: Path, drop: str, wrong: bool) -> None:
    (tmp_path / "app.py").write_text(SHELF.replace("DROP", drop).replace("WAIT", "dropped.wait(0.3)"))
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    found = [each for each in judged(tmp_path / "run.causeway") if each.kind == "deadlock"]
    assert [each.tier for each in found] == (["confirmed"] if wrong else ["hint"])
