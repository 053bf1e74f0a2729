"""Notes on the sections of a document, kept in one index file to which several annotating processes add."""

import json
import multiprocessing
import os
import tempfile
import time


class SectionIndex:
    def __init__(self, path):
        self.path = path

    def load(self):
        if not os.path.exists(self.path):
            return {}
        with open(self.path, encoding="utf-8") as file:
            return json.load(file)

    def save(self, index):
        """Readers never see half a file."""
        partial = f"{self.path}.{os.getpid()}"
        with open(partial, "w", encoding="utf-8") as file:
            json.dump(index, file)
        os.replace(partial, self.path)


def annotate(path, notes, pause):
    time.sleep(pause)
    store = SectionIndex(path)
    for section, note in notes.items():
        index = store.load()
        index[section] = note
        store.save(index)


def main():
    context = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "sections.json")
        jobs = [({"1": "intro", "2": "terms"}, 0), ({"3": "proof"}, 0.1)]
        workers = [context.Process(target=annotate, args=(path, notes, pause)) for notes, pause in jobs]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        return SectionIndex(path).load()
