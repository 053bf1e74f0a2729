"""A look in a helper function: ensure() says whether a session is needed, the caller opens it."""

import asyncio

sessions = {}
opened = []


def missing(user):
    return user not in sessions


async def open_session(user):
    await asyncio.sleep(0.001)
    opened.append(user)
    return {"user": user, "sent": []}


async def send(user, text):
    if missing(user):
        sessions[user] = await open_session(user)
    sessions[user]["sent"].append(text)


async def produce(delay, text):
    await asyncio.sleep(delay)
    await send("kim", text)


async def run():
    sessions.clear()
    opened.clear()
    async with asyncio.TaskGroup() as group:
        for n, text in enumerate(("a", "b")):
            group.create_task(produce(0.05 * n, text))
    return len(opened), sessions["kim"]["sent"]


def main():
    return asyncio.run(run())
