"""Copies of functions with marks are made once and then read from disk."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

import pytest
from causeway.hooks import inline as module
from causeway.hooks.inline import Unfit, before, inline, save_copies

ADDS = "def add(self, number):\n    total = self + number\n    return total\n"


class Mark:
    """Notes what it is applied to."""

    def __init__(self) -> None:
        self.seen: list[object] = []

    def __delitem__(self, item: object) -> None:
        self.seen.append(item)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CAUSEWAY_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def add(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: Path) -> Callable[[str], Callable[[int, int], int]]:
    """Gives `add` of a module with this source, as a process does that has just started; its file is gone by then."""

    def load(source: str) -> Callable[[int, int], int]:
        path = tmp_path / "adds.py"
        path.write_text(source)
        spec = importlib.util.spec_from_file_location("adds", path)
        assert spec is not None and spec.loader is not None
        adds = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(adds)
        monkeypatch.setattr(module, "_known", None)
        found: Callable[[int, int], int] = adds.add
        return found

    return load


def marked(function: Callable[[int, int], int]) -> Mark:
    mark = Mark()
    inline(function, before("return", mark=mark, text="del M[total]"))
    return mark


def test_a_copy_that_was_saved_needs_no_source_any_more(tmp_path: Path, add: Callable[[str], Callable[[int, int], int]]) -> None:
    first = add(ADDS)
    marked(first)
    save_copies()
    again = add(ADDS)
    (tmp_path / "adds.py").unlink()
    mark = marked(again)
    assert (again(2, 3), mark.seen) == (5, [5])


@pytest.mark.parametrize("source", [ADDS.replace("+", "-"), ADDS.replace("total =", "\n    total =")], ids=["other code", "another line"])
def test_a_function_that_has_changed_gets_a_copy_of_its_own(tmp_path: Path, add: Callable[[str], Callable[[int, int], int]], source: str) -> None:
    marked(add(ADDS))
    save_copies()
    changed = add(source)
    expected = changed(5, 3)
    mark = marked(changed)
    assert (changed(5, 3), mark.seen) == (expected, [expected])
    changed = add(source)
    (tmp_path / "adds.py").unlink()
    with pytest.raises(Unfit):
        marked(changed)


def test_a_damaged_file_is_made_anew(tmp_path: Path, add: Callable[[str], Callable[[int, int], int]], cache: Path) -> None:
    marked(add(ADDS))
    save_copies()
    (file,) = cache.glob("copies-*")
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + b"?")
    function = add(ADDS)
    mark = marked(function)
    save_copies()
    assert (function(2, 3), mark.seen, file.read_bytes()) == (5, [5], whole)
