"""Trials of a search keep the best score and its settings, compared and stored in separate steps."""

import math
from concurrent.futures import ThreadPoolExecutor


class Search:
    def __init__(self):
        self.best_score = -math.inf
        self.best_settings = None
        self.tried = []

    def score(self, settings):
        return 10 - (settings["depth"] - 4) ** 2

    def describe(self, settings):
        return ", ".join(f"{key}={value}" for key, value in settings.items())

    def trial(self, depth):
        settings = {"depth": depth}
        score = self.score(settings)
        self.tried.append(depth)
        if score > self.best_score:
            text = self.describe(settings)
            self.best_score = score
            self.best_settings = text


def main():
    search = Search()
    with ThreadPoolExecutor(max_workers=2) as pool:
        list(pool.map(search.trial, [2, 4, 5]))
    return search.best_score, search.best_settings, sorted(search.tried)
