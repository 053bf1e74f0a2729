"""A worker reports its load, which a thread of its own samples and averages."""

import threading
import time


def cpu_percent(interval):
    time.sleep(interval)  # the sample takes this long
    return 40.0


class LoadCalc:
    def __init__(self, samples):
        self._window = []
        self._samples = samples
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()
        self._lock = threading.Lock()

    def _sample(self):
        for _ in range(self._samples):
            percent = cpu_percent(0.002)
            with self._lock:
                self._window.append(percent / 100)

    def load(self):
        with self._lock:
            return sum(self._window) / len(self._window) if self._window else 0.0

    def join(self):
        self._thread.join()


def main():
    calc = LoadCalc(3)
    calc.join()
    assert abs(calc.load() - 0.4) < 1e-9, calc.load()
    return calc.load()


if __name__ == "__main__":
    print(main())
