"""Every execution of a line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from causeway_core.model import At, Mark
from causeway_core.model.at import stream_of
from causeway_core.session.hits import SiteHits, cuts_at
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
        found = [self._nearest(SiteHits(self._past, process, wires, LINES), limit, mark) for process, wires in sites.items()]
        if len(found) == 1:
            first, events = found[0]
            return [self._execution(at, nth) for nth, at in enumerate(events, first + 1)]
        # Several processes: those left out of each precede or follow all that are shown of it.
        merged = sorted((at for _, events in found for at in events), key=self._past.sort_key)
        before = sum(first for first, _ in found)
        near = sum(self._past.before(at, mark.at) for at in merged)
        low = min(max(near - limit // 2, 0), max(len(merged) - limit, 0))
        return [self._execution(at, nth) for nth, at in enumerate(merged[low : low + limit], before + low + 1)]

    def _nearest(self, hits: SiteHits, limit: int, mark: Mark) -> tuple[int, list[At]]:
        """The events of one process nearest to a mark, and how many precede them."""
        events = hits.all()
        if len(events) <= limit:
            return 0, [At(at) for at in events.tolist()]
        cuts = cuts_at(self._past, hits.process, mark.at, after=False)
        table = np.zeros(max(cuts) + 1, np.int64)
        table[list(cuts)] = list(cuts.values())
        near = int(np.count_nonzero((events & ((1 << 40) - 1)) < table[events >> 40]))
        first = min(max(near - limit // 2, 0), len(events) - limit)
        return first, [At(at) for at in events[first : first + limit].tolist()]

    def _execution(self, at: At, nth: int) -> Execution:
        mark = self._past.mark(at)
        return Execution(mark, nth, mark.actor, self._past.title(mark.actor), self._past.clock.since_start_ns(at), self._preview(at))

    def _preview(self, at: At) -> str:
        """The values that the line's own activation changed before its next line."""
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
