"""The execution state of a kernel as a server shows it: starting, busy, idle; told by the kernel once it is up."""

import asyncio
import enum


class ExecutionState(enum.Enum):
    UNKNOWN = "unknown"
    STARTING = "starting"
    BUSY = "busy"
    IDLE = "idle"


class KernelProcess:
    """A kernel that reports its status messages to listeners as it comes up."""

    def __init__(self, boot):
        self._boot = boot
        self._listeners = []

    def on_status(self, listener):
        self._listeners.append(listener)

    def _publish(self, state):
        for listener in self._listeners:
            listener(state)

    async def boot(self):
        await asyncio.sleep(self._boot)
        self._publish("busy")
        self._publish("idle")


class Contents:
    def __init__(self, latency):
        self._latency = latency
        self.touched = []

    async def touch(self, path):
        await asyncio.sleep(self._latency)
        self.touched.append(path)


class ServerKernel:
    def __init__(self, process):
        self.process = process
        self.execution_state = ExecutionState.UNKNOWN
        self.started = None
        process.on_status(self._record)

    def _record(self, state):
        self.execution_state = ExecutionState(state)


class KernelService:
    def __init__(self, contents):
        self._contents = contents
        self.kernels = {}

    async def _finish_start(self, kernel):
        await kernel.process.boot()

    async def start_kernel(self, path, process):
        kernel = ServerKernel(process)
        kernel.started = asyncio.create_task(self._finish_start(kernel))
        await self._contents.touch(path)
        kernel.execution_state = ExecutionState.STARTING
        self.kernels[path] = kernel
        return kernel

    async def settled(self):
        await asyncio.gather(*(kernel.started for kernel in self.kernels.values()))
        return {path: kernel.execution_state.value for path, kernel in sorted(self.kernels.items())}


async def main():
    service = KernelService(Contents(0.001))
    await asyncio.gather(
        service.start_kernel("fit.ipynb", KernelProcess(0.03)),
        service.start_kernel("plots.ipynb", KernelProcess(0.04)),
    )
    return await service.settled()
