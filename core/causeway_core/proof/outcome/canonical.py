"""Texts without what differs between any two runs: times, durations, addresses, ids, ports, temporary paths."""

from __future__ import annotations

import re
import tempfile

_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), word)
    for pattern, word in (
        (r"\x1b\[[0-9;]*m", ""),
        (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "<uuid>"),
        (r"\b0x[0-9a-f]{6,}\b", "<address>"),
        (r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?", "<time>"),
        (r"\b\d\d:\d\d:\d\d(?:[.,]\d+)?\b", "<time>"),
        (r"\b\d{4}-\d\d-\d\d\b", "<date>"),
        (r"\b1[5-9]\d{8}(?:\.\d+)?\b", "<time>"),
        (r"\b\d+(?:\.\d+)?(?:e-?\d+)?\s?(?:seconds?|secs?|ms|msec|µs|us|ns|s)\b", "<duration>"),
        (r"\b(127\.0\.0\.1|localhost|\[::1\]):\d+", r"\1:<port>"),
        (r"\b(pid|process|thread|task)([- :=#]+)\d+", r"\1\2<n>"),
        (rf"{re.escape(tempfile.gettempdir())}/[\w./-]+", "<temporary>"),
        (r"\b[0-9a-f]{32,}\b", "<digest>"),
    )
)


def canonical(text: str) -> str:
    """The text with placeholders for what differs between runs."""
    for pattern, word in _PATTERNS:
        text = pattern.sub(word, text)
    return text


def canonical_lines(text: str, *folders: str) -> tuple[str, ...]:
    """The sorted lines of an output: the order in which actors printed is no outcome. `folders` are paths of the project to remove."""
    for folder in folders:
        text = text.replace(folder.rstrip("/") + "/", "")
    return tuple(sorted(line for raw in text.splitlines() if (line := canonical(raw).rstrip())))
