"""A weather radio's chip takes its commands from one thread; events may send commands until the radio is shut down."""

import queue
import threading
import time
from concurrent.futures import Future


class RadioOff(Exception):
    pass


class Radio:
    def __init__(self):
        self.registers = {}
        self._commands = queue.Queue()
        self._stopping = False
        self._thread = threading.Thread(target=self._command_loop, daemon=True)

    def power_up(self):
        self._thread.start()

    def set_property(self, name, value):
        if self._stopping:
            raise RadioOff(name)
        done = Future()
        self._commands.put((name, value, done))
        return done.result()

    def _command_loop(self):
        while not self._stopping:
            try:
                name, value, done = self._commands.get(timeout=0.01)
            except queue.Empty:
                continue
            self.registers[name] = value
            done.set_result(value)

    def shutdown(self):
        self._stopping = True
        self._thread.join()


class AlertWatch(threading.Thread):
    """Turns the sound on when an alert comes in."""

    def __init__(self, radio, comes):
        super().__init__(daemon=True)
        self.radio = radio
        self.comes = comes
        self.outcome = None

    def run(self):
        time.sleep(self.comes)
        try:
            self.outcome = self.radio.set_property("mute", False)
        except RadioOff:
            self.outcome = "off"


def main():
    radio = Radio()
    radio.power_up()
    alert = AlertWatch(radio, comes=0.01)
    alert.start()
    time.sleep(0.06)
    radio.shutdown()
    alert.join()
    return alert.outcome, radio.registers
