"""A file that is read in the block of a `with` statement, while another process has emptied it and not yet written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.commands import causeway

CACHE = """
import multiprocessing, os, pickle, sys, time

def put(value):
    PUT

def get():
    with open("cache.bin", "rb") as file:
        try:
            return pickle.load(file)
        except EOFError:
            return None

def refresh():
    time.sleep(0.05)
    put({"run": 1})

if __name__ == "__main__":
    put({"run": 0})
    process = multiprocessing.get_context("fork").Process(target=refresh)
    process.start()
    found = get()
    process.join()
    print("nothing" if found is None else "something")
"""
IN_PLACE = """\
with open("cache.bin", "wb") as file:
        pickle.dump(value, file)"""
REPLACED = """\
with open(f"cache.{os.getpid()}", "wb") as file:
        pickle.dump(value, file)
    os.replace(f"cache.{os.getpid()}", "cache.bin")"""


@pytest.mark.parametrize(("put", "tiers"), [(IN_PLACE, {"confirmed"}), (REPLACED, set())], ids=["in place", "replaced"])
def test_a_reader_finds_the_file_empty(tmp_path: Path, put: str, tiers: set[str]) -> None:
    (tmp_path / "app.py").write_text(CACHE.replace("PUT", put))
    assert causeway("record", "--no-analyze", "--output", "run.causeway", "app.py", cwd=tmp_path).returncode == 0
    done = causeway("analyze", "run.causeway", "--no-explore", "--format", "json", cwd=tmp_path)
    assert {each["tier"] for each in json.loads(done.stdout)["findings"]} - {"hint"} == tiers
