import asyncio
class CM:
    async def __aenter__(self): await asyncio.sleep(0); return self
    async def __aexit__(self, *a): await asyncio.sleep(0); return a[0] is KeyError
class AI:
    def __init__(self): self.n = 0
    def __aiter__(self): return self
    async def __anext__(self):
        self.n += 1
        if self.n > 3: raise StopAsyncIteration
        return self.n
async def ag():
    try:
        for i in range(3):
            yield i
            if i == 1: return
    finally: print("ag closed")
async def f():
    out = []
    async for i in AI():
        if i == 2: continue
        out.append(i)
    else: out.append("else")
    async with CM() as c, CM():
        out.append(await asyncio.sleep(0, "slept"))
        raise KeyError(1)
    async with CM():
        return out, [x async for x in ag()], {x: await asyncio.sleep(0, x) async for x in AI() if x != 2}
async def main():
    print(await f())
    t = asyncio.create_task(asyncio.sleep(10)); await asyncio.sleep(0); t.cancel()
    try: await t
    except asyncio.CancelledError: print("cancelled")
    async with asyncio.TaskGroup() as g: r = g.create_task(f())
    print(r.result())
    g = ag(); print(await anext(g)); await g.aclose()
    try:
        async with CM(): raise ValueError(2)
    except* ValueError as group: print(group.exceptions)
asyncio.run(main())
