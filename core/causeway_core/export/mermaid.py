"""A sequence diagram for Markdown: what actors did for each other, and the events of a finding."""

from __future__ import annotations

import re

from causeway_core.errors import ExportImpossible
from causeway_core.export.selection import Selection
from causeway_core.model import Finding

MOST_ACTORS = 40
MOST_ARROWS = 500


def export(chosen: Selection) -> str:
    """The diagram: of a finding its timeline, else the edges between actors. Raises ExportImpossible for more than a picture can hold."""
    return _of_finding(chosen.finding) if chosen.finding is not None and chosen.finding.timeline else _of_edges(chosen)


def _of_finding(finding: Finding) -> str:
    lines = ["sequenceDiagram", *(f"  participant l{number} as {_text(lane)}" for number, lane in enumerate(finding.lanes))]
    lines += [f"  Note over l{event.lane}: {_text(f'{event.text} ({event.file}:{event.line})')}" for event in finding.timeline]
    return "\n".join(lines) + "\n"


def _of_edges(chosen: Selection) -> str:
    crossings = sorted(chosen.crossings(), key=lambda each: (each[2].started_ns, each[0].dst, each[0].src))
    arrows = list(dict.fromkeys((source.actor, target.actor, edge.kind, edge.hard, target.id) for edge, source, target in crossings))
    actors = dict.fromkeys(actor for arrow in arrows for actor in arrow[:2])
    if len(actors) > MOST_ACTORS or len(arrows) > MOST_ARROWS:
        raise ExportImpossible(
            f"{len(actors)} actors and {len(arrows)} edges are too many for a diagram", "choose some of them: --finding ID or --trace-id ID"
        )
    lines = ["sequenceDiagram", *(f"  participant a{actor} as {_text(chosen.actors[actor].title)}" for actor in actors)]
    lines += [f"  a{source} {'->>' if hard else '-->>'} a{target}: {kind}" for source, target, kind, hard, _ in arrows]
    return "\n".join(lines) + "\n"


def _text(text: str) -> str:
    """Without what Mermaid takes for its own: semicolons and hashes end a statement or begin an entity."""
    return re.sub(r"[;#<>\n]", lambda found: f"#{ord(found[0])};", text)
