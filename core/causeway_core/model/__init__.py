"""The vocabulary: frozen, slotted dataclasses and id types that every ring uses (docs/glossary.md explains the words).

Read `at` (the id of an event), `actor` (who: processes, actors, steps), `access` and `edge` (what happened, and what orders it), then `finding` and
`order` (what is reported, and what a re-run forces).

May import: errors. Imported by: everything. No behaviour beyond invariants and rendering of one value.
"""

from causeway_core.model.access import Access, AccessOp, Location
from causeway_core.model.actor import Actor, ActorKind, Process, Step
from causeway_core.model.at import At, format_at, make_at, parse_at, position_of, stream_of
from causeway_core.model.edge import Edge, EdgeKind, Predecessor
from causeway_core.model.finding import Finding, FindingAccess, Kind, Tier, TimelineEvent
from causeway_core.model.mark import Mark, Stop, StopReason
from causeway_core.model.site import Function, Site, Source
from causeway_core.model.value import ObjectRef, Value, ValueKind

__all__ = [
    "Access", "AccessOp", "Actor", "ActorKind", "At", "Edge", "EdgeKind", "Finding", "FindingAccess", "Function", "Kind", "Location",
    "Mark", "ObjectRef", "Predecessor", "Process", "Site", "Source", "Step", "Stop", "StopReason", "Tier", "TimelineEvent", "Value",
    "ValueKind", "format_at", "make_at", "parse_at", "position_of", "stream_of",
]
