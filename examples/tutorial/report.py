"""A background task fails; the program says that all is well."""

import asyncio


async def upload(name, size):
    await asyncio.sleep(0.001)
    if size > 100:
        raise ValueError(f"{name} is too large")


async def main():
    uploads = [asyncio.create_task(upload(name, size), name=f"upload-{name}") for name, size in (("a", 10), ("b", 500))]
    await asyncio.wait(uploads)
    print("all uploaded")


asyncio.run(main())
