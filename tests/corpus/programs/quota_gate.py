"""A translation service reads the quota used, translates, and writes what it had read plus one."""

import asyncio

USERS = {}


async def translate(text):
    await asyncio.sleep(0.002)
    return text[::-1]


async def submit(name, text):
    user = USERS[name]
    used = user["used"]
    if used >= user["quota"]:
        return "quota exceeded"
    result = await translate(text)
    user["used"] = used + 1
    return result


async def handle(reader, writer):
    name, text = (await reader.readline()).decode().split()
    writer.write((await submit(name, text) + "\n").encode())
    await writer.drain()
    writer.close()


async def client(port, name, text, delay):
    await asyncio.sleep(delay)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"{name} {text}\n".encode())
    answer = (await reader.readline()).decode().strip()
    writer.close()
    return answer


async def run():
    USERS["eva"] = {"quota": 2, "used": 0}
    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    texts = ("strop", "lived", "pans")
    answers = await asyncio.gather(*(client(port, "eva", text, 0.06 * n) for n, text in enumerate(texts)))
    server.close()
    return answers, USERS["eva"]


def main():
    return asyncio.run(run())
