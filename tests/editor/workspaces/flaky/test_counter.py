import asyncio

from counter import Counter


def test_every_visit_counts():
    async def main():
        counter = Counter()
        await asyncio.gather(counter.visit(), counter.visit())
        return counter

    counter = asyncio.run(main())
    assert counter.visits == 2
