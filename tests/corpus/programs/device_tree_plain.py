"""A device's text needs no lock, so logging it takes the handler's lock only."""

import logging
import threading


class Lines(logging.Handler):
    def __init__(self):
        super().__init__()
        self.lines = []

    def emit(self, record):
        self.lines.append(self.format(record))


class Tree:
    def __init__(self, logger):
        self.lock = threading.RLock()
        self.logger = logger
        self.devices = []

    def add(self, name):
        device = Device(self, name)
        with self.lock:
            self.devices.append(device)
            self.logger.info("added %d", len(self.devices))
        return device


class Device:
    def __init__(self, tree, name):
        self.tree = tree
        self.name = name

    def __str__(self):
        return f"device {self.name}"


def main():
    logger = logging.Logger("storage", logging.INFO)
    handler = Lines()
    logger.addHandler(handler)
    tree = Tree(logger)
    disk = tree.add("sda")
    threads = [
        threading.Thread(target=lambda: logger.info("using %s", disk)),
        threading.Thread(target=tree.add, args=("sdb",)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(handler.lines), [device.name for device in tree.devices]
