"""A pool maps a pure function; only the results are shared."""

from concurrent.futures import ThreadPoolExecutor


def square(number):
    return number * number


def main():
    results = {}
    with ThreadPoolExecutor(2) as pool:
        for number, value in zip(range(4), pool.map(square, range(4))):
            results[number] = value
    return results
