"""What analyze, query, why, ls and merge print for people and for programs."""

import json
import shutil

from causeway_core.model.at import parse_at

TIERS = {"confirmed", "likely", "latent", "hint"}
ROLES = {"read", "write", "test", "iterate", "mutate", "delete"}


def test_json_has_the_documented_shape(causeway, recording):
    done = causeway("analyze", recording, "--no-verify", "--format", "json")
    document = json.loads(done.out)
    assert done.code == 0 and not done.err
    assert {"schema", "recording", "complete", "findings"} <= document.keys()
    assert (document["schema"], document["recording"], document["complete"]) == ("causeway.findings/1", recording.name, True)
    (finding,) = document["findings"]
    assert (finding["id"], finding["kind"], finding["tier"], finding["resource"]) == ("F1", "lost_update", "likely", "Account.balance")
    for key in ("title", "explanation", "recommendation"):
        assert isinstance(finding[key], str) and finding[key]
    assert isinstance(finding["witness"], list) and "reproduced" in finding
    for access in finding["accesses"]:
        assert access.keys() >= {"role", "file", "line", "function", "actor", "event", "value"}
        assert access["role"] in ROLES and access["file"] == "lost_update.py" and isinstance(access["line"], int)
        parse_at(access["event"])


def test_sarif_points_at_the_lines(causeway, recording):
    document = json.loads(causeway("analyze", recording, "--no-verify", "--format", "sarif").out)
    assert document["version"] == "2.1.0" and document["$schema"].endswith(".json")
    (run,) = document["runs"]
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert run["tool"]["driver"]["name"]
    (result,) = run["results"]
    assert result["ruleId"] in rules and result["level"] in ("error", "warning", "note") and result["message"]["text"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "lost_update.py" and place["region"]["startLine"] >= 1


def test_github_has_one_annotation_a_finding(causeway, recording):
    (line,) = causeway("analyze", recording, "--no-verify", "--format", "github").out.splitlines()
    assert line.startswith("::warning file=lost_update.py,line=") and "Account.balance" in line


def test_fail_on(causeway, recording):
    codes = [causeway("analyze", recording, "--no-verify", "--fail-on", tier).code for tier in ("confirmed", "likely", "latent", "hint")]
    assert codes == [0, 1, 1, 1]


def test_without_a_file_the_newest_recording_is_meant(causeway, recording, tmp_path):
    (tmp_path / ".causeway").mkdir()
    shutil.copy(recording, tmp_path / ".causeway" / "run.causeway")
    assert "Account.balance" in causeway("analyze", "--no-verify").out
    assert causeway("why", "Account.balance").out == causeway("why", recording, "Account.balance").out
    (listed,) = map(json.loads, causeway("ls", "--json").out.splitlines())
    assert (listed["path"], listed["state"], listed["findings"]) == (".causeway/run.causeway", "complete", 1)


def test_query_gives_rows_for_people_and_objects_for_programs(causeway, recording):
    sql = "select name, kind, null as blank from actor where kind = 'task' order by name limit 2"
    assert causeway("query", recording, sql).out == "Task-1\ttask\t\nTask-2\ttask\t\n"
    rows = [json.loads(line) for line in causeway("query", recording, sql, "--json").out.splitlines()]
    assert rows == [{"name": "Task-1", "kind": "task", "blank": None}, {"name": "Task-2", "kind": "task", "blank": None}]


def test_query_json_with_bytes_and_columns_of_one_name(causeway, recording):
    (row,) = map(json.loads, causeway("query", recording, "select x'00ff' as data", "--json").out.splitlines())
    assert row == {"data": "b'\\x00\\xff'"}
    assert causeway("query", recording, "select 1 as a, 2 as a", "--json").code == 0


def test_why_leads_from_the_value_to_the_root(causeway, recording):
    first, *causes = causeway("why", recording, "Account.balance").out.splitlines()
    assert "wrote Account.balance = 80" in first and "lost_update.py:14" in first
    assert all(cause.startswith("  ← ") for cause in causes)
    assert "read at lost_update.py:12" in causes[0] and "MainThread" in causes[-1]
    links = [json.loads(line) for line in causeway("why", recording, "Account.balance", "--json").out.splitlines()]
    assert [link["line"] for link in links][:2] == [14, 12]


def test_a_recording_merged_with_itself_is_the_same(causeway, recording):
    assert causeway("merge", recording, recording, "-o", "both.causeway").code == 0
    count = "select count(*) from access"
    assert causeway("query", "both.causeway", count).out == causeway("query", recording, count).out
