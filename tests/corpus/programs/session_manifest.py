"""Scientists download recordings into a shared folder; a manifest there lists the files with their hashes.

After https://github.com/AllenInstitute/AllenSDK/pull/2237
"""

import hashlib
import json
import multiprocessing
import os
import tempfile
import time
from pathlib import Path


class CloudCache:
    def __init__(self, folder):
        self._folder = Path(folder)
        self._manifest = self._folder / "_downloaded_data.json"

    def downloaded(self):
        if not self._manifest.exists():
            return {}
        return json.loads(self._manifest.read_text())

    def _update_list_of_downloads(self, name, digest):
        listed = self.downloaded()
        if listed.get(name) == digest:
            return
        listed[name] = digest
        temporary = self._folder / f"{self._manifest.name}.{os.getpid()}"
        temporary.write_text(json.dumps(listed))
        os.replace(temporary, self._manifest)

    def download(self, name):
        data = f"spikes of {name}".encode()
        (self._folder / name).write_bytes(data)
        self._update_list_of_downloads(name, hashlib.sha256(data).hexdigest())


def analyse(folder, names, after):
    time.sleep(after)
    cache = CloudCache(folder)
    for name in names:
        cache.download(name)


def main():
    context = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory() as folder:
        jobs = [
            context.Process(target=analyse, args=(folder, ["session-1.nwb", "session-2.nwb"], 0.0)),
            context.Process(target=analyse, args=(folder, ["session-3.nwb"], 0.15)),
        ]
        for job in jobs:
            job.start()
        for job in jobs:
            job.join()
        files = sorted(path.name for path in Path(folder).glob("*.nwb"))
        return files, sorted(CloudCache(folder).downloaded())


if __name__ == "__main__":
    files, listed = main()
    assert files == listed
