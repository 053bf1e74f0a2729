"""A web service counts its requests by path and writes the counts out, line by line, to who asks for them.

After https://github.com/claws/aioprometheus/issues/85
"""

import asyncio


class Counter:
    def __init__(self, name, doc):
        self.name = name
        self.doc = doc
        self.values = {}

    def inc(self, **labels):
        key = tuple(sorted(labels.items()))
        self.values[key] = self.values.get(key, 0) + 1

    def get_all(self):
        for key in self.values:
            yield dict(key), self.values[key]


class Response:
    """A response that is streamed to a slow reader."""

    def __init__(self):
        self.lines = []

    async def write(self, line):
        self.lines.append(line)
        await asyncio.sleep(0.002)


async def render(counters, response):
    for counter in counters:
        await response.write(f"# HELP {counter.name} {counter.doc}")
        for labels, value in counter.get_all():
            inner = ",".join(f'{name}="{text}"' for name, text in labels.items())
            await response.write(f"{counter.name}{{{inner}}} {value}")


def make_service():
    requests = Counter("requests_total", "Requests by path.")

    async def handle(path):
        requests.inc(path=path)
        return f"this is {path}"

    async def metrics():
        response = Response()
        await render([requests], response)
        return response.lines

    return requests, handle, metrics


async def main():
    requests, handle, metrics = make_service()
    failures = []

    async def visitor():
        for path in ("/", "/about", "/", "/contact"):
            await handle(path)
            await asyncio.sleep(0.02 if path == "/contact" else 0)
        await asyncio.sleep(0.1)
        await handle("/jobs")

    async def prometheus():
        await asyncio.sleep(0.03)
        try:
            await metrics()
        except RuntimeError as error:
            failures.append(str(error))

    await asyncio.gather(visitor(), prometheus())
    return sum(requests.values.values()), failures


if __name__ == "__main__":
    print(*asyncio.run(main()))
