"""An embedding function loads its tokenizer and its model at the first text."""

import threading
import time
from functools import cached_property


def load_tokenizer():
    time.sleep(0.001)
    return str.split


def load_model():
    time.sleep(0.002)
    return lambda words: [len(word) for word in words]


class Embedding:
    @cached_property
    def tokenizer(self):
        return load_tokenizer()

    @cached_property
    def model(self):
        return load_model()

    def __call__(self, texts):
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
