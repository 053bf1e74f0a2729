"""A server has monitors, each with its thread: the bus stops them, and so does a reload of the site.

After https://github.com/cherrypy/cherrypy/issues/1400
"""

import threading
import time


class Monitor:
    def __init__(self, callback, interval):
        self.callback, self.interval = callback, interval
        self.thread = None
        self._quit = threading.Event()

    def start(self):
        if self.thread is None:
            self._quit.clear()
            self.thread = threading.Thread(target=self._run, name="monitor")
            self.thread.start()

    def _run(self):
        while not self._quit.wait(self.interval):
            self.callback()

    def stop(self, log):
        if self.thread is None:
            log.append("no thread")
            return
        if self.thread is not threading.current_thread():
            self._quit.set()
            self.thread.join()
            log.append(f"stopped {self.thread.name}")
        self.thread = None


def stop_later(monitor, log, after):
    time.sleep(after)
    try:
        monitor.stop(log)
    except AttributeError as error:
        log.append(str(error))


def main():
    seen, log = [], []
    monitor = Monitor(lambda: seen.append("tick"), 0.02)
    monitor.start()
    stoppers = [threading.Thread(target=stop_later, args=(monitor, log, after)) for after in (0.05, 0.25)]
    for stopper in stoppers:
        stopper.start()
    for stopper in stoppers:
        stopper.join()
    return log


if __name__ == "__main__":
    assert main() == ["stopped monitor", "no thread"]
