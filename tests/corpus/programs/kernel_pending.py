"""A kernel manager whose slow operations leave it pending; whoever needs the kernel awaits `ready`."""

import asyncio
from functools import wraps


def in_pending_state(method):
    """The kernel is pending while the decorated operation runs."""

    @wraps(method)
    async def wrapper(self, *args, **kwargs):
        self._enter_pending()
        try:
            out = await method(self, *args, **kwargs)
        except Exception as error:
            self._ready.set_exception(error)
            raise
        self._leave_pending()
        return out

    return wrapper


class Provisioner:
    """Stands for the process of the kernel."""

    def __init__(self):
        self.pid = None
        self._next = 4000

    async def launch(self):
        await asyncio.sleep(0.002)
        self._next += 1
        self.pid = self._next

    async def kill(self):
        await asyncio.sleep(0.001)
        self.pid = None


class KernelManager:
    def __init__(self, provisioner):
        self._provisioner = provisioner
        self._ready = None
        self.restarts = 0

    @property
    def ready(self):
        if self._ready is None:
            self._ready = asyncio.get_running_loop().create_future()
        return self._ready

    def _enter_pending(self):
        if self._ready is None or self._ready.done():
            self._ready = asyncio.get_running_loop().create_future()

    def _leave_pending(self):
        self._ready.set_result(None)

    @in_pending_state
    async def start_kernel(self):
        await self._provisioner.launch()

    @in_pending_state
    async def restart_kernel(self):
        self.restarts += 1
        await self._provisioner.kill()
        await self._provisioner.launch()

    @in_pending_state
    async def shutdown_kernel(self):
        await self._provisioner.kill()


async def judge(manager, outcomes):
    await asyncio.sleep(0.04)
    try:
        await manager.restart_kernel()
        outcomes.append("judge restarted")
    except asyncio.InvalidStateError:
        outcomes.append("judge failed")


async def user(manager, outcomes):
    await asyncio.sleep(0.01)
    try:
        await manager.restart_kernel()
        outcomes.append("user restarted")
    except asyncio.InvalidStateError:
        outcomes.append("user failed")


async def main():
    manager, outcomes = KernelManager(Provisioner()), []
    await manager.start_kernel()
    await asyncio.gather(user(manager, outcomes), judge(manager, outcomes))
    await manager.ready
    await manager.shutdown_kernel()
    return sorted(outcomes), manager.restarts
