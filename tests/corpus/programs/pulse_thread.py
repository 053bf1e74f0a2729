"""A thread class starts itself when it is made; the class made of it sets its own fields afterwards."""

import threading
import time


class Service(threading.Thread):
    def __init__(self, name):
        super().__init__(name=name)
        self.beats = 0
        self.start()

    def run(self):
        self.setup()
        self.beat()

    def setup(self):
        time.sleep(0.03)


class Pulse(Service):
    def __init__(self, name, step):
        super().__init__(name)
        self.step = step

    def beat(self):
        self.beats += self.step


def main():
    pulse = Pulse("pulse", 2)
    pulse.join()
    return pulse.beats
