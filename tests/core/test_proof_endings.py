"""Last values of shared places, and those that a stale write leaves."""

from __future__ import annotations

from pathlib import Path

from causeway_core.proof.outcome.endings import Ending, endings_of, first_writes, overtaken
from causeway_core.storage import Recording

from tests.support.proofs import record

ON, OFF = Ending(3, ("'on'",)), Ending(3, ("'off'",))


def test_the_same_writes_with_another_end_are_overtaken() -> None:
    assert overtaken({"Light.shown": OFF}, [{"Light.shown": ON}, {"Light.shown": ON}]) == ("Light.shown",)
    assert overtaken({"Light.shown": ON}, [{"Light.shown": ON}]) == ()


def test_nothing_is_overtaken_where_serial_orders_disagree() -> None:
    assert overtaken({"Reader.seen": Ending(1, ("5",))}, [{"Reader.seen": Ending(1, ("0",))}, {"Reader.seen": Ending(1, ("9",))}]) == ()


def test_what_is_written_oftener_is_work_done_twice() -> None:
    assert overtaken({"Cache.misses": Ending(2, ("2",))}, [{"Cache.misses": Ending(1, ("1",))}]) == ()


def test_a_place_that_an_expected_run_never_wrote_says_nothing() -> None:
    assert overtaken({"Light.shown": OFF}, [{"Light.shown": ON}, {}]) == ()
    assert overtaken({"Light.shown": OFF}, []) == ()


PROGRAM = """\
import threading

class Lamp:
    pass

hall, yard = Lamp(), Lamp()

def turn(value):
    for lamp in (hall, yard):
        lamp.shown = value
        lamp.past = [value]

for value in ("on", "off"):
    thread = threading.Thread(target=turn, args=(value,))
    thread.start()
    thread.join()
"""


def test_places_of_one_name_end_together_and_containers_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(PROGRAM)
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    with Recording.open(tmp_path / "run.causeway") as recording:
        assert endings_of(recording, first_writes(recording)) == {"Lamp.shown": Ending(4, ("'off'", "'off'"))}
