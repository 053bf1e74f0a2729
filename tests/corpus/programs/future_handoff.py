"""A thread fills in a concurrent future that a coroutine waits for through wrap_future."""

import asyncio
import threading
from concurrent.futures import Future


class Camera:
    def __init__(self):
        self.shots = {}

    def shoot(self, name, size, answer):
        self.shots[name] = size
        answer.set_result({"name": name, "bytes": size[0] * size[1]})


async def take(camera, name, size):
    answer = Future()
    thread = threading.Thread(target=camera.shoot, args=(name, size, answer))
    thread.start()
    shot = await asyncio.wrap_future(answer)
    thread.join()
    return shot["bytes"], camera.shots[name]


async def main():
    camera = Camera()
    return await asyncio.gather(take(camera, "front", (4, 3)), take(camera, "back", (2, 2)))
