"""Facts that are known only at the end: endings, parents, spawn paths, exceptions' fates, shared places, labels, edges."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from causeway_core.ingest.accesses import write_accesses
from causeway_core.ingest.actors import ActorRows
from causeway_core.ingest.edges import derive_edges
from causeway_core.ingest.edges.shared import unite_shared
from causeway_core.ingest.facts import ProcessFacts
from causeway_core.ingest.labels import Labels
from causeway_core.ingest.pipeline import Pipeline
from causeway_core.ingest.process import alive

_LATEST_NS = 1 << 62
_DERIVED = ("message", "location", "access", "object", "edge")
_FATES = ("raised", "caught", "uncaught")


def finish(pipeline: Pipeline, facts: Mapping[str, Any]) -> None:
    """Completes the recording; the pipeline must have ended. Half a second for a million events."""
    writer = pipeline.writer
    writer.begin()
    pipeline.facts.open_spans()
    pipeline.facts.open_answers()
    pipeline.facts.flush()
    _end_processes(pipeline)
    ActorRows(pipeline).write()
    _settle_exceptions(pipeline)
    _derive(pipeline)
    writer.commit()
    writer.complete({**facts, "events": pipeline.scanner.events, "detail": pipeline.facts.detail})


def settle(pipeline: Pipeline, actors: ActorRows) -> None:
    """Lists actors, unfinished steps, the starts of processes and the fates of exceptions as they are so far, in a growing recording."""
    pipeline.begin()
    pipeline.facts.flush()
    pipeline.list_open_steps()
    _join_processes(pipeline)
    actors.update()
    _settle_exceptions(pipeline)
    _underive(pipeline)
    pipeline.commit()


def derive(pipeline: Pipeline) -> None:
    """Derives for a growing recording everything that `finish` derives, from what exists of it."""
    pipeline.store()
    pipeline.begin()
    _derive(pipeline)
    pipeline.commit()


def _underive(pipeline: Pipeline) -> None:
    for table in _DERIVED:
        pipeline.writer.database.execute(f"DELETE FROM {table}")


def _derive(pipeline: Pipeline) -> None:
    _underive(pipeline)
    pipeline.writer.insert("message", pipeline.facts.messages.rows(pipeline.facts.streams()))
    unite_shared(pipeline.writer.database, pipeline.facts.shared)
    labels = Labels(pipeline)
    write_accesses(pipeline, labels)
    labels.write()
    derive_edges(pipeline.writer.database)


def _parent_of(pipeline: Pipeline, process: ProcessFacts) -> tuple[int | None, int | None]:
    """The parent of a process and the event that started it, as far as they are in the recording."""
    parent = next((other for other in pipeline.facts.processes.values() if f"{other.uid:016x}" == process.parent), None)
    if parent is None or parent is process:
        return None, None
    event = process.parent_event
    known = event and event[0] in parent.streams and 0 <= event[1] < 1 << 40
    return parent.id, parent.streams[event[0]] << 40 | event[1] if event and known else None


def _join_processes(pipeline: Pipeline) -> None:
    rows = [(*_parent_of(pipeline, process), process.id) for process in pipeline.facts.processes.values()]
    pipeline.writer.database.executemany("UPDATE process SET parent = ?, parent_at = ? WHERE id = ?", rows)


def _end_processes(pipeline: Pipeline) -> None:
    database, facts = pipeline.writer.database, pipeline.facts
    last = dict(database.execute("SELECT process, max(ts) FROM run GROUP BY process"))
    steps = "SELECT process, max(started_ns) FROM step JOIN stream ON stream.id = step.first_at >> 40 GROUP BY process"
    for process_id, started in database.execute(steps):
        last[process_id] = max(last.get(process_id, 0), started)
    for process in facts.processes.values():
        parent, parent_at = _parent_of(pipeline, process)
        seen = max(process.last_ts, last.get(process.id, 0))
        ended_ns = seen + process.offset_ns if 0 < seen < _LATEST_NS else None
        ending = "exited" if process.ended else "running" if alive(process.pid) and process.introduced else "lost"
        database.execute(
            "UPDATE process SET parent = ?, parent_at = ?, ended_ns = ?, exit_code = ?, ending = ? WHERE id = ?",
            (parent, parent_at, ended_ns, process.exit_code, ending, process.id),
        )
        if ending == "lost":
            _name_loss(pipeline, process.id, process.pid, ended_ns)


def _name_loss(pipeline: Pipeline, process: int, pid: int, ended_ns: int | None) -> None:
    database = pipeline.writer.database
    row = database.execute("SELECT max(at) FROM run WHERE process = ?", (process,)).fetchone()
    since = f" after {_clock(ended_ns)}" if ended_ns else ""
    detail = f"process {pid} was killed or crashed: what it did{since}, at most the last 100 ms, is not in the recording"
    pipeline.writer.insert("gap", [(process, row[0] if row else None, "lost", detail)])


def _clock(ns: int) -> str:
    return datetime.fromtimestamp(ns / 1e9, UTC).strftime("%H:%M:%S.%f")[:-3] + " UTC"


def _settle_exceptions(pipeline: Pipeline) -> None:
    database = pipeline.writer.database
    fates = [fate for process in pipeline.facts.processes for fate in pipeline.scanner.fates(process)]
    if not fates:
        return
    unretrieved = {row[0] for row in database.execute("SELECT object FROM sync WHERE op = 'exception_unretrieved'")}
    failed = {id for id, obj in database.execute("SELECT id, object FROM actor WHERE object IS NOT NULL") if obj in unretrieved}
    # A task that is being freed no longer has an object; the record names its actor.
    failed |= {row[0] for row in database.execute(
        "SELECT t.id FROM sync s JOIN actor a ON a.id = s.actor JOIN actor t ON t.process = a.process AND t.number = s.extra "
        "WHERE s.op = 'exception_unretrieved' AND s.extra > 0"
    )}
    cancelled = {row[0] for row in database.execute("SELECT id FROM actor WHERE state = 'cancelled'")}
    actors = dict(database.execute("SELECT at, actor FROM exception"))
    types = dict(database.execute("SELECT at, type FROM exception"))
    rows = []
    for at, code in fates:
        fate = _FATES[code]
        actor = actors.get(at)
        if fate != "caught" and types.get(at, "").endswith("CancelledError") and actor in cancelled:
            fate = "cancelled"
        elif fate == "uncaught" and actor in failed:
            fate = "unretrieved"
        rows.append((fate, at))
    database.execute("CREATE TEMP TABLE fate (at INTEGER PRIMARY KEY, fate TEXT)")
    database.executemany("INSERT OR REPLACE INTO fate (fate, at) VALUES (?, ?)", rows)
    database.execute("UPDATE exception SET fate = coalesce((SELECT fate FROM fate WHERE fate.at = exception.at), fate)")
    database.execute("DROP TABLE fate")
