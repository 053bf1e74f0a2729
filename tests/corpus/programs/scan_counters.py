"""Scans of headers are counted by pattern, and charged to a budget; a report of the counts may be asked for at any time."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor


class _ScanCounters:
    def __init__(self):
        self.scans = 0
        self.by_pattern = {}

    def record(self, pattern, cost):
        with _COUNTERS_LOCK:
            self.scans += 1
            self.by_pattern[pattern] = self.by_pattern.get(pattern, 0) + cost


_COUNTERS_LOCK = threading.Lock()
_COUNTERS = _ScanCounters()


def header_scan_statistics():
    charged = 0
    for cost in _COUNTERS.by_pattern.values():
        charged += cost
    return {"scans": _COUNTERS.scans, "patterns": len(_COUNTERS.by_pattern), "charged": charged}


def reset_header_scan_statistics():
    global _COUNTERS
    _COUNTERS = _ScanCounters()


def scan_header(path, patterns):
    for pattern in patterns:
        time.sleep(0.01)
        _COUNTERS.record(f"{path}:{pattern}", len(pattern))
    return path


def main():
    reset_header_scan_statistics()
    with ThreadPoolExecutor(2, thread_name_prefix="scan") as pool:
        scans = [
            pool.submit(scan_header, "api.h", ("struct", "enum")),
            pool.submit(scan_header, "abi.h", ("union", "typedef")),
        ]
        time.sleep(0.1)
        report = header_scan_statistics()
        for scan in scans:
            scan.result()
    return report
