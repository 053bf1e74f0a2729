"""Tasks of an executor count words in one dictionary."""

from concurrent.futures import ThreadPoolExecutor

TEXTS = ("to be or not to be", "to do is to be", "do be do be do")


def count(text, counts):
    for word in text.split():
        counts[word] = counts.get(word, 0) + 1


def main():
    counts = {}
    with ThreadPoolExecutor(3) as executor:
        for future in [executor.submit(count, text, counts) for text in TEXTS]:
            future.result()
    return sorted(counts.items())
