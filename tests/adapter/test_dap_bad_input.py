"""Malformed messages, wrong files and wrong order of requests: an error reply with the next step, and the conversation goes on."""

import sqlite3

import pytest

from tests.adapter.client import Client


def error_of(response):
    assert not response["success"]
    return response["body"]["error"]["format"]


@pytest.mark.parametrize("command", ["threads", "stackTrace", "next", "stepBack", "evaluate", "configurationDone"])
def test_requests_before_a_recording_is_open(command):
    with Client() as client:
        assert "before initialize" in error_of(client.ask(command, threadId=1, expression="x"))
        client.request("initialize", adapterID="causeway")
        if command != "threads":
            assert "before a recording is open" in error_of(client.ask(command, threadId=1, expression="x"))


@pytest.mark.parametrize("make, expected", [
    (lambda path: None, "no recording at"),
    (lambda path: path.write_bytes(b""), "not a Causeway recording"),
    (lambda path: path.write_bytes(b"hello" * 100), "not a Causeway recording"),
    (lambda path: sqlite3.connect(path).execute("create table notes (x)").connection.commit(), "not a Causeway recording"),
    (lambda path: path.mkdir(), "folder"),
])  # fmt: skip
def test_what_is_not_a_recording(tmp_path, make, expected):
    path = tmp_path / "run.causeway"
    make(path)
    with Client() as client:
        client.request("initialize", adapterID="causeway")
        assert expected in error_of(client.ask("attach", recording=str(path)))


def test_missing_and_unknown_arguments(lost_update):
    with Client() as client:
        client.request("initialize", adapterID="causeway")
        assert "recording" in error_of(client.ask("attach"))
        assert "F99" in error_of(client.ask("attach", recording=str(lost_update.path), at="F99"))
        client.request("attach", recording=str(lost_update.path))
        client.event("initialized")
        client.request("configurationDone")
        client.event("stopped")
        assert "malformed" in error_of(client.ask("stackTrace"))
        assert "no thread" in error_of(client.ask("stackTrace", threadId=4711))
        assert "no frame" in error_of(client.ask("scopes", frameId=4711))
        assert "past cannot be changed" in error_of(client.ask("setVariable", variablesReference=1, name="x", value="1"))
        assert "unknown request" in error_of(client.ask("frobnicate"))
        assert "filter" in error_of(client.ask("setExceptionBreakpoints", filters=["nonsense"]))


def test_a_body_that_is_not_json_does_not_end_the_conversation():
    with Client() as client:
        client.send_raw(b"Content-Length: 9\r\n\r\n{not json")
        assert "not JSON" in client.event("output")["output"]
        assert client.request("initialize", adapterID="causeway")["supportsStepBack"]


@pytest.mark.parametrize("garbage", [
    b"Content-Length: -5\r\n\r\n", b"Content-Length: 99999999999\r\n\r\n", b"no header at all\r\n\r\n", b"Content-Length: 20\r\n\r\n{}",
])  # fmt: skip
def test_lost_framing_ends_the_conversation_quietly(garbage):
    client = Client()
    client.send_raw(garbage)
    client.process.stdin.close()
    assert client.process.wait(200) == 0
    client.process.stdout.close()


def test_what_cannot_be_evaluated_is_said_where_it_was_asked_and_not_in_a_box(lost_update):
    with Client() as client:
        client.attach(lost_update.path, at="F1")
        answer = client.ask("evaluate", expression="no_such_name", context="hover")
        assert not answer["success"] and answer["body"]["error"]["showUser"] is False
        assert client.ask("goto", threadId=1, targetId=99)["body"]["error"]["showUser"] is True
