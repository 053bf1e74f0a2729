"""The dashboard and the health server keep their settings in one JSON file; each loads it, changes a key and replaces the file."""

import json
import multiprocessing
import os
import tempfile
from pathlib import Path


def change(path, key, value):
    settings = json.loads(path.read_text())
    settings[key] = value
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.write_text(json.dumps(settings))
    os.replace(fresh, path)


def dashboard(path):
    change(path, "theme", "dark")


def health_server(path):
    probes = [json.dumps({"probe": number}) for number in range(2000)]
    change(path, "probes", len(probes))


def main():
    context = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "settings.json"
        path.write_text(json.dumps({"theme": "light", "probes": 0}))
        processes = [context.Process(target=target, args=(path,)) for target in (dashboard, health_server)]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        settings = json.loads(path.read_text())
    assert settings == {"theme": "dark", "probes": 2000}, settings
    return settings


if __name__ == "__main__":
    print(main())
