"""Singers copy the part that the conductor hands out: each rehearses once all parts lie ready."""

import threading
import time


class Rehearsal:
    def __init__(self, voices):
        self.voices = voices
        self.parts = {}
        self.ready = threading.Event()
        self._lock = threading.Lock()
        self.bars = 0

    def hand_out(self):
        for number, voice in enumerate(self.voices, 1):
            self.parts[voice] = [number] * 4
            time.sleep(0.005)
        self.ready.set()

    def sing(self, voice):
        self.ready.wait()
        part = self.parts[voice]
        for bar in part:
            with self._lock:
                self.bars += bar
        self.parts[voice] = None


def main():
    rehearsal = Rehearsal(["alto", "bass", "tenor"])
    singers = [threading.Thread(target=rehearsal.sing, args=(voice,)) for voice in rehearsal.voices]
    for singer in singers:
        singer.start()
    rehearsal.hand_out()
    for singer in singers:
        singer.join()
    return rehearsal.bars, rehearsal.parts


if __name__ == "__main__":
    print(main())
