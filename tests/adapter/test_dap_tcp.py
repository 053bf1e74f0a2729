"""The adapter on a TCP port: a token, two clients at once, one that goes away in the middle."""

import json
import re
import socket
import subprocess
from contextlib import contextmanager

from causeway_adapter.dap.connection import Connection, encode

from tests.adapter.client import CAUSEWAY, assert_valid


@contextmanager
def serving(*words):
    process = subprocess.Popen([str(CAUSEWAY), "dap", "--port", "0", *words], stdout=subprocess.PIPE, text=True)
    try:
        yield int(re.fullmatch(r"listening on 127\.0\.0\.1:(\d+)\n", process.stdout.readline())[1])
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


class Remote:
    """A client over TCP."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=240)
        self.stream = self.socket.makefile("rwb")
        self._connection = Connection(self.stream, self.stream)
        self._seq = 0

    def ask(self, command, **arguments):
        self._seq += 1
        self.stream.write(encode({"seq": self._seq, "type": "request", "command": command, "arguments": arguments}))
        self.stream.flush()
        while True:
            message = self._connection.receive()
            assert_valid(message)
            if message["type"] == "response":
                return message

    def attach(self, recording, **more):
        self.ask("initialize", adapterID="causeway")
        return self.ask("attach", recording=str(recording), **more)

    def close(self):
        self.stream.close()
        self.socket.close()


def test_only_the_token_opens_a_recording(lost_update):
    with serving("--token", "geheim ü") as port:
        for wrong in ({}, {"token": "guess"}, {"token": 5}, {"token": ""}):
            remote = Remote(port)
            refused = remote.attach(lost_update.path, **wrong)
            assert not refused["success"] and "token" in refused["message"] and "geheim" not in json.dumps(refused)
            remote.close()
        remote = Remote(port)
        assert remote.attach(lost_update.path, token="geheim ü")["success"]
        remote.close()


def test_two_clients_travel_apart_and_one_may_vanish(lost_update):
    with serving() as port:
        first, second = Remote(port), Remote(port)
        assert first.attach(lost_update.path, at="F1")["success"] and second.attach(lost_update.path, at="start")["success"]
        for remote in (first, second):
            assert remote.ask("configurationDone")["success"]
        lines = []
        for remote in (first, second):
            thread = remote.ask("threads")["body"]["threads"][0]["id"]
            lines.append(remote.ask("stackTrace", threadId=thread, levels=1)["body"]["stackFrames"][0]["line"])
        assert lines[0] == lost_update.line("write") and lines[1] != lines[0]
        first.stream.write(b"Content-Length: 500\r\n\r\n{")
        first.stream.flush()
        first.close()
        assert second.ask("threads")["success"] and second.ask("disconnect")["success"]
        second.close()
        third = Remote(port)
        assert third.attach(lost_update.path)["success"]
        third.close()
