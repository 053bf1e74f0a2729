"""The table of launch properties: what the manifest of the extension offers is what the adapter accepts."""

import json

import pytest
from causeway_adapter.dap.live import injection
from causeway_adapter.dap.live.configuration import address_of, parse
from causeway_adapter.dap.properties import PROPERTIES, check, schema
from causeway_adapter.lsp.settings import SETTINGS, Settings
from causeway_core.errors import ProtocolError
from jsonschema import Draft7Validator

from docs.tools.extension import MANIFEST, with_value

GOOD = {
    "text": "x", "texts": ["x"], "text or texts": ["x"], "truth": True, "process": "12", "texts by name": {"A": "1", "B": None},
    "address": {"port": 5678}, "objects": [{}],
}  # fmt: skip


@pytest.mark.parametrize("one", PROPERTIES, ids=lambda one: one.name)
def test_the_schema_and_the_adapter_agree(one):
    good = one.choices[0] if one.choices else GOOD[one.kind]
    validator = Draft7Validator(one.schema)
    assert validator.is_valid(good) and one.check(good) is None
    for bad in (3.5, {"port": [1]}, [3], "la\0ser" if one.kind != "truth" else "yes"):
        with pytest.raises(ProtocolError):
            one.check(bad)
    assert not validator.is_valid(3.5)
    if one.default is not None:
        assert validator.is_valid(one.default) and one.check(one.default) is None


def test_the_manifest_offers_each_property_with_the_requests_that_have_it():
    (debugger,) = json.loads(MANIFEST.read_text())["contributes"]["debuggers"]
    for request in ("launch", "attach"):
        assert debugger["configurationAttributes"][request]["properties"] == schema(request)
    for snippet in debugger["configurationSnippets"]:
        body = json.loads(json.dumps(snippet["body"]).replace("^", "").replace('\\"', "").replace('"${1:5678}"', "5678"))
        check(body["request"], body)
        assert set(body) - {"type", "request", "name"} <= set(schema(body["request"]))


def test_settings_are_read_by_their_table():
    offered = json.loads(MANIFEST.read_text())["contributes"]["configuration"]["properties"]
    for one in SETTINGS:
        assert offered[f"causeway.{one.key}"]["default"] == one.default == getattr(Settings.read({}), one.attribute)
        other = not one.default if isinstance(one.default, bool) else {"hint": "likely", 5: 7}[one.default]
        assert getattr(Settings.read({one.key: other}), one.attribute) == other
        assert Settings.read({one.key: [other]}) == Settings()
    assert Settings.read({"recordings": {"limit": 0}}) == Settings.read({"diagnostics.minimumTier": "certain"}) == Settings()


def test_a_value_of_the_manifest_changes_and_nothing_else_does():
    text = '{\n  "a": { "b": 1, "c": {\n    "x": {} } },\n  "c": 2 }\n'
    assert with_value(text, (), "b", 5) == text.replace("1", "5")
    changed = with_value(text, ('"b"',), "c", {"y": {"type": "string"}, "z": {}})
    assert json.loads(changed) == {"a": {"b": 1, "c": {"y": {"type": "string"}, "z": {}}}, "c": 2}
    assert with_value(changed, ('"b"',), "c", {"y": {"type": "string"}, "z": {}}) == changed
    with pytest.raises(ValueError):
        with_value(text, (), "missing", 1)


def test_addresses(monkeypatch):
    monkeypatch.setattr(injection, "obstacle", lambda _process, prefers_lldb: None)  # whatever this machine has
    assert address_of({"connect": {"port": 5}}) == ("127.0.0.1", 5) and address_of({"host": "::1", "port": 6}) == ("::1", 6)
    assert address_of({"processId": "7"}) is None
    for bad in ({"connect": {"port": 0}}, {"connect": "x"}, {"port": "x"}, {"connect": {"host": 5, "port": 5}}, {"processId": "seven"}):
        with pytest.raises(ProtocolError, match="is not"):
            address_of(bad)


def test_the_python_that_other_extensions_name_is_taken(tmp_path):
    import sys

    (tmp_path / "x.py").write_text("")
    assert parse({"program": "x.py", "cwd": str(tmp_path), "pythonPath": sys.executable}).target.python == sys.executable
