"""Trials of a search return their scores; the one who asked keeps the best."""

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
        return depth, score, self.describe(settings)

    def keep(self, depth, score, text):
        self.tried.append(depth)
        if score > self.best_score:
            self.best_score = score
            self.best_settings = text


def main():
    search = Search()
    with ThreadPoolExecutor(max_workers=2) as pool:
        for result in pool.map(search.trial, [2, 4, 5]):
            search.keep(*result)
    return search.best_score, search.best_settings, sorted(search.tried)
