"""Findings for a person at a terminal."""

from __future__ import annotations

import io
import textwrap
from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from causeway_core.model import Finding, TimelineEvent
from causeway_core.report.gaps import gap_sentences
from causeway_core.storage.recording import Recording

WIDTH = 118

_STYLES = {"confirmed": "bold red", "likely": "bold yellow", "latent": "cyan", "hint": "dim"}


def text_report(recording: Recording, findings: Sequence[Finding], *, everything: bool = False, colour: bool = False) -> str:
    """Findings in full, most pressing first; latent ones and hints as one line each unless `everything`. Plain and stable without `colour`."""
    buffer = io.StringIO()
    console = Console(
        file=buffer,
        force_terminal=colour,
        no_color=not colour,
        color_system="standard" if colour else None,
        width=WIDTH,
        highlight=False,
        soft_wrap=True,
    )
    full = [finding for finding in findings if everything or finding.tier in ("confirmed", "likely")]
    brief = [finding for finding in findings if finding not in full]
    name = recording.path.name
    console.print(Text(_heading(recording, findings)))
    for gap in gap_sentences(recording):
        console.print(Text(f"not recorded: {gap}", style="dim"))
    for finding in full:
        _print_finding(console, finding, name)
    if brief:
        _print_brief(console, brief, bool(full))
    return buffer.getvalue()


def _heading(recording: Recording, findings: Sequence[Finding]) -> str:
    counts: Counter[str] = Counter(finding.tier for finding in findings)
    summary = ", ".join(f"{counts[tier]} {tier}" for tier in _STYLES if counts[tier])
    whole = "" if recording.complete else " (the recording is incomplete: causeway recover finishes it)"
    if not findings:
        return f"{recording.path.name}: no findings{whole}"
    return f"{recording.path.name}: {len(findings)} finding{'s' if len(findings) != 1 else ''} ({summary}){whole}"


def _print_finding(console: Console, finding: Finding, name: str) -> None:
    console.print()
    head = Text(f"{finding.id}  ")
    head.append(finding.kind.upper().replace("_", " "), style=_STYLES[finding.tier])
    head.append(f"  {finding.resource}  ")
    head.append(f"({finding.tier}, confidence {round(100 * finding.confidence)}%)", style="dim")
    console.print(head)
    paragraph(console, finding.title, style="bold")
    if finding.timeline:
        console.print()
        _print_timeline(console, finding)
    console.print()
    if finding.window:
        _labelled(console, "window", finding.window)
    if finding.unordered:
        _labelled(console, "no causal relationship", finding.unordered)
    _labelled(console, "why", finding.why)
    if finding.reproduced is not None:
        _labelled(console, "reproduced", _reproduced(finding))
    elif finding.proof is not None:
        _labelled(console, "not proved", finding.proof.reason)
    _labelled(console, "do", finding.recommendation)
    _labelled(console, "look further", f"causeway why {name} {finding.id}")


def _reproduced(finding: Finding) -> str:
    assert finding.reproduced is not None
    runs, failures = finding.reproduced
    if finding.proof is None:
        return f"{failures} of {runs}"
    summary = f": {finding.proof.outcome}" if finding.proof.outcome else ""
    return f"{failures} of {runs} forced re-runs ({finding.proof.reason}){summary}"


def _print_timeline(console: Console, finding: Finding) -> None:
    """A column an actor; each row: time, place, what happened."""
    places = [f"{event.file}:{event.line}" for event in finding.timeline]
    timed = any(event.offset_ns for event in finding.timeline)
    times = [_offset(event) if timed else f"{number}." for number, event in enumerate(finding.timeline, 1)]
    where, when = max(map(len, places)), max(map(len, times))
    lanes = list(finding.lanes)
    needed = [max([len(lane), *(len(event.text) for event in finding.timeline if event.lane == number)]) for number, lane in enumerate(lanes)]
    widths = _widths(needed, WIDTH - where - when - 4 - 2 * len(lanes))
    header = "  ".join(f"{_cut(lane, width):{width}}" for lane, width in zip(lanes, widths, strict=True))
    console.print(Text(f"  {'':{when}}  {'':{where}}  {header.rstrip()}", style="underline"))
    for event, place, time in zip(finding.timeline, places, times, strict=True):
        indent = sum(width + 2 for width in widths[: event.lane])
        for number, text in enumerate(textwrap.wrap(event.text, widths[event.lane], break_on_hyphens=False) or [""]):
            line = Text(f"  {'' if number else time:>{when}}  ", style="dim")
            line.append(f"{'' if number else place:{where}}  ", style="not dim cyan")
            line.append(f"{'':{indent}}{text}", style="not dim")
            console.print(line)


def _widths(needed: Sequence[int], room: int) -> list[int]:
    """The widths of columns that need so much and share so much room: what a narrow one does not need, the wider ones get."""
    widths = [0] * len(needed)
    for left, number in enumerate(sorted(range(len(needed)), key=needed.__getitem__)):
        widths[number] = max(1, min(needed[number], room // (len(needed) - left)))
        room -= widths[number]
    return widths


def _offset(event: TimelineEvent) -> str:
    ms = event.offset_ns / 1e6
    return f"+{ms:.3f} ms" if ms < 100 else f"+{ms / 1000:.3f} s"


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: max(width - 1, 1)] + "…"


def paragraph(console: Console, text: str, *, style: str = "") -> None:
    """Prints a text wrapped and indented."""
    for line in textwrap.wrap(text, WIDTH - 4, break_long_words=False, break_on_hyphens=False):
        console.print(Text(f"    {line}", style=style))


def _labelled(console: Console, label: str, text: str) -> None:
    lines = textwrap.wrap(text, WIDTH - 6 - len(label), break_long_words=False, break_on_hyphens=False) or [""]
    first = Text(f"    {label}: ", style="dim")
    first.append(lines[0], style="not dim")
    console.print(first)
    for line in lines[1:]:
        console.print(Text(f"    {'':{len(label)}}  {line}"))


def _print_brief(console: Console, findings: Sequence[Finding], after: bool) -> None:
    console.print()
    console.print(
        Text("Also, less certain (--all shows them in full):" if after else "Nothing likely; less certain (--all shows them in full):", style="dim")
    )
    for finding in findings:
        place = f"{finding.accesses[0].file}:{finding.accesses[0].line}" if finding.accesses else ""
        more = f" (and {finding.alike} more)" if finding.alike else ""
        line = Text(f"  {finding.id}  ")
        line.append(f"{finding.tier:6}", style=_STYLES[finding.tier])
        line.append(f"  {finding.kind.replace('_', ' ')} of {finding.resource}  {place}{more}")
        console.print(line)
