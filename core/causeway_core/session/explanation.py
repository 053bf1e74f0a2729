"""Why something has its value or happened: causal chains in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from causeway_core.graph.causal import CausalGraph
from causeway_core.graph.link import Link as GraphLink
from causeway_core.model import At, Mark
from causeway_core.model.at import parse_at
from causeway_core.session.past import Past
from causeway_core.session.place import Change


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a causal chain, effect first: `text` says what happened and why it led to the link before it."""

    mark: Mark
    text: str
    path: str
    line: int


class Explanations:
    """Chains of the causal graph with marks to travel to."""

    def __init__(self, past: Past, graph: CausalGraph) -> None:
        self._past = past
        self._graph = graph

    def of_event(self, at: At, until: At | None = None) -> list[Link]:
        """The chain of what happens from `at` to `until`."""
        return [self._link(link) for link in self._graph.chain(at, until)]

    def of_change(self, what: str, change: Change | None) -> list[Link]:
        """The chain of the write that gave something its value; empty when no write was recorded."""
        if change is None:
            return []
        value = f" {change.text}" if change.op == "mutate" else f" = {change.text}" if change.text else ""
        text = f"{what}{value}, {_VERBS.get(change.op, 'set')} by {change.actor_title}"
        first = Link(Mark(change.actor, change.at), text, change.path, change.line)
        rest = self.of_event(change.at)
        return [first, *(link for link in rest if link.mark.at != change.at)]

    def of_finding(self, finding: dict[str, Any]) -> list[Link]:
        """The chain of the last access of a finding's witness, after the finding's own sentence."""
        accesses = finding.get("accesses") or ()
        if not accesses:
            return []
        at = parse_at(accesses[-1]["event"])
        line = self._past.line_of(at)
        first = Link(self._past.mark(at), f"{finding['id']}: {finding['title']}", line[0].path if line else "", line[1] if line else 0)
        return [first, *self.of_event(at)]

    def _link(self, link: GraphLink) -> Link:
        line = self._past.line_of(link.at)
        return Link(Mark(link.actor, link.at), link.text, line[0].path if line else "", line[1] if line else 0)


_VERBS = {"write": "written", "delete": "deleted", "mutate": "changed", "read": "read"}
