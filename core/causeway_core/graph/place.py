"""Where in the source an event happened."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from causeway_core.model import At, Site, make_at
from causeway_core.model.at import position_of
from causeway_core.storage.recording import Recording
from causeway_core.storage.rows import Chunk
from causeway_core.wire import _query
from causeway_core.wire.keyframe import Keyframe
from causeway_core.wire.kinds import Kind, XKind
from causeway_core.wire.record import words_of

_KEPT_CHUNKS = 256
"""Of some 200 KB each: a suite with hundreds of threads is asked about all over, and each chunk is read again that is not kept."""
_ENDING = frozenset((Kind.RETURN, Kind.UNWIND))
_LEAVING = _ENDING | {Kind.YIELD}
_KINDS = sum(1 << kind for kind in (Kind.LINE, Kind.CALL, Kind.RETURN, Kind.UNWIND, Kind.YIELD, Kind.RESUME))
_XKINDS = sum(1 << kind for kind in (XKind.STEP, XKind.STEP_END, XKind.HANDLER))
_STEP_END = Kind.EXTENDED | XKind.STEP_END << 4


@dataclass(frozen=True, slots=True)
class SourcePlace:
    """A line of source: `path` absolute, `shown` as for people (relative to the project root where it lies in it), `at` the LINE event."""

    path: str
    shown: str
    line: int
    function: str
    at: At

    def __str__(self) -> str:
        return f"{self.shown}:{self.line}"


class Places:
    """The line that was executing at an event: the last LINE of the running actor's innermost woven activation.

    The first question about a chunk reads it (some ten milliseconds); the last few hundred chunks are kept.
    """

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._chunks: OrderedDict[tuple[int, int], _ChunkLines] = OrderedDict()
        self._root = recording.meta.root
        self._shown: dict[str, str] = {}

    def of(self, at: At) -> SourcePlace | None:
        """The place of an event; None where no woven code was running."""
        found = self._lines(at)
        if found is None:
            return None
        lines, process = found
        site, line_at = lines.at(position_of(at))
        return self._place(process, site, line_at) if site else None

    def last(self, at: At) -> SourcePlace | None:
        """The place of the actor's last line before an event, though its activation may have ended."""
        line = self.line_before(at)
        return self.of(line) if line is not None else None

    def line_before(self, at: At) -> At | None:
        """The last LINE event of the same actor before `at` in the chunk that holds it, in whatever activation."""
        found = self._lines(at)
        if found is None:
            return None
        return found[0].line_before(position_of(at))

    def _lines(self, at: At) -> tuple[_ChunkLines, int] | None:
        try:
            chunk = self._recording.chunk_of(at)
        except KeyError:
            return None
        key = (chunk.stream, chunk.first)
        lines = self._chunks.get(key)
        if lines is None:
            lines = self._chunks[key] = _ChunkLines(self._recording, chunk)
            if len(self._chunks) > _KEPT_CHUNKS:
                self._chunks.popitem(last=False)
        self._chunks.move_to_end(key)
        return lines, lines.process

    def _place(self, process: int, wire_site: int, at: At) -> SourcePlace | None:
        number = self._recording.site_of_wire(process, wire_site)
        if number is None:
            return None
        site = self._recording.site(number)
        function = self._recording.function(site.function)
        return SourcePlace(function.path, self.shown(function.path), site.line, function.qualname, at)

    def of_site(self, site: Site, at: At) -> SourcePlace:
        """The place of an event whose site is known."""
        function = self._recording.function(site.function)
        return SourcePlace(function.path, self.shown(function.path), site.line, function.qualname, at)

    def shown(self, path: str) -> str:
        """A path for people."""
        if path not in self._shown:
            pure = PurePath(path)
            inside = bool(self._root) and pure.is_relative_to(self._root)
            self._shown[path] = str(pure.relative_to(self._root)) if inside else path
        return self._shown[path]


