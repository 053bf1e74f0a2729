"""Writes to a table that depend on an earlier query of it, while another actor can make the same query in between.

The row that was read need not be the row that is written: it may be a missing row, the whole table, or a sum over an owner's rows (write skew).
"""

from __future__ import annotations

import ast
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from causeway_core.analysis import weights
from causeway_core.analysis.database.guard import guard_ignored
from causeway_core.analysis.database.query_flow import Influence, Written, influence
from causeway_core.analysis.database.statement import parse
from causeway_core.analysis.detectors.atomicity.requests import only_waited_for
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.on_behalf import Action, can_run_between, locks_at, locks_through, of_requests
from causeway_core.analysis.source_text import Texts, called
from causeway_core.analysis.wording.explanation import NOT_STRUCK, STRUCK
from causeway_core.analysis.wording.scene import Moment, Scene
from causeway_core.graph import SourcePlace
from causeway_core.model import Finding
from causeway_core.storage.rows import Sql

SAMPLE = 24
_OTHER_KEY = "The other actor queries by another value, that of the row which the first one writes; only a re-run can tell whether both would write."
_FURTHER_TABLE = "The query has the table in a join or subquery; only a re-run can tell whether that decides its result."
_IGNORED = "Its WHERE lets only one of them change the row, but the other takes the row all the same: it does not ask how many rows it has changed."
_REFUSED = frozenset(
    {"IntegrityError", "UniqueViolation", "UniqueViolationError", "IntegrityConstraintViolationError", "DatabaseError", "OperationalError", "Error"}
)


@dataclass(frozen=True, slots=True)
class _Use:
    sql: Sql
    place: SourcePlace
    action: Action
    reported: Action
    ignores: bool = False
    """Whether it is a DELETE, or an UPDATE that checks the row, and its actor does not ask whether it has changed one."""

    @property
    def table(self) -> str:
        """The first table of the statement, with its database."""
        return self.tables[0]

    @property
    def tables(self) -> tuple[str, ...]:
        """All tables of the statement, with its database: those of a query's joins and subqueries too."""
        return tuple(f"{self.sql.details.get('database', '')}:{table}" for table in self.sql.details.get("tables") or [""])


def predicate_windows(scene: Scene, evidence: Evidence) -> list[Finding]:
    """SELECT, then INSERT, UPDATE or DELETE of the same table by the same actor (or for the same task), dependent on the result by the text; one per
    statement pair. A write to another table that the SELECT queries is a hint. Another actor makes the same SELECT, and nothing keeps it out. It does
    not count if both statements are in one transaction that others have to wait for, for writes that check again (WHERE beyond the key, unless nobody
    asks what it changed; ON CONFLICT), or for an INSERT whose refusal by a constraint is handled. An upsert that replaces the row counts if it is
    computed from the result: two actors that found nothing may well insert the same.
    """
    actions = ((sql, Action.of(evidence, sql.actor, sql.at, order)) for sql, order in zip(evidence.facts.sql, evidence.facts.sql_order, strict=True))
    uses = [_Use(sql, place, action, action) for sql, action in actions if sql.access in ("read", "write") and (place := scene.place(sql.at)).line]
    alike = _Alike(uses)
    follows = _Dependence(evidence.texts)
    found: dict[tuple[str, str], Finding] = {}
    happened: set[tuple[str, str]] = set()
    tried: Counter[tuple[str, str]] = Counter()
    for read, write in _pairs(evidence, uses):
        pair = read.sql.statement, write.sql.statement
        if pair in happened:
            continue
        how = follows.how(read, write)
        if not how or (how == "given" and _refused(read.sql, write.sql)):
            continue
        struck = _struck(alike, read, write)
        tried[pair] += 1
        # What an ignored guard does to a worker may show only when it has made a change before: a later window tells more.
        if pair in found and not struck and not (write.ignores and tried[pair] < SAMPLE):
            continue
        other = _other(evidence, alike, read, write)
        if other is not None:
            found[pair] = _finding(scene, read, write, other, struck=struck)
            if struck:
                happened.add(pair)
            if not can_run_between(evidence, read.action, write.action, other.action):
                found[pair] = only_waited_for(found[pair])
    return list(found.values())


