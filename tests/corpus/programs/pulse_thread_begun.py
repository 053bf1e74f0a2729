"""A thread is made, then started by who made it, when all its fields are set."""

import threading
import time


class Service(threading.Thread):
    def __init__(self, name):
        super().__init__(name=name)
        self.beats = 0

    @classmethod
    def begin(cls, *args):
        service = cls(*args)
        service.start()
        return service

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
    pulse = Pulse.begin("pulse", 2)
    pulse.join()
    return pulse.beats
