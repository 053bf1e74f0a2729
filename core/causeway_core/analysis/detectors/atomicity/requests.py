"""Request handlers that ran one after the other only because their client waited."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from causeway_core.analysis.candidate import Candidate, Pattern
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.weights import rank_in
from causeway_core.analysis.windows import WindowClass, Windows
from causeway_core.model import Finding
from causeway_core.model.finding import Kind

SAMPLE = 24
PAIRS = 4
"""Pairs of requests that are proposed for one window: a limit is exceeded only by the request that comes when it is nearly reached."""
ONE_CLIENT = "in this run the requests came one after the other because one client waited for each; two clients would not wait for each other"


def only_waited_for(finding: Finding) -> Finding:
    """The finding, lowered to a hint, for two requests of which one was sent only after the other had been answered."""
    explanation = f"{finding.explanation} {ONE_CLIENT.capitalize()}."
    return replace(finding, tier="hint", rank=rank_in("hint", finding), confidence=0.25, explanation=explanation, worth_forcing=True)


def request_windows(evidence: Evidence, windows: Windows) -> Iterator[Candidate]:
    """Windows inside one request whose read another request made too, before or after it: they race if both come at once (after 2AD)."""
    if not evidence.requests:
        return
    for found in windows.dependent():
        candidates = (_of_window(evidence, found, first, last) for first, last, _ in windows.sample(found)[:SAMPLE])
        yield from islice((each for each in candidates if each is not None), PAIRS)


def _of_window(evidence: Evidence, found: WindowClass, first: int, last: int) -> Candidate | None:
    request = evidence.request_at(first)
    if request is None or request != evidence.request_at(last):
        return None
    if evidence.atomic_unit(first) == evidence.atomic_unit(last) and not _threads(evidence, found):
        return None
    others = (other for other in _alike(evidence, found, first) if evidence.request_at(other) not in (None, request))
    other = next((each for each in others if not _kept_out(evidence, first, last, each)), None)
    if other is None:
        return None
    kind: Kind = "lost_update" if found.dependence == "data" else "atomicity_violation"
    return Candidate(Pattern.CLONE, kind, first, last, (other,), found.dependence).lowered("latent", ONE_CLIENT, worth_forcing=True)


def _alike(evidence: Evidence, found: WindowClass, first: int) -> list[int]:
    """The other reads of the location at the window's first line: the next ones, then the earlier ones, the nearest first."""
    location, rows = int(evidence.table.location[first]), evidence.rows_at(found.first_site)[: 4 * SAMPLE].tolist()
    same = [row for row in rows if int(evidence.table.location[row]) == location]
    return sorted(same, key=lambda row: (row < first, abs(row - first)))


def _kept_out(evidence: Evidence, first: int, last: int, other: int) -> bool:
    """Whether a lock keeps the other request out. Each may hold a lock of its own (of its form, of its guest): those do not.

    A read without a lock need not be that of an actor that would write: it would acquire the lock first, and read again.
    """
    mine, theirs = evidence.locks_through(first, last), evidence.locks_at(other)
    return bool(mine) and (not theirs or bool(mine & theirs))


def _threads(evidence: Evidence, found: WindowClass) -> bool:
    """Whether requests are served by threads."""
    streams = evidence.table.at[evidence.rows_at(found.first_site)] >> 40
    return bool(len(streams)) and bool((streams != streams[0]).any())