class _Alike:
    """Uses by their statement and table, in order: a program may make a statement many thousand times."""

    def __init__(self, uses: Sequence[_Use]) -> None:
        self._uses: defaultdict[tuple[str, str], list[_Use]] = defaultdict(list)
        for use in sorted(uses, key=lambda each: each.action.order):
            self._uses[use.sql.statement, use.table].append(use)

    def all(self, one: _Use) -> Sequence[_Use]:
        """Those of the same statement and table."""
        return self._uses.get((one.sql.statement, one.table), ())

    def between(self, one: _Use, after: int, before: int) -> Sequence[_Use]:
        """Those of them between two ranks of the total order, both excluded."""
        alike = self.all(one)
        low = bisect_right(alike, after, key=lambda each: each.action.order)
        return alike[low : bisect_left(alike, before, lo=low, key=lambda each: each.action.order)]


class _Dependence:
    """Which writes depend on which queries by the text; each pair of places is looked at once."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._known: dict[tuple[object, ...], Influence] = {}

    def how(self, read: _Use, write: _Use) -> Influence:
        """How, or "" if the write does not, or handles that it is refused, or would put in what is there already."""
        key = read.place.path, read.place.line, write.place.path, write.place.line, write.sql.statement
        if key not in self._known:
            self._known[key] = self._look(read, write)
        return self._known[key]

    def _look(self, read: _Use, write: _Use) -> Influence:
        if _refusal_handled(self._texts, write):
            return ""
        statement = parse(write.sql.statement)
        how = influence(self._texts, read.place, Written(write.place, statement.verb, write.sql.details.get("columns") or ()))
        return "" if statement.replaces and how != "given" else how


def _pairs(evidence: Evidence, uses: list[_Use]) -> Iterator[tuple[_Use, _Use]]:
    """Each write with the earlier reads of its table by its actor, or for its task, latest first."""
    before: dict[tuple[int, str], list[_Use]] = {}
    changed = _changed_columns(uses)
    for use in sorted(uses, key=lambda each: (each.action.order, each.sql.at)):
        statement = parse(use.sql.statement)
        writes = statement.verb in ("INSERT", "REPLACE", "UPDATE", "DELETE") and (statement.replaces or not statement.upserts)
        checks = statement.verb == "DELETE" or (statement.verb == "UPDATE" and _checks(use.sql, changed.get(use.table, frozenset())))
        for name in use.action.names(evidence):
            for table in use.tables if use.sql.access == "read" else ():
                before.setdefault((name.who, table), []).append(replace(use, reported=name))
            mine = before.get((name.who, use.table), [])
            # Asked again, the last answer counts.
            latest = {read.sql.statement: read for read in mine[-4:]}
            for read in reversed(latest.values()) if writes and use.sql.access == "write" else ():
                own = name is use.action
                handed = read.action.who != use.action.who and evidence.order.happens_before(read.sql.at, use.sql.at, must=True)
                unguarded = guard_ignored(evidence.texts, read.place, use.place) if checks else not _same_row(read.sql, use.sql)
                if (own or handed) and unguarded:
                    yield read, replace(use, reported=name, ignores=checks)


def _refused(read: Sql, write: Sql) -> bool:
    """Whether two actors led to the same row could not both write it: the read says which row, and the transaction keeps its snapshot."""
    same = read.transaction is not None and read.transaction == write.transaction and read.connection == write.connection
    return same and (write.isolation or "").upper() == "REPEATABLE READ" and parse(write.statement).verb == "UPDATE"


def _changed_columns(uses: list[_Use]) -> dict[str, frozenset[str]]:
    """By table, the columns that some UPDATE of the recording sets."""
    changed: dict[str, frozenset[str]] = {}
    for use in uses:
        if parse(use.sql.statement).verb == "UPDATE":
            changed[use.table] = changed.get(use.table, frozenset()).union(use.sql.details.get("columns") or ())
    return changed


def _checks(sql: Sql, changed: frozenset[str]) -> bool:
    """Whether the statement's WHERE says more than which row is meant: it compares something that is ever `changed`."""
    where = sql.details.get("where") or ()
    return not changed.isdisjoint(where) if len(where) > 1 else parse(sql.statement).checked


def _same_row(read: Sql, write: Sql) -> bool:
    """Whether a row was read by its key and is overwritten: that is a row window, reported elsewhere."""
    return bool(set(read.rows) & set(write.rows)) and parse(write.statement).verb == "UPDATE" and not write.details.get("atomic")


