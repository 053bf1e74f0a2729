"""The kernels of a notebook server: models with the number of open websockets; a shutdown may take its time."""

import asyncio
from dataclasses import dataclass, field
from itertools import count


@dataclass
class Kernel:
    name: str
    activity: list = field(default_factory=list)

    async def terminate(self):
        self.activity.append("interrupt")
        await asyncio.sleep(0.001)
        self.activity.append("kill")


class MultiKernelManager:
    def __init__(self):
        self._kernels = {}
        self._ids = count(1)

    async def start_kernel(self, name):
        kernel_id = f"k{next(self._ids)}"
        self._kernels[kernel_id] = Kernel(name)
        return kernel_id

    async def shutdown_kernel(self, kernel_id):
        await self._kernels[kernel_id].terminate()
        del self._kernels[kernel_id]

    def list_kernel_ids(self):
        return list(self._kernels)

    def get_kernel(self, kernel_id):
        return self._kernels[kernel_id]


class MappingKernelManager(MultiKernelManager):
    """Adds what a server knows of its kernels."""

    def __init__(self):
        super().__init__()
        self._kernel_connections = {}

    async def start_kernel(self, name):
        kernel_id = await super().start_kernel(name)
        self._kernel_connections[kernel_id] = 0
        return kernel_id

    async def shutdown_kernel(self, kernel_id):
        await super().shutdown_kernel(kernel_id)
        self._kernel_connections.pop(kernel_id)

    def notify_connect(self, kernel_id):
        self._kernel_connections[kernel_id] += 1

    def kernel_model(self, kernel_id):
        return {
            "id": kernel_id,
            "name": self.get_kernel(kernel_id).name,
            "connections": self._kernel_connections[kernel_id],
        }

    def list_kernels(self):
        return [self.kernel_model(kernel_id) for kernel_id in self.list_kernel_ids()]


async def lab_poll(manager, seen):
    """The front end asks for the running kernels now and then."""
    for pause in (0.005, 0.03):
        await asyncio.sleep(pause)
        try:
            seen.append([model["name"] for model in manager.list_kernels()])
        except KeyError as error:
            seen.append(f"500: {error}")


async def culler(manager, kernel_id):
    await asyncio.sleep(0.02)
    await manager.shutdown_kernel(kernel_id)


async def main():
    manager = MappingKernelManager()
    analysis = await manager.start_kernel("python3")
    await manager.start_kernel("ir")
    manager.notify_connect(analysis)
    seen = []
    await asyncio.gather(lab_poll(manager, seen), culler(manager, analysis))
    return [answer for answer in seen if isinstance(answer, str)], manager.list_kernels()
