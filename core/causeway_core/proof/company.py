"""The others that use a place on which two race: kept out of the way, one after another."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations, pairwise

from causeway_core.analysis.candidate import Candidate
from causeway_core.analysis.evidence import Evidence
from causeway_core.model import Actor, At
from causeway_core.model.order import Order, OrderPlace
from causeway_core.proof.anchors import Anchors, Unplaced
from causeway_core.proof.draft import Held, drafted, held_by

_NUMBERS = re.compile(r"#\d+")
MOST_IN_A_ROW = 24
"""Actors that are put one after another."""


class Company:
    """Who else writes the place of a candidate, or does the same as one of its two actors, in the order in which they came to it.

    Left free they race, too: a run in which the two are in order then shows what no serial run shows, and one in which they are not differs from
    run to run.
    """

    def __init__(self, anchors: Anchors, evidence: Evidence, candidate: Candidate) -> None:
        self._anchors = anchors
        self._evidence = evidence
        self._two = candidate.first, candidate.others[0]
        self._pair = [anchors.actor(row) for row in self._two]
        self._rows = self._first_rows()

    def _first_rows(self) -> dict[Actor, int]:
        """The first access of each that nothing orders with one of the two."""
        table, evidence = self._evidence.table, self._evidence
        span, alike = table.span(int(table.location[self._two[0]])), {kin(actor) for actor in self._pair}
        found: dict[Actor, int] = {}
        for row in sorted(range(span.start, span.stop), key=lambda row: int(table.order[row])):
            actor = evidence.facts.actors.get(int(table.actor[row]))
            if actor is None or actor in found:
                continue
            takes_part = bool(table.writes[row]) or kin(actor) in alike
            if actor in self._pair or (takes_part and any(evidence.concurrent(row, one) for one in self._two)):
                found[actor] = row
                if len(found) > MOST_IN_A_ROW:
                    return {}
        return found

    def afterwards(self, order: Order) -> Order | None:
        """The order, and the others one after another once the actors that it names have ended; None where there are no others.

        Those on whom one of the two depends are left alone.
        """
        named = {place.actor for _, place in order.places}
        rows = {actor: row for actor, row in self._rows.items() if actor.path not in named}
        others = [actor for actor, row in rows.items() if not any(self._comes_before(row, one) for one in self._two if one != row)]
        before = [end for actor in self._rows if actor.path in named and (end := self._ends(actor, others)) is not None]
        if not others or not before:
            return None
        held: list[Held] = [(end, *self._begins(others[0])) for end in before]
        watch = [dict(order.places)[name] for name in order.watch]
        return replace(drafted(order.aim, order.says, [*held_by(order), *held, *self._in_a_row(others)], watch), alternate=order.alternate)

    def serial(self) -> list[Order]:
        """All of them one after another, as they came and the other way round; none where there are but two."""
        everybody = list(self._rows)
        if len(everybody) < 3:
            return []
        found = [drafted("serial", f"all {len(everybody)} one after another", self._in_a_row(everybody))]
        if not any(self._comes_before(self._rows[one], self._rows[two]) for one, two in combinations(everybody, 2)):
            found.append(drafted("serial", f"all {len(everybody)} one after another, last first", self._in_a_row(everybody[::-1])))
        return found

    def _comes_before(self, row: int, other: int) -> bool:
        return self._evidence.order.happens_before(self._evidence.at(row), self._evidence.at(other), must=True)

    def _in_a_row(self, actors: list[Actor]) -> list[Held]:
        """Each begins when the one before it has ended. Raises Unplaced."""
        held: list[Held] = []
        for number, (actor, following) in enumerate(pairwise(actors), 1):
            end = self._ends(actor, actors[number:])
            if end is None:
                raise Unplaced(f"{actor.title} needs one that comes after it")
            held.append((end, *self._begins(following)))
        return held

    def _begins(self, actor: Actor) -> tuple[OrderPlace, OrderPlace | None]:
        """What to hold, and since when: its start, else (where one of the two needs something it does before) its first access."""
        row = self._rows[actor]
        others = [one for one in self._two if self._anchors.actor(one) != actor]
        since = next((since for one in others if (since := self._anchors.held_since(row, one)) is not None), None)
        return (OrderPlace(actor.path, "start"), None) if since is None else (self._anchors.access(row), since)

    def _ends(self, actor: Actor, later: list[Actor]) -> OrderPlace | None:
        """Its end, unless one of those that come later has to have begun by then: its last access, then."""
        rows = [self._rows[other] for other in later]

        def needs(at: At) -> bool:
            return any(self._evidence.order.happens_before(self._evidence.at(row), at, must=True) for row in rows)

        if actor.last_at is not None and actor.state in ("finished", "failed", "cancelled") and not needs(actor.last_at):
            return self._anchors.end(actor)
        table = self._evidence.table
        span = table.span(int(table.location[self._two[0]]))
        mine = [row for row in range(span.start, span.stop) if int(table.actor[row]) == actor.id and not needs(self._evidence.at(row))]
        return self._anchors.access(max(mine, key=lambda row: int(table.order[row]))) if mine else None


def kin(actor: Actor) -> str:
    """What an actor shares with those that run the same: its path without the numbers among them, its own and that of its connection."""
    return _NUMBERS.sub("", actor.path)
