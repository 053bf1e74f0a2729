"""A room is kept while anybody is in it: who enters counts itself, who leaves counts itself off, whatever happened."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def visit(s, name):
    room = s.rooms.setdefault(name, {'count': 0, 'seen': []})
    room['count'] += 1
    try:
        await io()
        room['seen'].append(name)
        return len(room['seen'])
    finally:
        room['count'] -= 1
        if not room['count']:
            s.rooms.pop(name, None)


async def main():
    s = S()
    s.rooms = {}
    tasks = []
    for each in (visit(s, 'a'), visit(s, 'a')):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    await asyncio.gather(*tasks, return_exceptions=True)
    return s.rooms
