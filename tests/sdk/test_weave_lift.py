"""What is woven for speed says the same as taps that do everything.

Expressions woven twice, stores with their record behind them, parameters from the frame.
"""

from pathlib import Path
from typing import Any

import pytest
from recorded import run
from tap_twin import Record, Twin, weave_code

PROGRAMS = sorted((Path(__file__).parents[1] / "programs" / "weave").glob("*.py"))


def records(source: bytes, *, tapped: bool) -> list[Record]:
    """What the twin's taps see of a run; values as far as two runs have them alike."""
    twin = Twin()
    try:
        exec(weave_code(source, "program.py", twin, tapped=tapped), {"__name__": "__main__"})
    except Exception:
        assert twin.records
    return [("attr" if kind == "stored" else kind, site, name, *map(alike, values)) for kind, site, name, *values in twin.records]


def alike(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return [alike(item) for item in value]
    return value if isinstance(value, (int, str, float, bytes, type(None))) else type(value).__name__


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_both_ways_of_weaving_record_the_same(program: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = program.read_bytes()
    fast, tapped = records(source, tapped=False), records(source, tapped=True)
    assert fast and fast == tapped


def test_reads_are_recorded_from_the_call_that_makes_the_second_actor(tmp_path: Path) -> None:
    program = """
        import threading

        class Account:
            def __init__(self):
                self.balance = 5
                self.limit = 7

        account = Account()

        def start():
            thread = threading.Thread(target=int)
            thread.start()
            thread.join()
            return 1

        def before(account):
            return account.balance + account.limit

        def over(account):
            return account.balance + start() + account.limit

        def after(account):
            return account.balance + account.limit

        print(before(account), over(account), after(account))
    """
    process = run(tmp_path, program, variables={"CAUSEWAY_DETAIL": "full"}).process
    reads = [record.value for record in process.of("GETATTR")]
    assert reads == [7, 5, 7], "over's second read and both of after"


def test_parameters_are_those_of_the_call(tmp_path: Path) -> None:
    program = """
        def all_kinds(a, /, b, *c, d, e=5, **f):
            return lambda: (b, e)

        def rebinds(x):
            def inner():
                nonlocal x
                x += 1
            inner()
            return x

        print(all_kinds(1, 2, 3, d=4, g=6)(), rebinds(10))
    """
    process = run(tmp_path, program, variables={"CAUSEWAY_DETAIL": "full"}).process
    bound = [process.plain(record.value) for record in process.of("LOCAL")]
    at = bound.index(1)
    assert bound[at : at + 5] == [1, 2, 4, 5, (3,)]
    assert 10 in [record.value for record in process.of("SETVAR")]
