"""agent_sessions as module functions with a context manager that loads, yields and saves."""

import asyncio
import json
import os
import tempfile
from contextlib import asynccontextmanager

FILE = None


@asynccontextmanager
async def profile():
    loop = asyncio.get_running_loop()
    data = await loop.run_in_executor(None, read)
    yield data
    await loop.run_in_executor(None, write, data)


def read():
    with open(FILE) as file:
        return json.load(file)


def write(data):
    with open(FILE, "w") as file:
        json.dump(data, file)


async def setting(name, value, after):
    await asyncio.sleep(after)
    async with profile() as data:
        data[name] = value


async def run():
    global FILE
    with tempfile.TemporaryDirectory() as folder:
        FILE = os.path.join(folder, "profile.json")
        write({})
        await asyncio.gather(setting("lang", "en", 0), setting("theme", "dark", 0.1))
        return read()


def main():
    return asyncio.run(run())
