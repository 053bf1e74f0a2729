"""One task owns the balance; the others send it what to do and wait for its answer."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def owner(s, count):
    for _ in range(count):
        amount, answer = await s.inbox.get()
        had = s.balance
        await io()
        if had >= amount:
            s.balance = had - amount
        answer.set_result(had >= amount)


async def withdraw(s, amount):
    answer = asyncio.get_running_loop().create_future()
    s.inbox.put_nowait((amount, answer))
    return await answer


async def main():
    s = S()
    s.inbox = asyncio.Queue()
    s.balance = 10
    tasks = []
    for each in (owner(s, 2), withdraw(s, 7), withdraw(s, 7)):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    r = await asyncio.gather(*tasks, return_exceptions=True)
    return (s.balance, sum(x is True for x in r))
