"""Recordings for other tools."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from causeway_core.errors import ExportImpossible
from causeway_core.export import EXPORTERS, Selection
from causeway_core.proof.selected import known_findings
from causeway_core.storage import Recording

PROGRAM = '''
import asyncio

import causeway


class Account:
    def __init__(self):
        self.balance = 100

    async def withdraw(self, amount):
        with causeway.trace("withdraw", amount=amount, note="<b>"):
            seen = self.balance
            await asyncio.sleep(0.001)
            self.balance = seen - amount


async def main():
    account = Account()
    await asyncio.gather(account.withdraw(10), account.withdraw(20))


asyncio.run(main())
'''


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording of two tasks with a span each that lose an update."""
    folder = tmp_path_factory.mktemp("exports")
    (folder / "bank.py").write_text(PROGRAM)
    command = [sys.executable, "-m", "causeway_core", "record", "-o", "run.causeway", "bank.py"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=300)
    return folder / "run.causeway"


def exported(path: Path, format_: str, finding: bool = False) -> str:
    """The recording, or its first finding."""
    with Recording.open(path) as recording:
        known = known_findings(recording)
        return EXPORTERS[format_](Selection(recording, known, known[0] if finding else None))


def test_json_has_the_facts(recorded: Path) -> None:
    document = json.loads(exported(recorded, "json"))
    assert document["schema"] == "causeway.export/1" and document["complete"]
    names = {actor["path"] for actor in document["actors"]}
    assert {"main", "main/main", "main/main/withdraw", "main/main/withdraw#2"} <= names
    assert [span["name"] for span in document["spans"]] == ["withdraw", "withdraw"]
    assert any(finding["kind"] == "lost_update" for finding in document["findings"])
    kinds = {edge["kind"] for edge in document["edges"]}
    assert "fork" in kinds and all(re.fullmatch(r"s\d+@\d+", edge["src"]) for edge in document["edges"])


def test_of_a_finding_only_its_actors_are_there(recorded: Path) -> None:
    document = json.loads(exported(recorded, "json", finding=True))
    assert {actor["path"] for actor in document["actors"]} == {"main/main/withdraw", "main/main/withdraw#2"}
    assert len(document["findings"]) == 1


def test_perfetto_slices_lie_on_tracks_and_flows_have_two_ends(recorded: Path) -> None:
    events: list[dict[str, Any]] = json.loads(exported(recorded, "perfetto"))["traceEvents"]
    tracks = {(each["pid"], each["tid"]) for each in events if each["name"] == "thread_name"}
    slices = [each for each in events if each["ph"] == "X"]
    assert slices and all((each["pid"], each["tid"]) in tracks and each["dur"] > 0 and each["ts"] >= 0 for each in slices)
    begun, ended = ({each["id"]: each for each in events if each["ph"] == phase} for phase in "sf")
    assert begun and begun.keys() == ended.keys()
    assert all(begun[number]["ts"] <= ended[number]["ts"] for number in begun)
    spans = [each for each in events if each.get("cat") == "span"]
    assert sorted(each["ph"] for each in spans) == ["b", "b", "e", "e"]


def test_otlp_is_an_export_request(recorded: Path) -> None:
    request = json.loads(exported(recorded, "otlp"))
    [resource] = request["resourceSpans"]
    about = {each["key"]: each["value"] for each in resource["resource"]["attributes"]}
    assert about["service.name"] == {"stringValue": "bank"} and "intValue" in about["process.pid"]
    spans = resource["scopeSpans"][0]["spans"]
    assert len(spans) == 2
    for span in spans:
        assert re.fullmatch(r"[0-9a-f]{32}", span["traceId"]) and re.fullmatch(r"[0-9a-f]{16}", span["spanId"])
        assert int(span["startTimeUnixNano"]) <= int(span["endTimeUnixNano"])
        assert {"key": "note", "value": {"stringValue": "<b>"}} in span["attributes"]
    assert {each["value"]["intValue"] for span in spans for each in span["attributes"] if each["key"] == "amount"} == {"10", "20"}


def test_dot_has_a_cluster_an_actor_and_no_loose_arrow(recorded: Path) -> None:
    text = exported(recorded, "dot")
    nodes, arrows = set(re.findall(r"^ +(s\d+) \[", text, re.MULTILINE)), re.findall(r"(s\d+) -> (s\d+)", text)
    assert text.startswith("digraph") and text.count("{") == text.count("}")
    assert arrows and all(source in nodes and target in nodes for source, target in arrows)
    assert 'label="task Task-2"' in text and '[label="fork"' in text


def test_mermaid_draws_what_a_finding_tells(recorded: Path) -> None:
    lines = exported(recorded, "mermaid", finding=True).splitlines()
    assert lines[0] == "sequenceDiagram"
    assert sum(line.startswith("  participant l") for line in lines) == 2
    notes = [line for line in lines if line.startswith("  Note over l")]
    assert notes and all("bank.py" in note for note in notes)
    arrows = [line for line in exported(recorded, "mermaid").splitlines() if "->>" in line]
    assert any(line.endswith(": fork") for line in arrows)


def test_html_is_one_page_with_everything_escaped(recorded: Path) -> None:
    text = exported(recorded, "html")
    assert "Account.balance" in text and "<script" not in text and "http" not in text
    opened: list[str] = []

    class Balanced(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:
            if tag != "meta":
                opened.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert opened.pop() == tag

    Balanced().feed(text)
    assert opened == []


def test_an_export_says_what_it_cannot_show(recorded: Path, tmp_path: Path) -> None:
    with Recording.open(recorded) as recording, pytest.raises(ExportImpossible, match="belongs to the trace"):
        EXPORTERS["dot"](Selection(recording, trace_id="0" * 32))
    (tmp_path / "plain.py").write_text("print(1)\n")
    command = [sys.executable, "-m", "causeway_core"]
    subprocess.run([*command, "record", "-o", "plain.causeway", "plain.py"], cwd=tmp_path, check=True, capture_output=True, timeout=300)
    done = subprocess.run([*command, "export", "plain.causeway", "--format", "otlp"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "has no spans" in done.stderr and "Traceback" not in done.stderr
