"""Workers of a loader lease jobs of a queue; a job whose lease has run out is given to somebody else.

After https://github.com/cbtw-apac/qdrant-loader/pull/363
"""

import asyncio
from dataclasses import dataclass, field


@dataclass
class Job:
    name: str
    status: str = "pending"
    deadline: float = 0.0
    runs: list = field(default_factory=list)


class JobQueue:
    LEASE = 0.3

    def __init__(self, names):
        self._jobs = [Job(name) for name in names]
        self._db_op_lock = asyncio.Lock()

    async def claim(self, worker):
        now = asyncio.get_running_loop().time()
        deadline = now + self.LEASE
        async with self._db_op_lock:
            now = asyncio.get_running_loop().time()
            for job in self._jobs:
                if job.status == "pending" or (job.status == "leased" and job.deadline < now):
                    job.status, job.deadline = "leased", deadline
                    job.runs.append(worker)
                    return job
        return None

    async def done(self, job):
        async with self._db_op_lock:
            job.status = "done"

    async def vacuum(self):
        async with self._db_op_lock:
            await asyncio.sleep(0.02)
            self._jobs.sort(key=lambda job: job.name)

    def report(self):
        return {job.name: len(job.runs) for job in self._jobs}


async def worker(queue, name, after):
    await asyncio.sleep(after)
    while job := await queue.claim(name):
        await asyncio.sleep(0.1)  # embedding the documents
        await queue.done(job)


async def main():
    queue = JobQueue(["confluence", "git", "jira"])
    async with asyncio.TaskGroup() as group:
        group.create_task(queue.vacuum())
        group.create_task(worker(queue, "w1", 0.01))
        group.create_task(worker(queue, "w2", 0.05))
    report = queue.report()
    assert set(report.values()) == {1}, report
    return report


if __name__ == "__main__":
    print(asyncio.run(main()))
