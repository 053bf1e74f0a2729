"""Database rows that are read and then written in another statement, while another actor can run in between."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace

from causeway_core.analysis import weights
from causeway_core.analysis.database.query_flow import Written, influence, is_mapped, recomputed
from causeway_core.analysis.database.statement import Statement, parse
from causeway_core.analysis.detectors.atomicity.requests import only_waited_for
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.on_behalf import Action, can_run_between, locks_at, locks_through, of_requests
from causeway_core.analysis.source_text import Texts
from causeway_core.analysis.wording.explanation import NOT_STRUCK, STRUCK
from causeway_core.analysis.wording.scene import Moment, Scene
from causeway_core.model import Finding
from causeway_core.storage.rows import Sql

PARTNERS = 24
"""Statements of others on a row that are tried for one window."""


@dataclass(frozen=True, slots=True)
class _Use:
    """A statement's use of one row. `action` made it; `reported` is the action that the finding shows: that of a task which had a thread make it."""

    sql: Sql
    action: Action
    reported: Action

    @property
    def order(self) -> int:
        """Rank in the total order of its process."""
        return self.action.order


@dataclass(frozen=True, slots=True)
class _Window:
    table: str
    key: tuple[Hashable, ...]
    read: _Use
    write: _Use
    other: _Use
    struck: bool


def row_windows(scene: Scene, evidence: Evidence) -> list[Finding]:
    """SELECT of a row, then UPDATE or DELETE of it by the same actor, or for the same task; one finding per statement pair.

    No lock of the database or the program spans them, and no transaction serializes them. Another actor's statement on the row is concurrent. Not for
    writes that are safe by themselves: `SET x = x + ?`, a WHERE that checks more than the key, upserts.
    """
    found: dict[tuple[str, str], _Window] = {}
    texts = Texts(evidence.facts.sources)
    for window in _windows(evidence):
        pair = window.read.sql.statement, window.write.sql.statement
        if (pair not in found or (window.struck and not found[pair].struck)) and not _independent(scene, texts, window):
            found[pair] = window
    reported = [(_finding(scene, evidence, each), each) for each in found.values()]
    return [
        finding if can_run_between(evidence, each.read.action, each.write.action, each.other.action) else only_waited_for(finding)
        for finding, each in reported
    ]


def _independent(scene: Scene, texts: Texts, window: _Window) -> bool:
    """Whether nothing that was read is used in the write: other columns were read, or all of a mapped object, and the text shows no data flow."""
    read, write = window.read.sql, window.write.sql
    columns = write.details.get("columns") or ()
    where, statement = scene.place(write.at), parse(write.statement)
    written = Written(where, statement.verb, columns)
    if not where.line or statement.verb != "UPDATE" or not columns:
        return False
    selected = parse(read.statement).selected
    mapped = is_mapped(texts, written)
    if mapped and recomputed(texts, columns):
        return False
    others = selected is not None and selected.isdisjoint(columns)
    return (mapped or others) and not influence(texts, scene.place(read.at), written, existence=False)


def _windows(evidence: Evidence) -> Iterator[_Window]:
    by_row: defaultdict[tuple[Hashable, ...], list[_Use]] = defaultdict(list)
    for sql, order in zip(evidence.facts.sql, evidence.facts.sql_order, strict=True):
        if sql.error is None and sql.access in ("read", "write"):
            for row in sql.rows[:64]:
                action = Action.of(evidence, sql.actor, sql.at, order)
                by_row[str(sql.details.get("database", "")), *row].append(_Use(sql, action, action))
    for row, uses in by_row.items():
        uses.sort(key=lambda use: (use.order, use.sql.at))
        last_read: dict[int, _Use] = {}
        for use in uses:
            statement = _statement(use.sql)
            if use.sql.access == "read":
                last_read.update((each.who, replace(use, reported=each)) for each in use.action.names(evidence))
            elif statement.verb in ("UPDATE", "DELETE") and not (statement.checked or statement.upserts):
                for each in use.action.names(evidence):
                    read = last_read.pop(each.who, None)
                    if read is None or (statement.relative and not _sets_selected_column(read, statement)):
                        continue
                    if read.action.who != use.action.who and not evidence.order.happens_before(read.sql.at, use.sql.at, must=True):
                        continue
                    window = _open(evidence, str(row[1]), tuple(row[2:]), read, replace(use, reported=each), uses)
                    if window is not None:
                        yield window
                    break


