"""Requests carry a tag in a context variable, that every line of their log shows; one log for all."""

import asyncio
import contextvars
from contextlib import contextmanager

_tag = contextvars.ContextVar("tag", default="-")


@contextmanager
def tagged(text):
    token = _tag.set(text)
    try:
        yield
    finally:
        _tag.reset(token)


class Log:
    def __init__(self):
        self.lines = []

    def __call__(self, text):
        self.lines.append(f"[{_tag.get()}] {text}")

    def of(self, tag):
        return [line for line in self.lines if line.startswith(f"[{tag}]")]


async def rows(log, count):
    for number in range(count):
        await asyncio.sleep(0.001)
        log(f"row {number}")
        yield number


async def answer(log, request, count):
    with tagged(request):
        log("begins")
        with tagged(f"{request}/sql"):
            total = 0
            async for number in rows(log, count):
                total += number
        log(f"ends with {total}")


async def serve():
    log = Log()
    async with asyncio.TaskGroup() as group:
        for request, count in (("r1", 2), ("r2", 3), ("r3", 1)):
            group.create_task(answer(log, request, count))
    return {tag: log.of(tag) for tag in ("r1", "r1/sql", "r2", "r2/sql", "r3", "r3/sql", "-")}


def main():
    return asyncio.run(serve())


if __name__ == "__main__":
    print(main())
