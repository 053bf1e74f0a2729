"""A channel to a loudspeaker: replies carry the number of their request and go to the callback kept for it."""

import queue
import threading
import time
from itertools import count


class Speaker(threading.Thread):
    """The device: answers every message, after a moment."""

    def __init__(self):
        super().__init__(name="speaker")
        self.inbox = queue.Queue()
        self.on_reply = None

    def run(self):
        for number, message in iter(self.inbox.get, None):
            time.sleep(0.003)
            self.on_reply(number, f"{message} ok")


class Channel:
    def __init__(self, speaker):
        self.speaker = speaker
        self.callbacks = {}
        self.unasked = 0
        self._numbers = count(1)
        speaker.on_reply = self.received

    def send(self, message, callback=None):
        number = next(self._numbers)
        self.speaker.inbox.put((number, message))
        if callback is not None:
            self.callbacks[number] = callback

    def received(self, number, reply):
        callback = self.callbacks.pop(number, None)
        if callback is None:
            self.unasked += 1
        else:
            callback(reply)


def main():
    speaker = Speaker()
    channel = Channel(speaker)
    heard = []
    speaker.start()
    for message in ("volume 3", "play"):
        channel.send(message, heard.append)
    speaker.inbox.put(None)
    speaker.join()
    return heard, channel.unasked, list(channel.callbacks)