class _ChunkLines:
    """The innermost line of the running actor, wherever it changes in a chunk."""

    def __init__(self, recording: Recording, chunk: Chunk) -> None:
        self.process = recording.process_of(chunk.first_at)
        self._stream, self._first = chunk.stream, chunk.first
        self._recording = recording
        keyframe = recording.chunk_keyframe(chunk)
        # Per actor (wire number): its activations, outermost first, as [frame, line's wire site, line's event].
        self._stacks: dict[int, list[list[int]]] = {}
        self._suspended: dict[int, list[int]] = {}
        self._running = list(keyframe.stack) or [0]
        self._enter_keyframe(keyframe)
        self._offsets, self._sites, self._ats, self._actors = array("I"), array("I"), array("Q"), array("I")
        self._lines: dict[int, array[int]] = {}
        self._note(0)
        self._read(recording.chunk_data(chunk.stream, chunk.first))

    def at(self, position: int) -> tuple[int, At]:
        """The wire site (0: none) and event of the line in force at a position."""
        index = max(bisect_right(self._offsets, position - self._first) - 1, 0)
        return self._sites[index], At(self._ats[index])

    def line_before(self, position: int) -> At | None:
        """The last LINE before a position, of the actor that runs there."""
        offset = position - self._first
        actor = self._actors[max(bisect_right(self._offsets, offset) - 1, 0)]
        lines = self._lines.get(actor, ())
        index = bisect_right(lines, offset - 1) - 1
        return make_at(self._stream, self._first + lines[index]) if index >= 0 else None

    def _enter_keyframe(self, keyframe: Keyframe) -> None:
        known = {}
        for activation in keyframe.activations:
            known[activation.id] = [activation.frame, activation.site, activation.at]
            self._suspended.setdefault(activation.frame, known[activation.id])
        for actor in keyframe.actors:
            self._stacks.setdefault(actor.actor, [known[id] for id in actor.activations if id in known])

    def _read(self, data: bytes) -> None:
        words = words_of(data)
        base = make_at(self._stream, self._first)
        running = self._running
        stack = self._stacks.setdefault(running[-1], [])
        found = _query.find(data, 0, len(words), _KINDS, _XKINDS, None, -1, max(len(words), 1), False)
        for offset in memoryview(found).cast("I"):
            first = words[offset]
            kind = first & 15
            if kind == Kind.LINE:
                if not stack:
                    stack.append([0, 0, 0])
                stack[-1][1:] = first >> 8, base + offset
                self._lines.setdefault(running[-1], array("I")).append(offset)
            elif kind == Kind.CALL:
                stack.append([words[offset + 1], 0, 0])
            elif kind in _ENDING and stack:
                stack.pop()
            elif kind == Kind.YIELD and stack and self._site_kind(first >> 8) != "await":
                self._suspended[words[offset + 1]] = stack.pop()
            elif kind == Kind.RESUME:
                self._resume(stack, words[offset + 1])
            elif kind == Kind.EXTENDED:
                self._switch(first >> 4 & 255, words, offset)
                stack = self._stacks.setdefault(running[-1], [])
            # What ends or suspends an activation, or a step, still belongs to it.
            self._note(offset + (kind in _LEAVING or first & 0xFFF == _STEP_END))

    def _switch(self, xkind: int, words: Sequence[int], offset: int) -> None:
        """STEP, STEP_END or HANDLER."""
        if xkind == XKind.STEP:
            self._running.append(words[offset + 1])
        elif xkind == XKind.STEP_END and len(self._running) > 1:
            self._running.pop()
        elif xkind == XKind.HANDLER:
            stack, frame = self._stacks.setdefault(self._running[-1], []), words[offset + 2]
            if any(entry[0] == frame for entry in stack):
                self._resume(stack, frame)

    def _resume(self, stack: list[list[int]], frame: int) -> None:
        """The activation goes on: what stood above it is gone; a suspended one is on top again."""
        if any(entry[0] == frame for entry in stack):
            while stack[-1][0] != frame:
                stack.pop()
        else:
            stack.append(self._suspended.pop(frame, [frame, 0, 0]))

    def _site_kind(self, wire: int) -> str:
        number = self._recording.site_of_wire(self.process, wire)
        return self._recording.site(number).kind if number is not None else ""

    def _note(self, offset: int) -> None:
        """Remembers the innermost activation that has a line, from `offset` on."""
        actor = self._running[-1]
        site, at = 0, 0
        for entry in reversed(self._stacks.get(actor, ())):
            if entry[1]:
                _, site, at = entry
                break
        self._offsets.append(offset)
        self._sites.append(site)
        self._ats.append(at)
        self._actors.append(actor)
