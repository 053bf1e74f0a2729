"""A scheduler picks a worker with room for a model, books the memory at once and then fetches the weights."""

import threading
import time
from dataclasses import dataclass, field


@dataclass
class Worker:
    name: str
    free: int
    models: list = field(default_factory=list)


class WeightStore:
    SIZES = {"chat": 6, "draw": 7}

    def fetch(self, model):
        time.sleep(0.001)
        return self.SIZES[model]


class Cluster:
    def __init__(self, workers, store):
        self.workers = workers
        self.store = store
        self._lock = threading.Lock()

    def _roomiest(self, need):
        worker = max(self.workers, key=lambda worker: worker.free)
        return worker if worker.free >= need else None

    def place(self, model):
        size = WeightStore.SIZES[model]
        with self._lock:
            worker = self._roomiest(size)
            if worker is None:
                return None
            worker.free -= size
        try:
            self.store.fetch(model)
        except OSError:
            with self._lock:
                worker.free += size
            raise
        with self._lock:
            worker.models.append(model)
        return worker.name


def request(cluster, after, model, places):
    time.sleep(after)
    places[model] = cluster.place(model)


def main():
    cluster, places = Cluster([Worker("gpu-0", 8), Worker("gpu-1", 2)], WeightStore()), {}
    threads = [
        threading.Thread(target=request, args=(cluster, 0, "chat", places)),
        threading.Thread(target=request, args=(cluster, 0.15, "draw", places)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [(worker.name, worker.free, worker.models) for worker in cluster.workers], sorted(places.items(), key=str)
