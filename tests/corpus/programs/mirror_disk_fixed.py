"""A disk of a mirror may be taken out as long as the other is well."""

import asyncio


class Disk:
    healthy = True

    async def flush(self):
        await asyncio.sleep(0.001)


class Mirror:
    def __init__(self):
        self.disks = [Disk(), Disk()]
        self.lock = asyncio.Lock()

    async def remove(self, index):
        async with self.lock:
            if all(disk.healthy for disk in self.disks):
                await self.disks[index].flush()
                self.disks[index].healthy = False
                return True
            return False


async def main():
    mirror = Mirror()

    async def operator(index, at):
        await asyncio.sleep(at)
        return await mirror.remove(index)

    removed = await asyncio.gather(operator(0, 0), operator(1, 0.03))
    return sum(removed), sum(disk.healthy for disk in mirror.disks)
