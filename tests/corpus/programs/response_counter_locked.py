"""A run pages through an API with a pool of threads and counts, under a lock, the responses its hook is shown."""

import threading
from concurrent.futures import ThreadPoolExecutor


class Metrics:
    def __init__(self):
        self.responses = 0
        self._lock = threading.Lock()

    def record(self, response):
        with self._lock:
            self.responses += 1


class Client:
    def __init__(self, hooks):
        self._hooks = hooks

    def page(self, number):
        response = {"page": number, "rows": [f"host-{number}-{row}" for row in range(10)]}
        for hook in self._hooks:
            hook(response)
        return response["rows"]


def main():
    metrics = Metrics()
    client = Client([metrics.record])
    with ThreadPoolExecutor(max_workers=4) as pool:
        hosts = [host for rows in pool.map(client.page, range(8)) for host in rows]
    assert len(hosts) == 80
    assert metrics.responses == 8, f"{metrics.responses} responses counted"
    return metrics.responses


if __name__ == "__main__":
    print(main())
