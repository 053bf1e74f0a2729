"""Schemas are generated in parallel; what the probe service answered is kept in a folder for the others.

After https://github.com/mozilla/mozilla-schema-generator/pull/210
"""

import json
import multiprocessing
import tempfile
import time
from pathlib import Path

PROBES = {"/glean/fenix/metrics": {"events.total": "counter", "search.engine": "string"}}


class GenericPing:
    def __init__(self, cache_dir):
        self.cache_dir = Path(cache_dir)

    def _slugify(self, url):
        return url.strip("/").replace("/", "-") + ".json"

    def _present_in_cache(self, url):
        return (self.cache_dir / self._slugify(url)).exists()

    def _add_to_cache(self, url, value):
        self.cache_dir.mkdir(parents=True, exist_ok=True)
        with open(self.cache_dir / self._slugify(url), "w") as cache_file:
            json.dump(value, cache_file)

    def _retrieve_from_cache(self, url):
        return json.loads((self.cache_dir / self._slugify(url)).read_text())

    def get_json(self, url):
        if self._present_in_cache(url):
            return self._retrieve_from_cache(url)
        answer = PROBES[url]
        self._add_to_cache(url, answer)
        return answer


def generate(cache_dir, url, after, results):
    time.sleep(after)
    try:
        results.put(sorted(GenericPing(cache_dir).get_json(url)))
    except json.JSONDecodeError as error:
        results.put([f"bad cache: {error}"])


def main():
    context = multiprocessing.get_context("fork")
    results = context.SimpleQueue()
    with tempfile.TemporaryDirectory() as folder:
        cache_dir = Path(folder, "probes")
        jobs = [
            context.Process(target=generate, args=(cache_dir, "/glean/fenix/metrics", after, results))
            for after in (0.0, 0.15)
        ]
        for job in jobs:
            job.start()
        for job in jobs:
            job.join()
        return [results.get() for _ in jobs]


if __name__ == "__main__":
    first, second = main()
    assert first == second
