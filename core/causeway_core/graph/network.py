"""The causal graph as a networkx graph, for users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from causeway_core.graph.causal_order import CausalOrder
from causeway_core.model import format_at
from causeway_core.storage.recording import Recording

if TYPE_CHECKING:
    import networkx


def as_networkx(recording: Recording, order: CausalOrder) -> networkx.MultiDiGraph[int]:
    """A node a segment (attributes `actor`, `title`, `first`, `last`: events as text), an edge a program order or synchronization edge
    (`kind`, `hard`, `object`, `note`, `src`, `dst`). Built at each call, about 5 us an edge."""
    import networkx

    graph: networkx.MultiDiGraph[int] = networkx.MultiDiGraph()
    segments = order.segments
    titles = {actor.id: actor.title for actor in recording.actors()}
    columns = zip(segments.actor.tolist(), segments.first.tolist(), strict=True)
    for number, (actor, first) in enumerate(columns):
        graph.add_node(number, actor=actor, title=titles.get(actor, ""), first=format_at(first), last=format_at(order.last_event(number)))
    for actor in segments.chain_start:
        chain = segments.chain(actor)
        graph.add_edges_from(((a, a + 1) for a in chain[:-1]), kind="program", hard=True)
    for edge, kept in zip(recording.edges(), order.reachability.edge_kept.tolist(), strict=True):
        if kept:
            src, dst = segments.locate(edge.src)[0], segments.locate(edge.dst)[0]
            facts = {"kind": edge.kind, "hard": edge.hard, "object": edge.object, "note": edge.note}
            graph.add_edge(src, dst, **facts, src=format_at(edge.src), dst=format_at(edge.dst))
    return graph
