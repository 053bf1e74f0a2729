"""A debugger talks to its target in JSON messages; the channel's thread hands each response to the request it answers."""

import json
import queue
import threading
import time


class Request:
    def __init__(self, channel, seq):
        self.channel = channel
        self.seq = seq
        self.body = None
        self._answered = threading.Event()

    def answer(self, body):
        self.body = body
        self._answered.set()

    def wait(self, seconds=2):
        if not self._answered.wait(seconds):
            raise TimeoutError(f"no response to {self.seq}")
        return self.body


class Channel:
    def __init__(self, outgoing, incoming):
        self._outgoing = outgoing
        self._incoming = incoming
        self._lock = threading.Lock()
        self._seq = 0
        self._requests = {}
        self.unknown = []
        self._worker = threading.Thread(target=self._read, daemon=True)
        self._worker.start()

    def _send_message(self, kind, body):
        with self._lock:
            self._seq += 1
            seq = self._seq
            self._outgoing.put(json.dumps({"seq": seq, "type": kind, **body}))
        return seq

    def send_request(self, command):
        seq = self._send_message("request", {"command": command})
        request = Request(self, seq)
        with self._lock:
            self._requests[seq] = request
        return request

    def _read(self):
        while (line := self._incoming.get()) is not None:
            message = json.loads(line)
            with self._lock:
                request = self._requests.pop(message["request_seq"], None)
            if request is None:
                self.unknown.append(message["request_seq"])
            else:
                request.answer(message["body"])

    def close(self):
        self._incoming.put(None)
        self._worker.join()


def target(requests, responses):
    while (line := requests.get()) is not None:
        message = json.loads(line)
        time.sleep(0.005)
        responses.put(json.dumps({"request_seq": message["seq"], "body": message["command"].upper()}))


def main():
    requests, responses = queue.Queue(), queue.Queue()
    debuggee = threading.Thread(target=target, args=(requests, responses), daemon=True)
    debuggee.start()
    channel = Channel(requests, responses)
    bodies = [channel.send_request(command).wait() for command in ("attach", "threads")]
    requests.put(None)
    debuggee.join()
    channel.close()
    return bodies, channel.unknown
