"""A storage daemon logs about devices and works out their descriptions before it takes the log's lock."""

import threading


class LogHub:
    def __init__(self):
        self._emit_lock = threading.Lock()
        self.lines = []

    def write(self, template, *parts):
        text = template.format(*parts)
        with self._emit_lock:
            self.lines.append(text)


class DeviceTree:
    def __init__(self, log):
        self.lock = threading.RLock()
        self.log = log
        self.devices = {}

    def add(self, name, filesystem, size):
        device = Device(self, name, filesystem, size)
        with self.lock:
            self.devices[name] = device
        return device

    def resize(self, name, size):
        with self.lock:
            self.devices[name].size = size
            self.log.write("resized {}", name)


class Device:
    def __init__(self, tree, name, filesystem, size):
        self.tree = tree
        self.name = name
        self.filesystem = filesystem
        self.size = size

    def __format__(self, spec):
        with self.tree.lock:
            return f"{self.name} ({self.filesystem})"


def scan(device, log):
    log.write("scanned {}", device)


def main():
    log = LogHub()
    tree = DeviceTree(log)
    disk = tree.add("sda1", "ext4", 10)
    threads = [
        threading.Thread(target=scan, args=(disk, log)),
        threading.Thread(target=tree.resize, args=("sda1", 20)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(log.lines), disk.size
