"""Bystanders: other actors that use the place on which two race. They are kept out of the way, one after another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import combinations, pairwise

from causeway_core.analysis.candidate import Candidate
from causeway_core.analysis.evidence import Evidence
from causeway_core.model import Actor, At
from causeway_core.model.order import Order, OrderPlace, PlaceAccess
from causeway_core.proof.planning.anchors import Anchors
from causeway_core.proof.planning.draft import Held, drafted, held_by
from causeway_core.proof.planning.places import Unplaced
from causeway_core.storage.rows import Sql

_NUMBERS = re.compile(r"#\d+")
MOST_SERIALISED = 24
"""With more actors than this, bystanders are left free."""


@dataclass(frozen=True, slots=True)
class Use:
    """One actor's use of the place on which two race: an access (its row), or a database or file statement (`how`)."""

    who: int
    at: At
    row: int | None = None
    how: PlaceAccess = "sql"

    @classmethod
    def of_row(cls, evidence: Evidence, row: int) -> Use:
        """An access of the table."""
        return cls(int(evidence.table.actor[row]), evidence.at(row), row)


class Bystanders:
    """The actors that also write the place of a candidate, or do the same as one of its two actors, in order of their first use.

    Left free, they race too: even a run in which the two actors are in order then differs from every serial run, and outcomes differ from run to run.
    """

    def __init__(
        self, anchors: Anchors, evidence: Evidence, two: tuple[Use, Use], uses: Sequence[tuple[Use, bool]], ends: Use | None = None
    ) -> None:  # fmt: skip
        """`uses`: all of the place in the order in which they were made, each with whether it changes something. `ends`: the end of the first actor's
        window.
        """
        self._anchors = anchors
        self._evidence = evidence
        self._two = two
        self._ends_window = ends
        self._pair = [anchors.actor_of(one.who) for one in two]
        self._uses = [use for use, _ in uses]
        self._first = self._first_uses(uses)

    @classmethod
    def of_candidate(cls, anchors: Anchors, evidence: Evidence, candidate: Candidate) -> Bystanders:
        """The bystanders at the place of a candidate."""
        table = evidence.table
        span = table.span(int(table.location[candidate.first]))
        rows = sorted(range(span.start, span.stop), key=lambda row: int(table.order[row]))
        two = Use.of_row(evidence, candidate.first), Use.of_row(evidence, candidate.others[0])
        ends = None if candidate.last is None else Use.of_row(evidence, candidate.last)
        return cls(anchors, evidence, two, [(Use.of_row(evidence, row), bool(table.writes[row])) for row in rows], ends)

    @classmethod
    def of_statements(cls, anchors: Anchors, evidence: Evidence, first: At, other: At) -> Bystanders:
        """The bystanders that run statements on the tables of two statements."""
        facts = evidence.facts
        made = sorted(zip(facts.sql_order, facts.sql, strict=True), key=lambda each: each[0])
        tables = {table for _, sql in made if sql.at in (first, other) for table in _tables(sql)}
        uses = [(Use(facts.work_of(sql.actor, sql.at), sql.at), sql.access == "write") for _, sql in made if tables & _tables(sql)]
        by_at = {use.at: use for use, _ in uses}
        return cls(anchors, evidence, (by_at[first], by_at[other]), uses)

    def _first_uses(self, uses: Sequence[tuple[Use, bool]]) -> dict[Actor, Use]:
        """The first use of each actor that is unordered with one of the two."""
        alike = {worker_kind(actor) for actor in self._pair}
        found: dict[Actor, Use] = {}
        for use, writes in uses:
            actor = self._evidence.facts.actors.get(use.who)
            if actor is None or actor in found:
                continue
            takes_part = writes or worker_kind(actor) in alike
            if actor in self._pair or (takes_part and any(self._evidence.unordered(use.at, one.at) for one in self._two)):
                found[actor] = use
                if len(found) > MOST_SERIALISED:
                    return {}
        return found

    def afterwards(self, order: Order) -> Order | None:
        """The order, with bystanders one after another once the actors that it names have ended; None if there are no bystanders.

        Actors on which one of the two depends are left free, also those that wake the first inside its window.
        """
        named = {place.actor for _, place in order.places}
        uses = {actor: use for actor, use in self._first.items() if actor.path not in named}
        needing = (*self._two, *([self._ends_window] if self._ends_window is not None else []))
        others = [actor for actor, use in uses.items() if not any(self._comes_before(use, one) for one in needing if one != use)]
        before = [end for actor in self._first if actor.path in named and (end := self._ends(actor, others)) is not None]
        if not others or not before:
            return None
        held: list[Held] = [(end, *self._begins(others[0])) for end in before]
        watch = [dict(order.places)[name] for name in order.watch]
        return replace(drafted(order.aim, order.says, [*held_by(order), *held, *self._one_after_another(others)], watch), alternate=order.alternate)

    def with_bystanders(self, order: Order, *, alone: bool) -> Iterator[Order]:
        """The order with bystanders out of the way; with `alone` also the plain order, in case that cannot be forced."""
        with suppress(Unplaced):
            whole = self.afterwards(order)
            if whole is not None:
                yield whole
                if alone:
                    yield replace(order, alternate=True)
                return
        yield order

    def serial(self) -> list[Order]:
        """All actors one after another, in recorded order and in reverse. Empty if there are only two."""
        everybody = list(self._first)
        if len(everybody) < 3:
            return []
        found = [drafted("serial", f"all {len(everybody)} one after another", self._one_after_another(everybody))]
        if not any(self._comes_before(self._first[one], self._first[two]) for one, two in combinations(everybody, 2)):
            found.append(drafted("serial", f"all {len(everybody)} one after another, in reverse", self._one_after_another(everybody[::-1])))
        return found

    def _comes_before(self, use: Use, other: Use) -> bool:
        return self._evidence.order.happens_before(use.at, other.at, must=True)

    def _place(self, use: Use) -> OrderPlace:
        return self._anchors.operation(use.who, use.at, use.how) if use.row is None else self._anchors.access(use.row)

    def _one_after_another(self, actors: list[Actor]) -> list[Held]:
        """Each begins when the one before it has ended. Raises Unplaced."""
        held: list[Held] = []
        for number, (actor, following) in enumerate(pairwise(actors), 1):
            end = self._ends(actor, actors[number:])
            if end is None:
                raise Unplaced(f"{actor.title} needs one that comes after it")
            held.append((end, *self._begins(following)))
        return held

    def _begins(self, actor: Actor) -> tuple[OrderPlace, OrderPlace | None]:
        """What to hold, and since when: its start, or its first access if one of the two actors needs something that it does before."""
        use = self._first[actor]
        others = [one for one, whose in zip(self._two, self._pair, strict=True) if whose != actor]
        since = next((since for one in others if (since := self._anchors.held_since_event(actor, use.at, one.at)) is not None), None)
        return (OrderPlace(actor.path, "start"), None) if since is None else (self._place(use), since)

    def _ends(self, actor: Actor, later: list[Actor]) -> OrderPlace | None:
        """The end of an actor; its last use instead if its end needs a later actor to have begun."""
        begun = [self._first[other] for other in later]

        def needs(at: At) -> bool:
            return any(self._evidence.order.happens_before(use.at, at, must=True) for use in begun)

        if actor.last_at is not None and actor.state in ("finished", "failed", "cancelled") and not needs(actor.last_at):
            return self._anchors.end(actor)
        mine = [use for use in self._uses if use.who == actor.id and not needs(use.at)]
        return self._place(mine[-1]) if mine else None


def _tables(sql: Sql) -> frozenset[tuple[str, str]]:
    database = str(sql.details.get("database", ""))
    return frozenset((database, str(table)) for table in sql.details.get("tables") or ())


def worker_kind(actor: Actor) -> str:
    """The key of interchangeable actors: the path without any number, its own or its connection's."""
    return _NUMBERS.sub("", actor.path)


def sibling_kind(actor: Actor) -> str:
    """The key of interchangeable actors with the same creator: the path without the actor's own number."""
    stem, sharp, number = actor.path.rpartition("#")
    return stem if sharp and number.isdecimal() else actor.path
