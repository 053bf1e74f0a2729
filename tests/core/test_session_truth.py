"""Values at marks are what the same program really had, line by line, as sys.settrace saw it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.core.session_recordings import PROGRAMS, locals_of, place, session, source

Event = tuple[str, int, dict[str, str]]


def traced(name: str) -> list[Event]:
    command = [sys.executable, str(PROGRAMS / "tracer.py"), source(name)]
    output = subprocess.run(command, capture_output=True, text=True, timeout=240, check=True).stdout
    return [(function, line, values) for function, line, values in map(json.loads, output.splitlines())]


def agrees(event: Event, at: tuple[str, int], values: dict[str, str]) -> bool:
    return (event[0], event[1]) == at and all(values.get(name) == text for name, text in event[2].items())


@pytest.mark.parametrize("chunk_words", [1 << 16, 1 << 7])
def test_every_stop_has_the_values_of_the_run(chunk_words: int) -> None:
    truth = traced("plain")
    travel = session("plain", chunk_words)
    at, stops = 0, set()
    while True:
        here, values = place(travel), locals_of(travel)
        found = next((i for i in range(at, len(truth)) if agrees(truth[i], here, values)), None)
        assert found is not None, (here, values, truth[at : at + 5])
        stops.add(here)
        at = found + 1
        if travel.step_in().reason == "end":
            break
    missed = {(function, line) for function, line, _ in truth if function != "<module>" and "<listcomp>" not in function} - stops
    lines = (PROGRAMS / "plain.py").read_text().splitlines()
    assert not [line for _, line in missed if not lines[line - 1].strip().startswith(("for ", "finally", "class ", "def ", "try", "except"))]


def test_stepping_backwards_meets_the_same_stops() -> None:
    travel = session("plain", 1 << 7)
    forward = [(place(travel), locals_of(travel))]
    while travel.step_in().reason != "end":
        forward.append((place(travel), locals_of(travel)))
    travel.focus(travel.mark)
    travel.goto(travel.mark)
    backward = []
    while travel.step_back_in().reason != "entry":
        backward.append((place(travel), locals_of(travel)))
    assert backward == forward[::-1]
