"""Opening recordings: what is none, what is newer, what is damaged; queries; findings; texts, objects and values."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import pytest
from causeway_core.errors import CausewayError, DamagedRecording, NewerSchema, NotARecording, RecordingError, RecordingMissing
from causeway_core.model import ValueKind, make_at
from causeway_core.storage import Recording
from causeway_core.storage.writer import replace_findings
from causeway_core.wire.kinds import Kind
from causeway_core.wire.record import records, words_of
from hypothesis import given
from hypothesis import strategies as st

from tests.support.ingest import ingest
from tests.support.spool import ABSENT, REDACTED, UNCAPTURED, SpoolBuilder


@pytest.fixture
def path(tmp_path: Path) -> Path:
    spool = SpoolBuilder(tmp_path / "spool")
    process = spool.process()
    main = process.thread()
    account = process.object("bank.Account", {"balance": 100, "owner": "ada"})
    cache = process.object("builtins.dict", {"a": 1, 2: account}, flags=2)
    site = process.site("local", function="main", name="x")
    for value in (None, True, -5, 1 << 40, 2.5, "héllo", b"\xff\0", (1, "two", None), account, cache, ABSENT, REDACTED, UNCAPTURED):
        main.local(site, value)
    main.snapshot(account, "bank.Account", {"balance": 150, "owner": "ada"})
    return ingest(spool, tmp_path / "run.causeway")


def test_threads_that_re_run_the_program_at_the_same_time_read_its_facts(path: Path) -> None:
    with Recording.open(path) as recording, ThreadPoolExecutor(4) as pool:
        known = recording.meta
        assert all(each == known for each in pool.map(lambda _: recording.meta, range(400)))


def test_values_come_back_as_they_were(path: Path) -> None:
    with Recording.open(path) as recording:
        [chunk] = recording.chunks()
        words = words_of(recording.chunk_data(chunk.stream, chunk.first))
        values = [recording.value(1, *record.value) for record in records(words) if record.kind == Kind.LOCAL and record.value is not None]
        assert [value.payload for value in values[:7]] == [None, None, -5, 1 << 40, 2.5, "héllo", b"\xff\0"]
        assert [str(value) for value in values[7:]] == [
            "(1, 'two', None)", "<bank.Account #1>", "<dict #2>", "<absent>", "<redacted>", "<not captured: not looked at>",
        ]


def test_snapshots_of_an_object_are_found_and_read(path: Path) -> None:
    with Recording.open(path) as recording:
        first, second = recording.snapshots(1 << 32 | 1)
        assert {str(name): str(value) for name, value in recording.snapshot(first).items} == {"'balance'": "100", "'owner'": "'ada'"}
        assert str(dict(recording.snapshot(second).items)) != str(dict(recording.snapshot(first).items))
        [at] = recording.snapshots(1 << 32 | 2)
        snapshot = recording.snapshot(at)
        assert (snapshot.form, [str(key) for key, _ in snapshot.items]) == ("mapping", ["'a'", "2"])
        assert recording.object(1 << 32 | 2).type == "builtins.dict"
        assert recording.type_flags(1 << 32 | 2) == 2
        with pytest.raises(KeyError):
            recording.object(1 << 32 | 77)


def test_a_missing_text_says_so(path: Path) -> None:
    with Recording.open(path) as recording:
        assert str(recording.text(1, 999)) == "<not captured: its text was lost>"


def test_opening_says_what_is_wrong(path: Path, tmp_path: Path) -> None:
    with pytest.raises(RecordingMissing, match="no recording at"):
        Recording.open(tmp_path / "none.causeway")
    empty = tmp_path / "empty.causeway"
    empty.write_bytes(b"")
    with pytest.raises(NotARecording):
        Recording.open(empty)
    foreign = tmp_path / "foreign.db"
    with sqlite3.connect(foreign) as database:
        database.execute("CREATE TABLE t (x)")
    database.close()
    with pytest.raises(NotARecording, match="not a Causeway recording"):
        Recording.open(foreign)
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(NewerSchema, match="schema 99"):
        Recording.open(path)


def test_a_torn_chunk_is_named(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("UPDATE chunk SET data = substr(data, 1, length(data) - 9)")
    database.close()
    with Recording.open(path) as recording, pytest.raises(DamagedRecording, match="chunk 0 of stream 1"):
        recording.chunk_data(1, 0)


@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=40))
def test_a_changed_file_gives_an_error_of_ours_or_works(tmp_path_factory: pytest.TempPathFactory, place: int, garbage: bytes) -> None:
    folder = tmp_path_factory.mktemp("changed")
    spool = SpoolBuilder(folder / "spool")
    main = spool.process().thread()
    main.local(main.process.site("local", name="x"), "text")
    path = ingest(spool, folder / "run.causeway")
    data = bytearray(path.read_bytes())
    place = place * 37 % len(data)
    data[place : place + len(garbage)] = garbage
    path.write_bytes(data)
    try:
        with Recording.open(path) as recording:
            for chunk in recording.chunks():
                recording.chunk_data(chunk.stream, chunk.first)
                recording.chunk_keyframe(chunk)
            recording.steps()
            recording.text(1, 1)
    except CausewayError:
        pass


def test_queries_only_read(path: Path) -> None:
    with Recording.open(path) as recording:
        assert recording.query("SELECT kind, count(*) AS n FROM site GROUP BY kind").columns == ("kind", "n")
        refused = ("DELETE FROM meta", "ATTACH 'x' AS x", "PRAGMA user_version = 3", "CREATE TABLE t (x)", "SELECT", "SELECT load_extension('x')")
        for statement in refused:
            with pytest.raises(RecordingError, match="query failed"):
                recording.query(statement)


def test_rows_of_a_query_are_read_as_they_are_asked_for(path: Path) -> None:
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
    with Recording.open(path) as recording:
        assert list(islice(recording.query(numbers).rows, 1000)) == [(number,) for number in range(1, 1001)]
        fails = recording.query(f"SELECT CASE WHEN i < 900 THEN i ELSE abs(-9223372036854775808) END FROM ({numbers})").rows
        assert next(fails) == (1,)
        with pytest.raises(RecordingError, match="query failed: integer overflow"):
            list(fails)


def test_findings_replace_those_before(path: Path) -> None:
    replace_findings(path, [("F1", "data_race", "likely", 1.0, {"id": "F1"}), ("F2", "deadlock", "hint", 0.5, {"id": "F2"})])
    replace_findings(path, [("F3", "data_race", "likely", 1.0, {"id": "F3"})])
    with Recording.open(path) as recording:
        assert recording.findings() == [{"id": "F3"}]


def test_places_are_found_by_line_and_wire_number(path: Path) -> None:
    with Recording.open(path) as recording:
        [site] = [site for site in recording.sites() if site.name == "x"]
        function = recording.function(site.function)
        assert recording.sites_at(function.path, site.line) == [site]
        [wire] = recording.wire_of_site(1, site.id)
        assert recording.site_of_wire(1, wire) == site.id
        assert recording.site_of_wire(1, 4000) is None
        assert function.qualname == "main"


def test_the_step_of_an_event_is_found(path: Path) -> None:
    with Recording.open(path) as recording:
        [step] = recording.steps()
        assert recording.step_at(step.last_at) == step
        assert recording.step_at(make_at(7, 3)) is None
        assert recording.chunk_of(step.first_at).first == 0
        with pytest.raises(KeyError):
            recording.chunk_of(make_at(1, 10**6))


def test_a_payload_that_does_not_fit_is_no_value(path: Path) -> None:
    with Recording.open(path) as recording:
        assert str(recording.value(1, ValueKind.INT64, [1])) == "<not captured: malformed>"


