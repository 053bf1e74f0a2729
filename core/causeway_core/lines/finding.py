"""Findings with places in source files: what an editor shows as one warning with related places."""

from __future__ import annotations

import os.path
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from causeway_core.errors import CausewayError, DamagedRecording
from causeway_core.model import Actor, At, parse_at
from causeway_core.session.past import Past

_MOST = 500
_EXTENDED = 14
_NO_RACES = ("blocking_call", "unretrieved_exception")
_WINDOW_PLACE = re.compile(r"\b(?:at|between) (.+?):(\d+)|\bat line (\d+)|^(\S+?):(\d+) reads")


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a source file as it ran: absolute path, line from 1 (0: none), columns in UTF-8 bytes; `end_col` 0: to the end of the line."""

    path: str
    line: int
    col: int = 0
    end_line: int = 0
    end_col: int = 0


@dataclass(frozen=True, slots=True)
class PlacedFinding:
    """A finding as the recording's JSON has it, the places of its accesses in their order, and further places with words: window, creations."""

    document: Mapping[str, Any]
    accesses: tuple[Spot, ...]
    related: tuple[tuple[Spot, str], ...]

    @property
    def id(self) -> str:
        """`F1` …"""
        return str(self.document["id"])

    @property
    def kind(self) -> str:
        """See docs/findings.md."""
        return str(self.document["kind"])

    @property
    def tier(self) -> str:
        """See docs/findings.md."""
        return str(self.document["tier"])

    @property
    def title(self) -> str:
        """One sentence with names and values."""
        return str(self.document["title"])

    @property
    def can_be_forced(self) -> bool:
        """Whether re-runs may make it happen: the condition for a fix that can be proved, and for a test. What was not tried yet counts."""
        if self.document.get("proof") is None:
            return self.kind not in _NO_RACES and self.tier != "hint"
        return self.document["proof"].get("verdict") in ("untried", "confirmed")

    @property
    def identity(self) -> tuple[object, ...]:
        """The same for the same finding in two recordings."""
        places = frozenset((spot.path, access["line"], access["role"]) for spot, access in zip(self.accesses, self.document["accesses"], strict=True))
        return self.kind, self.document["resource"], places


def placed_findings(past: Past) -> tuple[PlacedFinding, ...]:
    """The stored findings of a recording, most pressing first, at most 500. Raises RecordingError.

    Creations of actors are looked up in the timelines: the first finding costs a scan of the records (30 ns each).
    """
    documents = past.recording.findings()[:_MOST]
    if not documents:
        return ()
    placing = _Placing(past)
    try:
        return tuple(placing.placed(document) for document in documents)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise DamagedRecording(f"{past.recording.path} holds findings that are none: {error!r}", "analyse it again: causeway analyze") from error


class _Placing:
    def __init__(self, past: Past) -> None:
        self._past = past
        self._root = past.recording.meta.root
        self._titles: dict[str, list[Actor]] = {}
        for actor in past.recording.actors():
            self._titles.setdefault(actor.title, []).append(actor)

    def placed(self, document: Mapping[str, Any]) -> PlacedFinding:
        accesses = tuple(self._access(access) for access in document["accesses"])
        related = [*self._window(document), *self._creations(document["accesses"])]
        str(document["id"]), str(document["kind"]), str(document["tier"]), str(document["title"]), document["resource"], document["recommendation"]
        found = PlacedFinding(document, accesses, tuple(related))
        found.can_be_forced  # noqa: B018  (raises for what is no finding)
        return found

    def path(self, file: str) -> str:
        """The absolute path of a finding's file."""
        # normpath, not resolve: recorded paths may be of another machine, and links are not to be followed here.
        return os.path.normpath(Path(self._root, file)) if self._root else file

    def _access(self, access: Mapping[str, Any]) -> Spot:
        path, line = self.path(str(access["file"])), int(access["line"])
        with suppress(CausewayError, KeyError, ValueError, IndexError):
            at = parse_at(access["event"])
            record = self._past.record(at)
            wire = record.payload[0] if record.kind == _EXTENDED else record.site
            site = self._past.sites(self._past.process_of(at)).site(wire)
            if site is not None and site.line == line and site.end_col > 0:
                return Spot(path, line, site.col, site.end_line, site.end_col)
        return Spot(path, line)

    def _window(self, document: Mapping[str, Any]) -> Iterable[tuple[Spot, str]]:
        words = document.get("window")
        place = _WINDOW_PLACE.search(words) if isinstance(words, str) else None
        if place is not None:
            file = place[1] or place[4] or str(document["accesses"][0]["file"])
            yield Spot(self.path(file), int(place[2] or place[3] or place[5])), f"window: {words}"

    def _creations(self, accesses: Iterable[Mapping[str, Any]]) -> Iterable[tuple[Spot, str]]:
        """Where the actors were created, each once."""
        seen: set[int] = set()
        for access in accesses:
            with suppress(CausewayError, KeyError, ValueError):
                actor = self._past.actor(self._past.actor_of(parse_at(access["event"])))
                if actor is None or actor.id in seen or actor.created_at is None:
                    continue
                seen.add(actor.id)
                place = self._past.line_of(At(actor.created_at))
                if place is not None:
                    yield Spot(place[0].path, place[1]), f"{actor.title} was created here"
