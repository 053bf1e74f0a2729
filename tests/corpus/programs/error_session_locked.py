"""Build threads record errors in one session; a summary is taken under its lock."""

import threading
import time
from collections import Counter


class ErrorSession:
    """The errors of one build; safe to be used by several threads."""

    def __init__(self):
        self._lock = threading.Lock()
        self._by_code = Counter()
        self._by_file = {}
        self._total = 0

    def record(self, code, path):
        with self._lock:
            self._total += 1
            self._by_file.setdefault(path, []).append(code)
            self._by_code[code] += 1

    def get_summary(self):
        with self._lock:
            return {
                "total": self._total,
                "codes": dict(self._by_code),
                "files": len(self._by_file),
            }

    def clear(self):
        with self._lock:
            self._by_code.clear()
            self._by_file.clear()
            self._total = 0


class Builder(threading.Thread):
    def __init__(self, session, pages):
        super().__init__()
        self.session = session
        self.pages = pages

    def run(self):
        for page, code in self.pages:
            time.sleep(0.01)
            self.session.record(code, page)


def torn(summary):
    return summary["total"] != sum(summary["codes"].values())


def main():
    session = ErrorSession()
    builder = Builder(session, [("index.md", "R001"), ("about.md", "T004"), ("blog.md", "R001")])
    builder.start()
    time.sleep(0.005)
    odd = []
    for _ in range(3):
        summary = session.get_summary()
        if torn(summary):
            odd.append(summary)
        time.sleep(0.01)
    builder.join()
    return odd, session.get_summary()
