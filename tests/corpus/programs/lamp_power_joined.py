"""A microscope's panel: an updater asks every lamp for its power through an executor, until the panel is closed.

After https://github.com/microscope-cockpit/cockpit/issues/726
"""

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor

logger = logging.getLogger("cockpit")


class Lamp:
    def __init__(self, name, power):
        self.name = name
        self._power = power

    def get_power(self):
        time.sleep(0.01)
        return self._power


class PowerHandler:
    def __init__(self, lamp):
        self.lamp = lamp
        self.last_power = None

    def received(self, future):
        self.last_power = future.result()


class LampPanel:
    def __init__(self, lamps, interval):
        self.handlers = [PowerHandler(lamp) for lamp in lamps]
        self.interval = interval
        self.rounds = 0
        self._running = False
        self._executor = ThreadPoolExecutor(max_workers=2, thread_name_prefix="power")
        self._updater = threading.Thread(target=self._update, name="updater", daemon=True)

    def open(self):
        self._running = True
        self._updater.start()

    def _update(self):
        while self._running:
            self._query_all()
            time.sleep(self.interval)

    def _query_all(self):
        queries = []
        for handler in self.handlers:
            query = self._executor.submit(handler.lamp.get_power)
            query.add_done_callback(handler.received)
            queries.append(query)
        for query in queries:
            query.result()
        self.rounds += 1
        logger.debug("round %d", self.rounds)

    def close(self):
        self._running = False
        self._updater.join()
        self._executor.shutdown()


def main():
    panel = LampPanel([Lamp("488", 20), Lamp("561", 35)], 0.12)
    panel.open()
    time.sleep(0.2)
    panel.close()
    return {handler.lamp.name: handler.last_power for handler in panel.handlers}


if __name__ == "__main__":
    assert main() == {"488": 20, "561": 35}
