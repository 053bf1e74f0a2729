"""The whole recording on one axis, for a scrubber."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from causeway_core.model import At
from causeway_core.model.at import parse_at
from causeway_core.session.past import Past

_MOST = 500


@dataclass(frozen=True, slots=True)
class Landmark:
    """Something to travel to: a finding's access, an exception, or the begin of a span. `offset_ns` is the clock since the recording began."""

    kind: Literal["finding", "exception", "span"]
    at: At
    offset_ns: int
    title: str
    length_ns: int = 0


@dataclass(frozen=True, slots=True)
class Overview:
    """Landmarks by clock, at most 500 of a kind, on an axis of `length_ns`."""

    length_ns: int
    landmarks: tuple[Landmark, ...]


def overview(past: Past) -> Overview:
    """The landmarks of a recording. Costs one look at the tables of findings, exceptions and spans."""
    recording, clock = past.recording, past.clock
    found: list[Landmark] = []
    for finding in recording.findings()[:_MOST]:
        for access in finding.get("accesses", ())[-1:]:
            at = parse_at(access["event"])
            found.append(Landmark("finding", at, clock.since_start_ns(at), f"{finding['id']} {finding['tier']}: {finding['title']}"))
    for raised in recording.exceptions()[:_MOST]:
        found.append(Landmark("exception", raised.at, clock.since_start_ns(raised.at), f"{raised.type}: {raised.message}"[:200]))
    for span in recording.spans()[:_MOST]:
        length = max((span.ended_ns or span.started_ns) - span.started_ns, 0)
        found.append(Landmark("span", span.first_at, clock.since_start_ns(span.first_at), span.name, length))
    ends = [clock.since_start_ns(actor.last_at) for actor in recording.actors() if actor.last_at is not None]
    length = max([*ends, *(one.offset_ns + one.length_ns for one in found), 1])
    return Overview(length, tuple(sorted(found, key=lambda one: one.offset_ns)))

