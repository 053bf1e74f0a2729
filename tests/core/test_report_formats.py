"""The four reports over one finding written by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import jsonschema
import pytest
from causeway_core.model import Finding, FindingAccess, TimelineEvent, make_at
from causeway_core.report import REPORTS
from causeway_core.storage import Recording

FINDING = Finding(
    id="F1",
    kind="lost_update",
    tier="likely",
    rank=-0.5,
    confidence=0.98,
    title="`transfer` read Account.balance, then wrote it; another task wrote it in between: one update is lost",
    resource="Account.balance",
    accesses=(
        FindingAccess("read", "bank.py", 42, "transfer", "task req-7", make_at(1, 100), "1000"),
        FindingAccess("write", "bank.py", 45, "transfer", "task req-8", make_at(1, 140), "900"),
        FindingAccess("write", "bank.py", 45, "transfer", "task req-7", make_at(1, 180), "950"),
    ),
    lanes=("task req-7", "task req-8"),
    timeline=(
        TimelineEvent(0, make_at(1, 100), "read Account.balance = 1000", "bank.py", 42, 0),
        TimelineEvent(1, make_at(1, 140), "wrote Account.balance = 900", "bank.py", 45, 1_200_000),
        TimelineEvent(0, make_at(1, 180), "wrote Account.balance = 950", "bank.py", 45, 1_250_000),
    ),
    window="the await at bank.py:43 lets other tasks run in between, here for 1.2 ms",
    unordered="nothing orders them since task main, bank.py:60; neither holds a lock",
    explanation="The write depends on the read.",
    recommendation="hold Account.lock from line 42 to line 45 in `transfer`",
    witness=(make_at(1, 100), make_at(1, 140), make_at(1, 180)),
    constraints=(
        ("main/req-7 | bank.py:42 | transfer | read of Account.balance | 0", "main/req-8 | bank.py:45 | transfer | write of Account.balance | 0"),
    ),
)
HINT = Finding(
    id="F2",
    kind="data_race",
    tier="hint",
    rank=25.0,
    confidence=0.2,
    title="two threads use Worker.n",
    resource="Worker.n",
    accesses=FINDING.accesses[:2],
    lanes=(),
    timeline=(),
    window=None,
    unordered=None,
    explanation="",
    recommendation="",
    witness=(),
)

RECORDING = cast(Recording, SimpleNamespace(path=Path("run.causeway"), complete=True, meta=SimpleNamespace(root="/project"), spans=list, gaps=list))

DOCUMENT_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["schema", "recording", "complete", "gaps", "findings"],
    "additionalProperties": False,
    "properties": {
        "schema": {"const": "causeway.findings/1"},
        "recording": {"type": "string"},
        "complete": {"type": "boolean"},
        "gaps": {"type": "array", "items": {"type": "string"}},
        "findings": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "kind", "tier", "title", "resource", "accesses", "explanation", "recommendation", "reproduced", "witness"],
                "properties": {
                    "tier": {"enum": ["confirmed", "likely", "latent", "hint"]},
                    "accesses": {
                        "type": "array",
                        "items": {"type": "object", "required": ["role", "file", "line", "function", "actor", "event", "value"]},
                    },
                    "witness": {"type": "array", "items": {"type": "string", "pattern": r"^s\d+@\d+$"}},
                },
            },
        },
    },
}


def test_text_says_everything_in_reading_order() -> None:
    text = REPORTS["text"](RECORDING, [FINDING], everything=False, colour=False)
    wanted = [
        "run.causeway: 1 finding (1 likely)",
        "F1  LOST UPDATE  Account.balance  (likely, confidence 98%)",
        "`transfer` read Account.balance, then wrote it",
        "task req-7",
        "bank.py:42  read Account.balance = 1000",
        "+1.200 ms",
        "wrote Account.balance = 900",
        "window: the await at bank.py:43",
        "no causal relationship: nothing orders them",
        "do: hold Account.lock",
        "look further: causeway why run.causeway F1",
    ]
    place = 0
    for each in wanted:
        assert each in text[place:], each
        place = text.index(each, place)
    assert "\x1b" not in text and all(len(line) <= 120 for line in text.splitlines())


def test_text_is_coloured_only_when_asked() -> None:
    assert "\x1b[" in REPORTS["text"](RECORDING, [FINDING], everything=False, colour=True)


def test_a_long_event_is_wrapped_and_takes_the_room_that_the_other_lane_leaves() -> None:
    words = "read Account.balance = 1000, which is what it has been"
    long = replace(FINDING.timeline[0], text=f"{words} since the account was opened, as nobody has paid into it")
    report = REPORTS["text"](RECORDING, [replace(FINDING, timeline=(long, *FINDING.timeline[1:]))], everything=False, colour=False)
    lines = report.splitlines()
    start = next(number for number, line in enumerate(lines) if words in line)
    assert "…" not in report
    assert " ".join(f"{lines[start]} {lines[start + 1]}".split()).endswith(long.text)
    assert max(map(len, lines)) <= 118


def test_less_certain_findings_are_one_line_each_unless_asked_for() -> None:
    brief = REPORTS["text"](RECORDING, [FINDING, HINT], everything=False, colour=False)
    assert "F2  hint    data race of Worker.n  bank.py:42" in brief and "two threads use" not in brief
    assert "two threads use Worker.n" in REPORTS["text"](RECORDING, [FINDING, HINT], everything=True, colour=False)


def test_a_report_without_findings_says_so() -> None:
    assert REPORTS["text"](RECORDING, [], everything=False, colour=False) == "run.causeway: no findings\n"


def test_json_has_the_documented_shape() -> None:
    document = json.loads(REPORTS["json"](RECORDING, [FINDING, HINT], everything=False, colour=False))
    jsonschema.validate(document, DOCUMENT_SCHEMA)
    finding = document["findings"][0]
    assert finding["accesses"][0] == {
        "role": "read",
        "file": "bank.py",
        "line": 42,
        "function": "transfer",
        "actor": "task req-7",
        "event": "s1@100",
        "value": "1000",
    }
    assert finding["witness"] == ["s1@100", "s1@140", "s1@180"] and finding["reproduced"] is None
    assert finding["constraints"][0][0].startswith("main/req-7 | bank.py:42")


def test_every_key_of_the_json_is_documented() -> None:
    document = json.loads(REPORTS["json"](RECORDING, [FINDING], everything=False, colour=False))
    text = (Path(__file__).parents[2] / "docs" / "findings.md").read_text()
    finding = document["findings"][0]
    for key in (*document, *finding, *finding["accesses"][0], *finding["timeline"][0]):
        assert f"`{key}`" in text, key


@pytest.mark.parametrize(
    "kind",
    ["data_race", "lost_update", "atomicity_violation", "order_violation", "deadlock", "lost_wakeup", "blocking_call", "unretrieved_exception"],
)
def test_every_kind_is_documented(kind: str) -> None:
    assert f"`{kind}`" in (Path(__file__).parents[2] / "docs" / "findings.md").read_text()


def test_sarif_points_at_the_lines_and_keeps_its_fingerprint() -> None:
    sarif = json.loads(REPORTS["sarif"](RECORDING, [FINDING, HINT], everything=False, colour=False))
    assert sarif["version"] == "2.1.0"
    (run,) = sarif["runs"]
    first, second = run["results"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]][first["ruleIndex"]] == "lost_update"
    assert (first["level"], second["level"]) == ("warning", "note")
    place = first["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "bank.py", "uriBaseId": "ROOT"}, "region": {"startLine": 42}}
    assert run["originalUriBaseIds"]["ROOT"]["uri"] == "file:///project/"
    steps = first["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [step["executionOrder"] for step in steps] == [1, 2, 3]
    again = json.loads(REPORTS["sarif"](RECORDING, [FINDING], everything=False, colour=False))
    assert again["runs"][0]["results"][0]["partialFingerprints"] == first["partialFingerprints"]


def test_github_annotates_likely_findings_and_escapes() -> None:
    odd = "100% sure,\nreally"
    lines = REPORTS["github"](RECORDING, [FINDING, HINT], everything=False, colour=False).splitlines()
    (line,) = lines
    assert line.startswith("::warning file=bank.py,line=42,title=likely lost_update%3A Account.balance::`transfer` read Account.balance")
    (escaped,) = REPORTS["github"](RECORDING, [replace(FINDING, title=odd)], everything=False, colour=False).splitlines()
    assert "100%25 sure,%0Areally" in escaped
    assert len(REPORTS["github"](RECORDING, [FINDING, HINT], everything=True, colour=False).splitlines()) == 2
