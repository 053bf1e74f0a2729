import math

COUNT = 0
NAMES = ["a", "b"]


class Stack:
    limit = 3

    def __init__(self):
        self.items = []
        self.seen = {}

    def push(self, value):
        if len(self.items) >= self.limit:
            raise OverflowError(f"no room for {value}")
        self.items.append(value)
        self.seen[value] = self.seen.get(value, 0) + 1
        return len(self.items)


def fact(n):
    if n <= 1:
        return 1
    rest = fact(n - 1)
    result = n * rest
    return result


def squares(limit):
    total = 0
    for i in range(limit):
        total += i * i
        yield total
    total = -1


def use_squares():
    found = []
    for square in squares(4):
        found.append(square)
    last = found[-1]
    return last


def counter(start):
    value = start

    def step(by=1):
        nonlocal value
        value = value + by
        return value

    step()
    step(5)
    after = value
    return after


def raising(depth):
    local = depth * 2
    if depth == 0:
        raise ValueError("bottom")
    raising(depth - 1)
    return local


def catching():
    stack = Stack()
    caught = None
    try:
        for n in range(5):
            stack.push(n)
    except OverflowError as error:
        caught = str(error)
    finally:
        done = True
    try:
        raising(3)
    except ValueError:
        pass
    return caught, done, len(stack.items)


def containers():
    items = [3, 1, 2]
    items.append(4)
    items[0] = 30
    items.sort()
    items.insert(1, 9)
    items.pop()
    del items[0]
    table = {"a": 1}
    table["b"] = items
    table.pop("a")
    table.setdefault("c", 5)
    table.update({"d": 6})
    group = {1, 2}
    group.add(3)
    group.discard(1)
    pair = (items, "x")
    text = "é" * 3
    big = 2**70
    return len(items) + len(table) + len(group) + len(pair) + len(text) + big % 7


def loop():
    global COUNT
    total = 0
    n = 0
    while n < 300:
        n += 1
        total = total + n % 7
        if n % 50 == 0:
            COUNT = COUNT + 1  # @count
    return total


def main():
    results = []
    results.append(fact(6))
    results.append(use_squares())
    results.append(counter(10))
    results.append(catching())
    results.append(containers())
    results.append(loop())
    even = [x for x in range(5) if x % 2 == 0]
    shape = math.floor(2.5) + len(even)
    return results, shape


if __name__ == "__main__":
    main()
