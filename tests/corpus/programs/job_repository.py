"""Jobs of a grid note their state changes in a registry, which is written to the repository now and then."""

import threading


class Registry:
    def __init__(self):
        self._lock = threading.RLock()
        self._dirty = {}
        self.stored = {}

    def mark_dirty(self, job):
        with self._lock:
            self._dirty[job.id] = job

    def flush(self):
        """Writes every job that was changed since the last time."""
        with self._lock:
            while self._dirty:
                _, job = self._dirty.popitem()
                self.stored[job.id] = job.serialise()


class Job:
    def __init__(self, registry, number, application):
        self._registry = registry
        self._lock = threading.RLock()
        self.id = number
        self._application = application
        self._status = "new"
        self._subjobs = 0

    def serialise(self):
        with self._lock:
            return {"application": self._application, "status": self._status, "subjobs": self._subjobs}

    def submit(self, subjobs):
        with self._lock:
            self._subjobs = subjobs
            self._status = "submitted"
            self._registry.mark_dirty(self)

    def complete(self):
        with self._lock:
            self._status = "completed"
            self._registry.mark_dirty(self)


def monitor(jobs):
    for job in jobs:
        job.complete()


def main():
    registry = Registry()
    jobs = [Job(registry, number, application) for number, application in enumerate(("DaVinci", "Gauss"))]
    for job in jobs:
        job.submit(subjobs=4)
    monitoring = threading.Thread(target=monitor, args=(jobs,))
    flushing = threading.Thread(target=registry.flush)
    monitoring.start()
    flushing.start()
    monitoring.join()
    flushing.join()
    registry.flush()
    return sorted(registry.stored.items())
