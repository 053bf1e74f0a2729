"""Testbed servers are recovered side by side; the script looks in turn at who is done and who has failed.

After https://github.com/sonic-net/sonic-mgmt/pull/4205
"""

import threading
import time


class InterruptableThread(threading.Thread):
    """A thread that hands an exception of its target to whoever joins it."""

    def run(self):
        self._e = None
        try:
            super().run()
        except Exception as error:
            self._e = error

    def join(self, timeout=None):
        super().join(timeout=timeout)
        if self._e:
            raise self._e


class Testbed:
    def __init__(self, name, minutes):
        self.name = name
        self.minutes = minutes
        self.steps = []

    def recover(self):
        for step in ("stop_vms", "start_vms", "deploy"):
            time.sleep(self.minutes / 100)
            self.steps.append(step)


def join_all(threads, poll=0.03):
    alive = list(threads)
    while alive:
        time.sleep(poll)
        for thread in list(alive):
            thread.join(timeout=0)
            if not thread.is_alive():
                alive.remove(thread)


def do_jobs(testbeds):
    threads = [InterruptableThread(target=testbed.recover, name=testbed.name, daemon=True) for testbed in testbeds]
    for thread in threads:
        thread.start()
    join_all(threads)


def main():
    testbeds = [Testbed("vms-t0", 2), Testbed("vms-t1", 4)]
    do_jobs(testbeds)
    return {testbed.name: len(testbed.steps) for testbed in testbeds}


if __name__ == "__main__":
    print(main())
