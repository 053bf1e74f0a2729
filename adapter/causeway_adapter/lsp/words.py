"""Facts in words, as markdown or plain text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from causeway_core.lines import FunctionFacts, History, Written

_BARS = "▁▂▃▄▅▆▇█"
_SHOWN = 5
_CODE = re.compile(r"[`\r\n]")


def code(text: str) -> str:
    """A value as inline code."""
    cleaned = _CODE.sub(" ", text)
    return f"`{cleaned}`" if cleaned.strip() else "` `"


def times(count: int) -> str:
    """`once`, `twice`, `1,204 times`."""
    return {0: "never", 1: "once", 2: "twice"}.get(count, f"{count:,} times")


def number(count: int, noun: str) -> str:
    """`1 task`, `3 tasks`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def kind_words(kind: str) -> str:
    """`lost update`."""
    return kind.replace("_", " ")


def trend(writes: Sequence[Written]) -> str:
    """The last values as bars where they are all numbers, else "". A flat line says nothing and is left out."""
    try:
        values = [float(write.text) for write in writes]
    except ValueError:
        return ""
    low, high = min(values, default=0.0), max(values, default=0.0)
    if len(values) < 3 or not low < high < float("inf") or low == float("-inf"):
        return ""
    return "".join(_BARS[round((value - low) / (high - low) * (len(_BARS) - 1))] for value in values)


def history_words(history: History) -> str:
    """The last values in order: `100 → 90 → 80`."""
    shown = history.writes[-_SHOWN:]
    earlier = "… → " if history.total > len(shown) else ""
    return earlier + " → ".join(write.text for write in shown)


def of_function(function: FunctionFacts) -> list[str]:
    """Paragraphs about a function: how often it ran, where, and why the last time."""
    if not function.runs:
        return [f"**{function.qualname}** did not run in the recording"]
    named = ", ".join(function.named) + (", …" if function.actors > len(function.named) else "")
    who = named if function.actors == 1 else f"{function.actors:,} actors ({named})"
    lines = [f"**{function.qualname}** ran {times(function.runs)} in {who}"]
    if function.why:
        lines.append(f"why it ran{' the last time' if function.runs > 1 else ''}: {function.why}")
    return lines