def _other(evidence: Evidence, alike: _Alike, read: _Use, write: _Use) -> _Use | None:
    """Another actor's statement like the read that may run inside the window."""
    own = (read.action.who, write.action.who)
    for other in islice((use for use in alike.all(read) if use.action.who not in own), SAMPLE):
        if evidence.transactions.excludes(read.sql, write.sql, other.sql, about="rows"):
            continue
        through = locks_through(evidence, read.action, write.action, evidence.transactions.end(write.sql))
        if through & locks_at(evidence, other.action) or not (_same_rows(read.sql, other.sql) or _queries_written(other.sql, write.sql)):
            continue
        if can_run_between(evidence, read.action, write.action, other.action) or (
            of_requests(evidence, read.action, write.action, other.action) and evidence.is_asynchronous(read.reported.actor)
        ):
            asker = other.action.asker(evidence) if write.reported is not write.action else None
            return replace(other, reported=asker or other.action)
    return None


def _queries_written(query: Sql, write: Sql) -> bool:
    """Whether a query compares a column with the value that an INSERT gives it: each of two actors looks for the row that the other adds."""
    columns = write.details.get("columns") or ()
    values = write.parameters if isinstance(write.parameters, list) else []
    if parse(write.statement).verb != "INSERT" or len(columns) != len(values):
        return False
    written = {f"{column}={value}" for column, value in zip(columns, values, strict=True)}
    return any(len(row) > 1 and str(row[1]) in written for row in query.rows)


def _struck(alike: _Alike, read: _Use, write: _Use) -> bool:
    """Whether another actor wrote by the same statement between the read and the dependent write."""
    own = (read.action.who, write.action.who)
    between = alike.between(write, read.action.order, write.action.order)
    inside = (use for use in between if use.action.who not in own and use.sql.error is None)
    return any(_same_rows(read.sql, use.sql) or bool(set(write.sql.rows) & set(use.sql.rows)) for use in inside)


def _same_rows(read: Sql, other: Sql) -> bool:
    """Whether both queried the same: by key or equality with the same value, otherwise the table as a whole."""
    if any(len(row) > 1 for row in (*read.rows, *other.rows)):
        return bool(set(read.rows) & set(other.rows))
    return True


def _refusal_handled(texts: Texts, write: _Use) -> bool:
    """Whether an INSERT is in a `try` that handles the database's refusal by another statement, by leaving, or by an error of its own."""
    if parse(write.sql.statement).verb != "INSERT":
        return False
    for node in texts.around(write.place.path, write.place.line):
        for handler in node.handlers if isinstance(node, ast.Try) else ():
            names = {getattr(each, "attr", getattr(each, "id", "")) for each in ast.walk(handler.type)} if handler.type is not None else _REFUSED
            inside = [each for statement in handler.body for each in ast.walk(statement)]
            acts = any(isinstance(each, ast.Return | ast.Continue | ast.Pass) or _raises_its_own(each) for each in inside)
            if names & _REFUSED and (acts or any(isinstance(each, ast.Call) and called(each).startswith(("execute", "fetch")) for each in inside)):
                return True
    return False


def _raises_its_own(node: ast.AST) -> bool:
    return isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)


def _finding(scene: Scene, read: _Use, write: _Use, other: _Use, *, struck: bool) -> Finding:
    table = write.table.rpartition(":")[2]
    doubt = "" if _same_rows(read.sql, other.sql) else _OTHER_KEY
    doubt = doubt if write.table == read.table else _FURTHER_TABLE
    doubt = _IGNORED if write.ignores else doubt
    one, two = scene.sides((read.reported.who, read.place.function), (other.reported.who, other.place.function))
    begin = "BEGIN IMMEDIATE" if "sqlite" in write.sql.system else "a serializable transaction"
    return scene.finding(
        kind="atomicity_violation",
        weight=weights.ROWS_DOUBTFUL if doubt else weights.ROWS_CHECKED,
        title=f"{one} queries {table}, then writes it because of the result; {two} could query it in between: both would write",
        resource=table,
        events=[
            Moment(read.reported.who, int(read.reported.at), "read", " ".join(read.sql.statement.split())[:60]),
            Moment(write.reported.who, int(write.reported.at), "write", " ".join(write.sql.statement.split())[:60]),
            Moment(other.reported.who, int(other.reported.at), "read", " ".join(other.sql.statement.split())[:60]),
        ],
        recommendation=(
            f"put both statements into {begin}, let one statement decide (WHERE, ON CONFLICT), or add a constraint that refuses the second write"
        ),
        explanation="No single transaction isolates the two statements from other actors (check-then-act; with different rows: write skew)."
        + f" {STRUCK if struck else NOT_STRUCK}"
        + (f" {doubt}" if doubt else ""),
        unordered=scene.namer.why_unordered(read.sql.at, other.sql.at),
        happened=struck,
        worth_forcing=bool(doubt),
    )
