"""An observer records the frames of a pipeline to a file, which is closed when the end frame has come through; frames that come later are dropped."""

import asyncio
import tempfile
from pathlib import Path


class Recorder:
    def __init__(self, path):
        self._file = path.open("wb")
        self.written = 0

    async def on_frame(self, frame):
        data = await self._encode(frame)
        if self._file.closed:
            return
        self._file.write(data)
        self.written += 1

    async def _encode(self, frame):
        await asyncio.sleep(0.001)
        return f"{frame}\n".encode()

    def on_end(self):
        self._file.close()


class Pipeline:
    def __init__(self, recorder):
        self._recorder = recorder
        self.tasks = []

    def push(self, frame):
        self.tasks.append(asyncio.create_task(self._recorder.on_frame(frame)))

    def cancel(self):
        self._recorder.on_end()


async def caller(pipeline):
    for frame in ("hello", "how are you", "goodbye"):
        pipeline.push(frame)
        await asyncio.sleep(0.003)


async def hang_up(pipeline):
    await asyncio.sleep(0.06)
    pipeline.cancel()


async def main():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "session.bin"
        pipeline = Pipeline(Recorder(path))
        await asyncio.gather(caller(pipeline), hang_up(pipeline))
        await asyncio.gather(*pipeline.tasks)
        return path.read_text().splitlines()


if __name__ == "__main__":
    print(asyncio.run(main()))
