"""Every execution of a line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from causeway_core.model import At, Mark
from causeway_core.model.at import stream_of
from causeway_core.session.hits import SiteHits
from causeway_core.session.past import Past
from causeway_core.session.sourcelines import SourceLines
from causeway_core.session.stopping import LINES
from causeway_core.wire.kinds import Kind

_CHANGES = 1 << Kind.LOCAL | 1 << Kind.SETVAR | 1 << Kind.SETATTR | 1 << Kind.SETITEM
_MOST_CHANGES = 4
_LONGEST_PREVIEW = 80
_FARTHEST = 1 << 16


@dataclass(frozen=True, slots=True)
class Execution:
    """One execution of a line: the `nth` from 1 in the recording's order. `offset_ns` is the wall clock since the recording began, `preview` the
    values it changed, as `x=1, self.y=2`."""

    mark: Mark
    nth: int
    actor: int
    actor_title: str
    offset_ns: int
    preview: str


class Executions:
    """Looks executions up by the sites of a line."""

    def __init__(self, past: Past, lines: SourceLines) -> None:
        self._past = past
        self._lines = lines

    def of(self, path: str, line: int, limit: int, mark: Mark) -> list[Execution]:
        """The executions of a line (or of the next with code), nearest to the mark when there are more than `limit`."""
        _, sites = self._lines.resolve(path, line)
        events = [At(at) for process, wires in sites.items() for at in SiteHits(self._past, process, wires, LINES).all().tolist()]
        if len(sites) > 1:
            events.sort(key=self._past.sort_key)
        first = 0
        if len(events) > limit:
            keys = np.array([self._past.before(at, mark.at) for at in events], np.bool_)
            first = min(max(int(keys.sum()) - limit // 2, 0), len(events) - limit)
        return [self._execution(at, nth) for nth, at in enumerate(events[first : first + limit], first + 1)]

    def _execution(self, at: At, nth: int) -> Execution:
        mark = self._past.mark(at)
        return Execution(mark, nth, mark.actor, self._past.title(mark.actor), self._past.clock.since_start_ns(at), self._preview(at))

    def _preview(self, at: At) -> str:
        """What the line's own activation changed before its next line."""
        past = self._past
        timeline, segment = past.at(at), past.at(at).locate(at)
        following = timeline.stop_after(segment, at)
        end = following if following is not None and stream_of(following) == stream_of(at) else segment.end
        end = At(min(end, at + _FARTHEST))
        changes = timeline.in_activation(timeline.activation(segment.activation), _CHANGES, None, at, end) if end > at else []
        shown = [text for change in changes[: _MOST_CHANGES + 1] if (text := self._change(change))]
        text = ", ".join(shown[:_MOST_CHANGES]) + (", …" if len(shown) > _MOST_CHANGES else "")
        return text if len(text) <= _LONGEST_PREVIEW else f"{text[:_LONGEST_PREVIEW]}…"

    def _change(self, at: At) -> str:
        record, site = self._past.record(at), self._past.site_at(at)
        if site is None or site.name is None or record.value is None:
            return ""
        name = f".{site.name}" if record.kind == Kind.SETATTR else f"[{site.name}]" if record.kind == Kind.SETITEM else site.name
        return f"{name}={self._past.value_at(at)}"
