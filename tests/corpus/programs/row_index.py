"""A row's place is looked up, the log is written, and what is at the place is taken out."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def drop(s, row):
    place = s.rows.index(row)
    await io()
    s.rows.pop(place)


async def main():
    s = S()
    s.rows = ['a', 'b', 'c', 'd']
    tasks = []
    for each in (drop(s, 'a'), drop(s, 'c')):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    await asyncio.gather(*tasks, return_exceptions=True)
    return s.rows
