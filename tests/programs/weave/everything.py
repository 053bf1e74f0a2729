"""One of everything that the weaver rewrites."""

import asyncio
import heapq
from contextlib import suppress

N = 3


def fact(n):
    "docstring"
    if n <= 1:
        return 1
    return n * fact(n - 1)


class A:
    """Documented."""

    x = 1

    def __init__(self, v=2):
        self.v = v
        self.__p = [1]
        self.d = {}

    def add(self, k):
        self.v += k
        self.d[k] = self.v
        self.__p.append(k)
        return self.__p

    @property
    def double(self):
        return self.v * 2


def counter():
    n = 0

    def inc():
        nonlocal n
        n += 1
        return n

    return inc


total = 0


def bump():
    global total
    total += 1
    return total


def guarded():
    with suppress(ValueError):
        try:
            return fact(3)
        finally:
            bump()
    return 9


def swallowed():
    with suppress(ValueError):
        try:
            raise ValueError
            return 4
        finally:
            bump()


def gen():
    got = yield 1
    print("got", got)
    try:
        yield from [4, 5]
    finally:
        print("gen done")


async def agen():
    for i in range(3):
        yield i


async def work(q):
    async with asyncio.Lock():
        async for z in agen():
            if z == 1:
                continue
            print("z", z)
        await asyncio.sleep(0)
        return await q.get()


async def main():
    q = asyncio.Queue()
    await q.put(7)
    print(await asyncio.gather(work(q), asyncio.sleep(0, 3)))


print(fact(5), A().add(3), A().double)
i = counter()
i()
print(i())
print(bump(), bump(), guarded(), swallowed(), total)
g = gen()
print(next(g), g.send(3), list(g))
asyncio.run(main())
print(
    [
        a + b
        for a, b in zip([1, 2], (3, 4))
        if a
        if b in
        {3, 4}
    ],
    {k: v for k, v in {1: 2}.items()},
    sum(x for x in range(4)),
)
f = lambda a, *b, c=3: a + c
print(f(1), 3 in {3: 4}, 4 not in [1], (lambda: (yield))().send(None))
h = []
heapq.heappush(h, 3)
print(h)
while len(h) and (y := h.pop()):
    print(y)
match {"a": [1, 2, 3]}:
    case {"a": [p, *rest]} if rest:
        print(p, rest)
try:
    1 / 0
except ZeroDivisionError as e:
    print(repr(e))
print(f"{A().v!r:>4} {N=}")
del h
first, (second, *others), A.x = 1, (2, 3, 4), 5
print(first, second, others, A.x)
A.x += (
    first
    + second
)
for A.x, heapq.weaved in [(1, 2)]:
    print(A.x, heapq.weaved)
del heapq.weaved, others[0]
others[1:] = [9, 8]
others[0:1] += [7]
print(others, others[-1:], [*others, *[1]])


def unwound(depth):
    if depth:
        try:
            unwound(depth - 1)
        finally:
            print("leaving", depth)
    else:
        raise KeyError(depth)


try:
    unwound(2)
except KeyError:
    print("caught")
else:
    print("never")


def long_return(
    a,
    b=(1,
       2),
):
    value = (
        a
        or b
    )
    return (
        value
        or b
    )


print(long_return(0), long_return(1))


def loops(limit):
    seen = []
    while True:
        limit -= 1
        if limit < 0:
            break
        if limit % 2:
            continue
        seen.append(limit)
    else:
        seen.append("never")
    for seen[0] in range(3):
        pass
    else:
        seen.append("else")
    return seen


print(loops(5))


def bad():
    x = {}
    return x[3].foo


bad()
