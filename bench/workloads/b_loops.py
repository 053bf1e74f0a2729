"""(b) Loop-heavy: local, attribute and item updates."""

from timing import measured


class Counter:
    def __init__(self):
        self.total = 0
        self.peak = 0


def primes(limit):
    sieve = [True] * (limit + 1)
    found = 0
    for i in range(2, limit + 1):
        if sieve[i]:
            found += 1
            j = i * i
            while j <= limit:
                sieve[j] = False
                j += i
    return found


def collatz(limit):
    best = 0
    for start in range(1, limit):
        n = start
        steps = 0
        while n != 1:
            if n % 2:
                n = 3 * n + 1
            else:
                n //= 2
            steps += 1
        if steps > best:
            best = steps
    return best


def tally(rounds):
    counter = Counter()
    buckets = {}
    for i in range(rounds):
        key = i % 97
        counter.total += key
        if key > counter.peak:
            counter.peak = key
        buckets[key] = buckets.get(key, 0) + 1
    return counter.total, len(buckets)


def matrix(n):
    a = [[i * j % 7 for j in range(n)] for i in range(n)]
    b = [[(i + j) % 5 for j in range(n)] for i in range(n)]
    c = [[0] * n for _ in range(n)]
    for i in range(n):
        for j in range(n):
            total = 0
            for k in range(n):
                total += a[i][k] * b[k][j]
            c[i][j] = total
    return c[n - 1][n - 1]


def main():
    return primes(500_000), collatz(12_000), tally(500_000), matrix(110)


if __name__ == "__main__":
    with measured():
        main()
