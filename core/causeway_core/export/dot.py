"""The causal graph in the language of Graphviz: a column an actor, a box a step, an arrow for what one did for another."""

from __future__ import annotations

import json
from itertools import pairwise

from causeway_core.errors import ExportImpossible
from causeway_core.export.selection import Selection
from causeway_core.model import Step

MOST_STEPS = 2000


def export(chosen: Selection) -> str:
    """The graph; soft edges (the order in which a lock was taken) are dashed. Raises ExportImpossible for more steps than a picture can hold."""
    if len(chosen.steps) > MOST_STEPS:
        raise ExportImpossible(f"{len(chosen.steps)} steps are too many for a picture", "choose some of them: --finding ID or --trace-id ID")
    lines = ["digraph causality {", "  rankdir=TB;"]
    lines += ['  node [shape=box, fontname="sans-serif", fontsize=10];', '  edge [fontname="sans-serif", fontsize=8];']
    by_actor: dict[int, list[Step]] = {}
    for step in chosen.steps:
        by_actor.setdefault(step.actor, []).append(step)
    for actor, steps in by_actor.items():
        lines.append(f"  subgraph cluster_{actor} {{")
        lines.append(f"    label={json.dumps(chosen.actors[actor].title)};")
        lines += [f'    s{step.id} [label="step {step.number}{_ending(step)}"];' for step in steps]
        lines += [f"    s{before.id} -> s{after.id} [weight=10];" for before, after in pairwise(steps)]
        lines.append("  }")
    seen = set()
    for edge, source, target in chosen.crossings():
        key = (source.id, target.id, edge.kind)
        if key not in seen:
            seen.add(key)
            lines.append(f'  s{source.id} -> s{target.id} [label="{edge.kind}"{"" if edge.hard else ", style=dashed"}, constraint=true];')
    return "\n".join([*lines, "}"]) + "\n"


def _ending(step: Step) -> str:
    return "" if step.ending in (None, "suspended") else f" ({step.ending})"
