"""A replica may be drained as long as another one is up; it goes down when its sessions have moved."""

import asyncio


class Replica:
    def __init__(self, name):
        self.name = name
        self.up = True

    async def move_sessions(self):
        await asyncio.sleep(0.002)


class Cluster:
    def __init__(self, names):
        self.replicas = {name: Replica(name) for name in names}

    def others_up(self, name):
        return [replica.name for replica in self.replicas.values() if replica.up and replica.name != name]

    async def drain(self, name):
        if not self.others_up(name):
            return "refused"
        replica = self.replicas[name]
        await replica.move_sessions()
        replica.up = False
        return "drained"


async def operator(cluster, name, at):
    await asyncio.sleep(at)
    return await cluster.drain(name)


async def run():
    cluster = Cluster(["east", "west"])
    answers = await asyncio.gather(operator(cluster, "east", 0), operator(cluster, "west", 0.03))
    return sorted(answers), sum(replica.up for replica in cluster.replicas.values())


def main():
    return asyncio.run(run())
