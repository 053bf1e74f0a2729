"""Responses of a package index are cached in two files, what is known of a body and the body; processes share the cache."""

import hashlib
import json
import multiprocessing
import os
import tempfile
import time
from pathlib import Path


def write_whole(path, data):
    scratch = f"{path}.{os.getpid()}"
    with open(scratch, "wb") as file:
        file.write(data)
    os.replace(scratch, path)


class SeparateBodyCache:
    def __init__(self, folder):
        self.folder = Path(folder)

    def _path(self, url, suffix):
        return self.folder / f"{hashlib.sha256(url.encode()).hexdigest()[:12]}{suffix}"

    def set(self, url, metadata, body):
        write_whole(self._path(url, ".body"), body)
        write_whole(self._path(url, ".meta"), json.dumps(metadata).encode())

    def get(self, url):
        try:
            metadata = json.loads(self._path(url, ".meta").read_bytes())
        except FileNotFoundError:
            return None
        try:
            body = self._path(url, ".body").read_bytes()
        except FileNotFoundError:
            body = b""
        return metadata, body


def fetch(url):
    return {"status": 200}, f"<a href='{url}/wheel'>".encode()


def install(folder, url, seen):
    cache = SeparateBodyCache(folder)
    cached = cache.get(url)
    if cached is None:
        cached = fetch(url)
        cache.set(url, *cached)
    metadata, body = cached
    seen.send((metadata["status"], len(body)))
    seen.close()


def main():
    context = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory() as folder:
        runs = []
        for _ in range(2):
            ours, theirs = context.Pipe(duplex=False)
            process = context.Process(target=install, args=(folder, "/simple/pip", theirs))
            process.start()
            theirs.close()
            runs.append((process, ours))
            time.sleep(0.2)
        results = []
        for process, ours in runs:
            results.append(ours.recv())
            process.join()
        return results
