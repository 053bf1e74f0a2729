"""Every task has its own trace id in a context variable, set and read around awaits."""

import asyncio
import contextvars

trace_id = contextvars.ContextVar("trace_id", default="none")


class Recorder:
    def __init__(self):
        self.spans = []

    async def span(self, name):
        await asyncio.sleep(0.001)
        self.spans.append((trace_id.get(), name))


async def handle(recorder, request):
    trace_id.set(f"trace-{request}")
    await recorder.span("auth")
    await recorder.span("render")
    return trace_id.get()


async def main():
    recorder = Recorder()
    tasks = [asyncio.create_task(handle(recorder, number)) for number in (1, 2)]
    ids = [await task for task in tasks]
    return ids, sorted(recorder.spans), trace_id.get()
