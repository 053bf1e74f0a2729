"""Requests share an embedding model: its snapshot is staged under a lock and the model is built behind it."""

import threading


class Stager:
    def __init__(self):
        self.staged = []

    def stage(self, name):
        folder = f"/cache/{name}@{len(self.staged) + 1}"
        self.staged.append(folder)
        return folder


class TextModel:
    def __init__(self, folder):
        self.folder = folder
        self.vocabulary = {word: number for number, word in enumerate(("tea", "milk", "sugar"))}

    def encode(self, text):
        return [self.vocabulary.get(word, -1) for word in text.split()]


class EmbeddingManager:
    def __init__(self, name, stager):
        self.name = name
        self.stager = stager
        self._lock = threading.Lock()
        self._model = None

    @property
    def model(self):
        if self._model is not None:
            return self._model
        with self._lock:
            if self._model is not None:
                return self._model
            folder = self.stager.stage(self.name)
        self._model = TextModel(folder)
        return self._model

    def embed(self, text):
        return self.model.encode(text)


def main():
    manager = EmbeddingManager("mini", Stager())
    vectors = {}

    def serve(text):
        vectors[text] = manager.embed(text)

    requests = [threading.Thread(target=serve, args=(text,)) for text in ("tea milk", "sugar rum")]
    for request in requests:
        request.start()
    for request in requests:
        request.join()
    return sorted(vectors.items()), manager.stager.staged
