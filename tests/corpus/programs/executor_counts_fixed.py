"""Every task counts for itself, and the results are added up by one."""

from concurrent.futures import ThreadPoolExecutor

TEXTS = ("to be or not to be", "to do is to be", "do be do be do")


def count(text):
    counts = {}
    for word in text.split():
        counts[word] = counts.get(word, 0) + 1
    return counts


def main():
    counts = {}
    with ThreadPoolExecutor(3) as executor:
        for future in [executor.submit(count, text) for text in TEXTS]:
            for word, number in future.result().items():
                counts[word] = counts.get(word, 0) + number
    return sorted(counts.items())
