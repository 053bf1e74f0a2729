"""Layers of a dataset are written by processes, and each adds its layer to the properties of the dataset.

After https://github.com/scalableminds/webknossos-libs/issues/908
"""

import fcntl
import json
import multiprocessing
import os
import tempfile
import time
from pathlib import Path


class Dataset:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.properties = self.folder / "datasource-properties.json"

    @classmethod
    def create(cls, folder):
        dataset = cls(folder)
        dataset.save({"name": "cortex", "layers": []})
        return dataset

    def load(self):
        return json.loads(self.properties.read_text())

    def save(self, properties):
        new = self.folder / f"properties.{os.getpid()}"
        new.write_text(json.dumps(properties))
        new.replace(self.properties)

    def add_layer(self, name, slices):
        (self.folder / f"{name}.raw").write_bytes(bytes(slices))
        with open(self.folder / "properties.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            properties = self.load()
            properties["layers"].append({"name": name, "depth": slices})
            self.save(properties)


def convert(folder, name, after):
    time.sleep(after)
    Dataset(folder).add_layer(name, 16)


def main():
    context = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory() as folder:
        dataset = Dataset.create(folder)
        jobs = [
            context.Process(target=convert, args=(folder, name, after))
            for name, after in (("color", 0.0), ("segmentation", 0.15))
        ]
        for job in jobs:
            job.start()
        for job in jobs:
            job.join()
        return sorted(layer["name"] for layer in dataset.load()["layers"])


if __name__ == "__main__":
    assert main() == ["color", "segmentation"]
