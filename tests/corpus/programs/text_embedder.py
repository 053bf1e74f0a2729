"""An embedding function loads its tokenizer and its model at the first text."""

import threading
import time


def load_tokenizer():
    time.sleep(0.001)
    return str.split


def load_model():
    time.sleep(0.002)
    return lambda words: [len(word) for word in words]


class Embedding:
    def __init__(self):
        self.model = None
        self.tokenizer = None

    def _prepare(self):
        if self.model is None and self.tokenizer is None:
            self.tokenizer = load_tokenizer()
            self.model = load_model()

    def __call__(self, texts):
        self._prepare()
        return [self.model(self.tokenizer(text)) for text in texts]


class Collection:
    def __init__(self, embed):
        self.embed = embed
        self.rows = {}

    def add(self, key, text):
        [self.rows[key]] = self.embed([text])


def main():
    collection = Collection(Embedding())
    early = threading.Thread(target=collection.add, args=("a", "to be or not"))
    late = threading.Timer(0.1, collection.add, args=("b", "that is the question"))
    early.start()
    late.start()
    early.join()
    late.join()
    return sorted(collection.rows.items())
