"""A draft is sent if it is one still; its author may take it back while it is a draft."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def send(s):
    if s.state == 'draft':
        await io()
        s.log.append('sent')
        s.state = 'sent'


async def recall(s):
    if s.state == 'draft':
        s.state = 'recalled'
        s.log.append('recalled')


async def main():
    s = S()
    s.state = 'draft'
    s.log = []
    tasks = []
    for each in (send(s), recall(s)):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    await asyncio.gather(*tasks, return_exceptions=True)
    return (s.state, s.log)
