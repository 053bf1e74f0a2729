"""The parts of a file are uploaded as they are read; each adds what the store has taken to the sum of the upload."""

import asyncio


class ObjectStore:
    def __init__(self):
        self.parts = {}

    async def put(self, number, data):
        await asyncio.sleep(0.002)
        self.parts[number] = data
        return len(data)


async def read_parts(text, size):
    for start in range(0, len(text), size):
        yield start // size, text[start : start + size]
        await asyncio.sleep(0.02)


async def upload(store, text, size):
    stored = 0

    async def put(number, data):
        nonlocal stored
        stored += await store.put(number, data)

    uploads = []
    async for number, data in read_parts(text, size):
        uploads.append(asyncio.create_task(put(number, data)))
    await asyncio.gather(*uploads)
    return stored


async def main():
    store = ObjectStore()
    text = "the quick brown fox jumps over the lazy dog"
    stored = await upload(store, text, 16)
    return stored, "".join(store.parts[number] for number in sorted(store.parts)) == text