def _sets_selected_column(read: _Use, statement: Statement) -> bool:
    """Whether the statement sets a column that the read selected by name to a literal: the state that it stands for may be stale."""
    selected = parse(read.sql.statement).selected
    return selected is not None and bool(selected & statement.constants)


def _statement(sql: Sql) -> Statement:
    """What the statement does. What the recorder parsed takes precedence over its text."""
    read = parse(sql.statement)
    relative = bool(sql.details["atomic"]) if sql.details.get("atomic") is not None else read.relative
    checked = len(sql.details["where"]) > 1 if sql.details.get("where") else read.checked
    return replace(read, relative=relative, checked=checked)


def _open(evidence: Evidence, table: str, key: tuple[Hashable, ...], read: _Use, write: _Use, uses: list[_Use]) -> _Window | None:
    """The window with the best fitting statement of another actor: one that ran inside, then a writer, then a reader with the same text."""
    own = (read.action.who, write.action.who)
    others = [use for use in uses if use.action.who not in own and (use.sql.access == "write" or use.sql.statement == read.sql.statement)]
    others.sort(key=lambda use: (not read.order < use.order < write.order, use.sql.access != "write", abs(use.order - write.order)))
    for other in others[:PARTNERS]:
        if evidence.transactions.excludes(read.sql, write.sql, other.sql, about="row") or _locked(evidence, read, write, other):
            continue
        if can_run_between(evidence, read.action, write.action, other.action) or (
            of_requests(evidence, read.action, write.action, other.action) and evidence.is_asynchronous(read.reported.actor)
        ):
            struck = read.order < other.order < write.order and other.sql.access == "write" and parse(write.sql.statement).verb == "UPDATE"
            # Of a window that a task opens, the other side is reported as its task's too.
            asker = other.action.asker(evidence) if write.reported is not write.action else None
            return _Window(table, key, read, write, replace(other, reported=asker or other.action), struck)
    return None


def _locked(evidence: Evidence, read: _Use, write: _Use, other: _Use) -> bool:
    # A lock that is released before the commit lets others read the old value.
    through = locks_through(evidence, read.action, write.action, evidence.transactions.end(write.sql))
    return bool(through & locks_at(evidence, other.action))


def _finding(scene: Scene, evidence: Evidence, window: _Window) -> Finding:
    name = f"{window.table} row {', '.join(map(str, window.key))}".rstrip()
    reader, other = ((use.reported.who, scene.place(use.reported.at).function) for use in (window.read, window.other))
    one, two = scene.sides(reader, other)
    verb = "wrote" if window.other.sql.access == "write" else "read"
    if window.struck:
        title = f"{one} read {name}, then wrote it from the old value; {two} wrote it in between: one update is lost"
    else:
        between = verb.replace("wrote", "write")
        title = f"{one} reads {name}, then writes it; {two} could {between} it in between: one update would be lost"
    events = [
        Moment(use.reported.who, int(use.reported.at), role, _shown_statement(use.sql))
        for use, role in ((window.read, "read"), (window.write, "write"), (window.other, verb.replace("wrote", "write")))
    ]
    shared = evidence.transactions.breaks_isolation(window.read.sql, window.other.sql)
    weight = weights.ROWS_OVERWRITTEN if window.struck else weights.ROWS_OVERWRITABLE if verb == "wrote" else weights.ROWS_STALE
    return scene.finding(
        kind="lost_update",
        weight=weight,
        title=title,
        resource=name,
        events=events,
        recommendation=_advice(window.write.sql, shared),
        explanation="No single transaction isolates the two statements from other actors"
        + (" (both actors share one connection, so its transactions do not separate them)." if shared else ".")
        + f" {STRUCK if window.struck else NOT_STRUCK}",
        unordered=scene.namer.why_unordered(window.read.sql.at, window.other.sql.at),
        happened=window.struck,
    )


def _shown_statement(sql: Sql) -> str:
    text = " ".join(sql.statement.split())
    text = text if len(text) <= 60 else text[:59] + "…"
    return f"{text}  {sql.parameters}" if sql.parameters else text


def _advice(write: Sql, shared: bool) -> str:
    statement = " ".join(write.statement.split())
    own = "give each task its own connection, and " if shared else ""
    begin = "BEGIN IMMEDIATE" if "sqlite" in write.system else "SELECT … FOR UPDATE"
    if statement.upper().startswith("UPDATE"):
        return (
            f"{own}let the database compute: `UPDATE … SET column = column - ?` in one statement, or put both statements "
            f"into one transaction that starts with {begin}"
        )
    return f"{own}put both statements into one transaction that starts with {begin}, or delete with the condition in WHERE"
