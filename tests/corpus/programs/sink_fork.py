"""A service logs to a file, from its threads one line at a time, and from the processes that it starts."""

import multiprocessing
import os
import tempfile
import threading
import time


class Handler:
    """Writes lines to a sink; a lock keeps the lines of threads apart."""

    def __init__(self, sink):
        self._sink = sink
        self._lock = threading.Lock()

    def emit(self, message):
        with self._lock:
            self._sink(f"{message}\n")


class Logger:
    def __init__(self):
        self._handlers = []

    def add(self, sink):
        self._handlers.append(Handler(sink))

    def info(self, message):
        for handler in self._handlers:
            handler.emit(message)


def append_to(path):
    def sink(line):
        with open(path, "a") as file:
            file.write(line)

    return sink


def pump(logger, stop):
    logger.info("pump on")
    stop.wait()
    logger.info("pump off")


def worker(logger):
    logger.info("worker")


def main():
    descriptor, path = tempfile.mkstemp()
    os.close(descriptor)
    logger = Logger()
    logger.add(append_to(path))
    stop = threading.Event()
    thread = threading.Thread(target=pump, args=(logger, stop))
    thread.start()
    time.sleep(0.1)
    process = multiprocessing.get_context("fork").Process(target=worker, args=(logger,))
    process.start()
    process.join()
    stop.set()
    thread.join()
    with open(path) as file:
        lines = file.read().split("\n")
    os.unlink(path)
    return sorted(filter(None, lines))
