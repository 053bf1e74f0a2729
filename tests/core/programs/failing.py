import asyncio


async def broken(n):
    await asyncio.sleep(0)
    raise KeyError(n)  # @raise


async def main():
    tasks = [asyncio.create_task(broken(n), name=f"broken-{n}") for n in range(2)]
    await asyncio.wait(tasks)
    del tasks
    raise RuntimeError("the end")  # @end


if __name__ == "__main__":
    asyncio.run(main())
